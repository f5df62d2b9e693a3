"""What is recorded is on disk, in order, redacted, for its owner alone; and a disk that refuses is said once."""

import base64
import json
import os
import resource
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path
from urllib.parse import quote

import pytest
from recorded_runs import RUN, StepClock, attempt, intent, put_on_record, run_finished, run_started, whole_run

from playbook_engine.audit.paths import ledger_file, record_file
from playbook_engine.audit.redact import Redactor
from playbook_engine.audit.writer import RunRecorder, UnrecordedRun
from playbook_engine.errors import RecordUnavailable
from playbook_engine.model.events import RunPaused, RunStarted
from playbook_engine.model.replies import Output, ShellReply
from playbook_engine.ports import Recorder
from playbook_engine.values import RunId, Secret, StepPath

CANARY = "c4nary/+\"secret'"


def opened(state_dir: Path, *secrets: Secret) -> RunRecorder:
    return RunRecorder.open(state_dir, RUN, StepClock(), Redactor(secrets))


def test_an_event_is_on_disk_when_record_returns(tmp_path: Path) -> None:
    """Nobody sees an event that is not on record."""
    with opened(tmp_path / "new" / "state") as recorder:
        for number, event in enumerate(whole_run(), start=1):
            recorded = recorder.record(event)
            lines = recorder.path.read_bytes().splitlines()
            assert (len(lines), recorded.seq, recorded.run) == (number, number, RUN)
            assert lines[-1].endswith(f'"hash":"{recorder.head}"}}'.encode())
        assert recorder.available


def test_both_recorders_fill_the_port(tmp_path: Path) -> None:
    """The engine knows only ports.Recorder."""
    with opened(tmp_path) as recorder:
        filled: tuple[Recorder, ...] = (recorder, UnrecordedRun(StepClock(), RUN, Redactor()))
    assert [recorder.available for recorder in filled] == [False, False]


def test_a_secret_that_comes_up_during_the_run_is_masked_from_there_on(tmp_path: Path) -> None:
    """In the record, and where there is none."""
    with opened(tmp_path) as recorder:
        for each in (recorder, UnrecordedRun(StepClock(), RUN, Redactor())):
            each.hide(Secret("TOKEN", "t0ken-value"))
            recorded = each.record(RunPaused(path=StepPath("steps/1"), reason="it is t0ken-value"))
            assert isinstance(recorded.event, RunPaused)
            assert recorded.event.reason == "it is <secret TOKEN>"
    assert b"t0ken" not in recorder.path.read_bytes()


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    """Whatever the umask."""
    before = os.umask(0)
    try:
        path = put_on_record(tmp_path / "state", whole_run())
    finally:
        os.umask(before)
    modes = {
        found: stat.S_IMODE(found.stat().st_mode) for found in (path, path.parent, ledger_file(tmp_path / "state"))
    }
    assert list(modes.values()) == [0o600, 0o700, 0o600]
    assert all(not stat.S_IMODE(found.stat().st_mode) & 0o077 for found in (tmp_path / "state").iterdir())


def test_a_secret_is_in_no_byte_of_the_record(tmp_path: Path) -> None:
    """In none of its usual forms; whoever listens gets the redacted event too."""
    forms = (
        CANARY,
        base64.b64encode(f"user:{CANARY}".encode()).decode(),
        quote(CANARY, safe=""),
        json.dumps({"key": CANARY}),
    )
    with opened(tmp_path, Secret("KEY", CANARY)) as recorder:
        for form in forms:
            reply = ShellReply(
                rc=0, stdout=Output(form, size=len(form)), stderr=Output("x", f"{form}y", 9, truncated=True)
            )
            recorded = recorder.record(attempt(reply))
            assert CANARY not in repr(recorded)
        recorder.record(run_started(title=f"Rotate {CANARY}"))
        raw = recorder.path.read_bytes()
    core = base64.b64encode(f"user:{CANARY}".encode())[8:-4]
    for trace in (
        CANARY.encode(),
        core,
        quote(CANARY, safe="").encode(),
        json.dumps(CANARY)[1:-1].encode(),
        b"c4nary",
    ):
        assert trace not in raw
    assert [json.loads(line)["redactions"] for line in raw.splitlines()] == [2, 2, 2, 2, 1]


def test_a_run_has_one_record(tmp_path: Path) -> None:
    """A second one of the same id is refused, and the first stays as it is."""
    path = put_on_record(tmp_path, whole_run())
    before = path.read_bytes()
    with pytest.raises(RecordUnavailable, match="there is already a record"):
        opened(tmp_path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["../evil", "a/b", "", ".hidden", "x" * 65])
def test_an_id_cannot_lead_elsewhere(tmp_path: Path, name: str) -> None:
    """Ids become names of files."""
    with pytest.raises(ValueError, match="cannot be the id of a run"):
        record_file(tmp_path, RunId(name))


def test_a_state_directory_that_is_a_file_is_said_in_plain_words(tmp_path: Path) -> None:
    """The message names the file and the reason."""
    (tmp_path / "state").write_text("")
    with pytest.raises(
        RecordUnavailable, match=r"the record .*01JDB8.* cannot be written: (Not a directory|File exists)"
    ):
        opened(tmp_path / "state")


def test_a_ledger_that_cannot_be_written_leaves_no_empty_record(tmp_path: Path) -> None:
    """A run that is in no ledger would look as if somebody had put it there."""
    ledger_file(tmp_path).mkdir(parents=True)
    with pytest.raises(RecordUnavailable, match="ledger"):
        opened(tmp_path)
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_disk_that_refuses_is_said_once(tmp_path: Path) -> None:
    """Afterwards events are numbered without a gap, and the ledger has no seal."""
    with opened(tmp_path) as recorder:
        recorder.record(run_started())
        descriptor = recorder._descriptor
        assert descriptor is not None
        os.close(descriptor)
        with pytest.raises(RecordUnavailable, match="cannot be written: Bad file descriptor"):
            recorder.record(intent(), durable=True)
        assert not recorder.available
        assert recorder.record(intent(), durable=True).seq == 2
        assert recorder.record(run_finished()).seq == 3
        recorder.seal()
    assert len(recorder.path.read_bytes().splitlines()) == 1
    assert b"run.sealed" not in ledger_file(tmp_path).read_bytes()


def test_a_seal_that_cannot_be_put_on_disk_is_said(tmp_path: Path) -> None:
    """The run is over; that its record is not safe is the one thing left to say."""
    with opened(tmp_path) as recorder:
        recorder.record(run_finished())
        descriptor = recorder._descriptor
        assert descriptor is not None
        os.close(descriptor)
        with pytest.raises(RecordUnavailable, match="Bad file descriptor"):
            recorder.seal()
        assert not recorder.available


def test_a_run_without_its_end_is_not_sealed(tmp_path: Path) -> None:
    """Only run.finished makes a record complete."""
    with opened(tmp_path) as recorder:
        recorder.record(run_started())
        recorder.seal()
        assert not recorder.available
    assert b"run.sealed" not in ledger_file(tmp_path).read_bytes()


def test_an_event_that_cannot_be_encoded_leaves_no_trace(tmp_path: Path) -> None:
    """Its number is free for the next one, and the chain goes on."""
    with opened(tmp_path) as recorder:
        recorder.record(run_started())
        with pytest.raises(TypeError):
            recorder.record(RunPaused(path=StepPath("steps/1"), reason=b"bytes"))  # type: ignore[arg-type]  # the point
        assert recorder.record(run_finished()).seq == 2
        assert len(recorder.path.read_bytes().splitlines()) == 2


def test_an_unrecorded_run_numbers_and_masks() -> None:
    """Screens show the same as if there were a record."""
    recorder = UnrecordedRun(StepClock(), RUN, Redactor([Secret("KEY", CANARY)]))
    first, second = (recorder.record(run_started(title=CANARY), durable=True) for _ in range(2))
    assert (first.seq, second.seq) == (1, 2)
    assert isinstance(second.event, RunStarted)
    assert second.event.playbook.title == "<secret KEY>"


FULL_DISK = textwrap.dedent(
    """
    import resource, signal, sys
    from pathlib import Path
    from recorded_runs import RUN, StepClock, intent, run_started
    from playbook_engine.audit.redact import Redactor
    from playbook_engine.audit.writer import RunRecorder
    from playbook_engine.errors import RecordUnavailable

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    recorder = RunRecorder.open(Path(sys.argv[1]), RUN, StepClock(), Redactor())
    recorder.record(run_started())
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
    refused = 0
    for _ in range(20):
        try:
            recorder.record(intent(), durable=True)
        except RecordUnavailable as error:
            refused += 1
            print(error)
    print(refused, recorder.available)
    """
)


def in_a_process(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="this system cannot bound the size of a file")
def test_a_full_disk_cuts_a_line_and_stops_the_record(tmp_path: Path) -> None:
    """The system writes a part of a line, then refuses: what was whole stays whole."""
    done = in_a_process(FULL_DISK, str(tmp_path), "3000")
    assert done.returncode == 0, done.stderr
    message, last = done.stdout.splitlines()
    assert message.endswith("cannot be written: File too large")
    assert last == "1 False"
    raw = record_file(tmp_path, RUN).read_bytes()
    *whole, torn = raw.split(b"\n")
    assert len(raw) == 3000
    assert torn
    assert [json.loads(line)["seq"] for line in whole] == list(range(1, len(whole) + 1))


KILLED = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from recorded_runs import RUN, StepClock, attempt, intent, run_started
    from playbook_engine.audit.redact import Redactor
    from playbook_engine.audit.writer import RunRecorder
    from playbook_engine.model.replies import Output, ShellReply

    recorder = RunRecorder.open(Path(sys.argv[1]), RUN, StepClock(), Redactor())
    recorder.record(run_started())
    reply = ShellReply(rc=0, stdout=Output("line of output " * 500, size=7500))
    for number in range(100_000):
        recorder.record(attempt(reply))
        path = f"steps/{number}"
        recorder.record(intent(path), durable=True)
        print(path, flush=True)
    """
)


@pytest.mark.parametrize("intents", [1, 7, 40])
def test_a_killed_process_leaves_all_its_intents(tmp_path: Path, intents: int) -> None:
    """What was announced as begun is on record; at most the last line is torn, and nothing looks tampered with."""
    from playbook_engine.audit.findings import Integrity
    from playbook_engine.audit.verify import verify

    path = os.pathsep.join(entry for entry in sys.path if entry)
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        announced = [process.stdout.readline().strip() for _ in range(intents)]
        process.send_signal(signal.SIGKILL)
        announced += [line.strip() for line in process.stdout if line.endswith("\n")]
    verification = verify(record_file(tmp_path, RUN), ledger_file(tmp_path))
    assert verification.integrity is Integrity.UNFINISHED
    assert verification.problems == ()
    raw = record_file(tmp_path, RUN).read_bytes()
    assert all(f'"path":"{path}","verb":"mitigate"'.encode() in raw for path in announced)
    assert len(verification.begun) >= len(announced)
