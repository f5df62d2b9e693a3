"""Full answers: kept beside the record, redacted, named by it, within bounds; and verified."""

import errno
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from recorded_runs import RUN, StepClock, attempt, result, run_finished, run_started, whole_run

from playbook_engine.audit import disk, reader, verify
from playbook_engine.audit.answers import MIB, Room, whole_answers, with_answers
from playbook_engine.audit.decode_v1 import decode
from playbook_engine.audit.findings import Integrity, Verification
from playbook_engine.audit.paths import answers_file, ledger_file
from playbook_engine.audit.redact import Redactor
from playbook_engine.audit.writer import RunRecorder
from playbook_engine.errors import AnswersUnavailable
from playbook_engine.model.events import AttemptFinished, Event, UndoFinished
from playbook_engine.model.replies import HttpReply, KubectlReply, ManualReply, Output, Reply, ShellReply
from playbook_engine.model.results import StepResult
from playbook_engine.values import Secret, StepPath, TargetName

LONG = "".join(f"line {number}\n" for number in range(9_000))
REPLIES: tuple[Reply, ...] = (
    ShellReply(rc=1, stdout=Output(LONG, size=len(LONG)), stderr=Output("a", "z", 9_000_000, truncated=True)),
    HttpReply(
        status=503, headers={"retry-after": "7", "x-名": "值"}, body=Output("busy", size=4), retry_after_ms=7_000
    ),
    KubectlReply(
        text=Output("yes", size=3),
        data={"spec": {"cpu": 0.5, "args": [None, True]}},
        before={"replicas": 2},
        unmet="no",
    ),
    ManualReply(answer="done", by="ana", note="slowly"),
)


def recorded(state: Path, *events: Event, room: Room | None = None, redactor: Redactor | None = None) -> Path:
    """Put a run on record with its full answers; what cannot be kept is only left out."""
    with RunRecorder.open(state, RUN, StepClock(), redactor or Redactor()) as recorder:
        recorder.keep_answers(room)
        for event in events:
            try:
                recorder.record(event)
            except AnswersUnavailable:
                recorder.record(event)
        recorder.seal()
        return recorder.path


def taken_back(*replies: Reply) -> UndoFinished:
    targets = tuple(
        replace(result(reply=reply), target=TargetName(f"t{number}")) for number, reply in enumerate(replies)
    )
    return UndoFinished(path=StepPath("steps/1"), title="A", result=StepResult.of(targets), duration_ms=1)


def read_back(path: Path) -> list[Event]:
    answers = whole_answers(path)
    return [each.event for each in decode(with_answers(event, answers) for event in reader.read(path).events)]


def checked(path: Path) -> Verification:
    return verify.verify(path, ledger_file(path.parent.parent))


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: type(reply).__name__)
def test_an_answer_comes_back_whole(reply: Reply, tmp_path: Path) -> None:
    """Of an attempt and of an undo, with what the record itself has no room for."""
    events = (attempt(reply), taken_back(reply, reply))
    path = recorded(tmp_path, run_started(), *events, run_finished())
    assert read_back(path)[1:3] == list(events)


def test_the_record_keeps_its_bounds(tmp_path: Path) -> None:
    """It is the same, but for the names of the answers."""

    def without(event: Any) -> dict[str, Any]:
        return {name: value for name, value in event.items() if name not in ("answer", "prev", "hash")}

    events = (run_started(), attempt(REPLIES[0]), run_finished())
    path = recorded(tmp_path / "a", *events)
    with RunRecorder.open(tmp_path / "b", RUN, StepClock(), Redactor()) as recorder:
        for event in events:
            recorder.record(event)
        recorder.seal()
    plain = reader.read(recorder.path).events
    assert [without(event) for event in reader.read(path).events] == [without(event) for event in plain]
    assert not any("answer" in event for event in plain)
    assert not answers_file(recorder.path).exists()


def test_files_are_for_their_owner(tmp_path: Path) -> None:
    path = recorded(tmp_path, run_started(), attempt(REPLIES[0]), run_finished())
    assert stat.S_IMODE(answers_file(path).stat().st_mode) == 0o600
    assert [run.run for run in reader.runs(tmp_path)] == [RUN]


def test_secrets_are_masked_before_they_reach_the_disk(tmp_path: Path) -> None:
    """Wherever they stand: in an output beyond the record's bounds, in a header, in data, in its base64."""
    secret = Secret("TOKEN", "hunter2-hunter2")
    deep = LONG + secret.reveal() + LONG
    replies: tuple[Reply, ...] = (
        ShellReply(rc=0, stdout=Output(deep, size=len(deep))),
        HttpReply(status=200, headers={"x-seen": secret.reveal()}, body=Output("aHVudGVyMi1odW50ZXIy", size=20)),
        KubectlReply(data={"token": secret.reveal(), secret.reveal(): 1, "hidden": secret}),
    )
    path = recorded(
        tmp_path, run_started(), *(attempt(reply) for reply in replies), run_finished(), redactor=Redactor([secret])
    )
    kept = answers_file(path).read_bytes()
    assert b"hunter2" not in kept
    assert b"aHVudGVyMi1odW50ZXIy" not in kept
    assert kept.count(b"<secret TOKEN>") == 6


def test_headers_that_hand_out_a_session_are_not_kept(tmp_path: Path) -> None:
    headers = {"Set-Cookie": "sid=0123456789", "x-auth-token": "abcdefgh", "content-type": "text/html"}
    path = recorded(tmp_path, run_started(), attempt(HttpReply(status=200, headers=headers)), run_finished())
    (event,) = (event for event in read_back(path) if isinstance(event, AttemptFinished))
    assert isinstance(event.result.reply, HttpReply)
    assert event.result.reply.headers == {
        "Set-Cookie": "<not kept>",
        "x-auth-token": "<not kept>",
        "content-type": "text/html",
    }


def test_there_is_room_for_so_much(tmp_path: Path) -> None:
    """What comes after that is in the record only, and no answer is kept by half."""
    events = [attempt(ShellReply(rc=0, stdout=Output("x" * 400_000, size=400_000))) for _ in range(4)]
    path = recorded(tmp_path, run_started(), *events, run_finished(), room=Room(most=MIB, left=0))
    assert len(whole_answers(path)) == 2
    assert answers_file(path).stat().st_size <= MIB
    named = [event.get("answer") for event in reader.read(path).events if event["type"] == "attempt.finished"]
    assert [name is not None for name in named] == [True, True, False, False]


def test_the_record_is_left_room_on_the_disk(tmp_path: Path) -> None:
    about = os.statvfs(tmp_path)
    with RunRecorder.open(tmp_path, RUN, StepClock(), Redactor()) as recorder:
        recorder.keep_answers(Room(left=about.f_blocks * about.f_frsize + 1))
        with pytest.raises(AnswersUnavailable, match="kept for the record"):
            recorder.record(attempt(REPLIES[0]))
        assert recorder.record(attempt(REPLIES[0])).seq == 1


def test_a_full_disk_ends_the_answers_and_not_the_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the middle of an answer: what is left of it is no answer, and says that the disk was full."""
    whole, events = disk.append, (attempt(REPLIES[3]), attempt(REPLIES[0]), attempt(REPLIES[1]))

    def full(descriptor: int, data: bytes) -> None:
        if b"line 8999" in data and b'"reply"' in data and len(data) > 90_000:
            whole(descriptor, data[:70_000])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        whole(descriptor, data)

    monkeypatch.setattr(disk, "append", full)
    path = recorded(tmp_path, run_started(), *events, run_finished())

    verification = checked(path)
    assert len(whole_answers(path)) == 1
    assert [event["type"] for event in reader.read(path).events].count("attempt.finished") == 3
    assert verification.sealed


Change = Callable[[list[bytes]], list[bytes]]
CHANGES: dict[str, tuple[Change, str]] = {
    "changed": (
        lambda lines: [lines[0].replace(b"busy", b"well"), *lines[1:]],
        "full answer 1 (byte 0) is not the one",
    ),
    "swapped": (lambda lines: [lines[1], lines[0], *lines[2:]], "full answer 1 (byte 0) is not the one"),
    "removed": (lambda lines: lines[1:], "full answer 1 (byte 0) is not the one"),
    "cut": (lambda lines: lines[:-1], "the file of full answers ends early: 1 of 3 are missing"),
    "added": (lambda lines: [*lines, lines[-1]], "the file of full answers has 1 more than the record names"),
    "torn": (lambda lines: [*lines, b'{"v":1,'], "the last full answer is a fragment"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_who_changes_an_answer_is_found_out(name: str, tmp_path: Path) -> None:
    change, problem = CHANGES[name]
    path = recorded(tmp_path, run_started(), *(attempt(REPLIES[1]) for _ in range(3)), run_finished())
    assert checked(path).integrity is Integrity.INTACT
    file = answers_file(path)
    file.write_bytes(b"".join(change(file.read_bytes().splitlines(keepends=True))))

    verification = checked(path)

    assert verification.integrity is Integrity.BROKEN
    assert problem in str(verification.problems[0])


def test_what_is_proven_of_answers(tmp_path: Path) -> None:
    """A record without its answers is whole; only nobody can say what stood in them."""
    path = recorded(tmp_path, *whole_run())
    named = sum("answer" in event or "answer" in str(event.get("targets")) for event in reader.read(path).events)
    assert f"the {named} full answers are as they were written" in checked(path).proven
    answers_file(path).unlink()
    verification = checked(path)
    assert verification.integrity is Integrity.INTACT
    assert "what stood in the full answers" in verification.not_proven
    assert [str(warning) for warning in verification.warnings] == [
        f"the {named} full answers that were kept are not beside the record any more"
    ]


def test_a_crash_is_no_tampering(tmp_path: Path) -> None:
    """An answer that the record does not name yet, or a piece of one, is what a crash leaves."""
    with RunRecorder.open(tmp_path, RUN, StepClock(), Redactor()) as recorder:
        recorder.keep_answers()
        for event in (run_started(), attempt(REPLIES[0]), attempt(REPLIES[1])):
            recorder.record(event)
    lines = recorder.path.read_bytes().splitlines(keepends=True)
    recorder.path.write_bytes(b"".join(lines[:-1]))
    assert not checked(recorder.path).problems
    with answers_file(recorder.path).open("ab") as file:
        file.write(b'{"v":1,"n":3')
    assert not checked(recorder.path).problems
    answers_file(recorder.path).write_bytes(b"")
    assert not checked(recorder.path).problems
    assert "ends early" in str(checked(recorder.path).warnings[0])


def test_where_there_is_already_a_file(tmp_path: Path) -> None:
    with RunRecorder.open(tmp_path, RUN, StepClock(), Redactor()) as recorder:
        answers_file(recorder.path).touch()
        with pytest.raises(AnswersUnavailable, match="File exists"):
            recorder.keep_answers()
        assert recorder.record(attempt(REPLIES[0])).seq == 1
