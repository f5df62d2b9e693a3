"""What is proven about a record: every kind of tampering is told apart, and a crash is none."""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_runs import (
    RUN,
    StepClock,
    attempt,
    intent,
    put_on_record,
    rolled_run,
    run_finished,
    run_started,
    whole_run,
)

from playbook_engine.audit.chain import GENESIS, Domain, link
from playbook_engine.audit.findings import Integrity, Verification
from playbook_engine.audit.jsontext import one_line
from playbook_engine.audit.paths import ledger_file, record_file
from playbook_engine.audit.redact import Redactor
from playbook_engine.audit.verdicts import describe
from playbook_engine.audit.verify import verify
from playbook_engine.audit.writer import RunRecorder
from playbook_engine.errors import UsageError
from playbook_engine.model.events import (
    AttemptFinished,
    BatchFinished,
    EscalationAcknowledged,
    EscalationDelivered,
    EscalationIntended,
    Event,
    UndoFinished,
    UndoStarted,
)
from playbook_engine.values import RunId, StepPath

Tamper = Callable[[list[bytes]], Sequence[bytes]]


def check(state_dir: Path) -> Verification:
    return verify(record_file(state_dir, RUN), ledger_file(state_dir))


def unfinished(state_dir: Path, *events: Event) -> Path:
    with RunRecorder.open(state_dir, RUN, StepClock(), Redactor()) as recorder:
        for event in events:
            recorder.record(event)
        return recorder.path


def rewritten(lines: Sequence[bytes]) -> list[bytes]:
    """Return the lines chained anew, as someone would who knows how."""
    prev, made = GENESIS, []
    for line in lines:
        fields = {name: value for name, value in json.loads(line).items() if name not in ("prev", "hash")}
        new = link(Domain.RECORD, one_line(fields), prev)
        made.append(new.line + b"\n")
        prev = new.hash
    return made


def test_a_sealed_record_is_intact(tmp_path: Path) -> None:
    """And it is said what that does not prove."""
    put_on_record(tmp_path, whole_run())
    found = check(tmp_path)
    assert (found.integrity, found.lines, found.problems, found.warnings) == (Integrity.INTACT, 21, (), ())
    text = "\n".join(describe(found))
    assert f"The record of run {RUN} is intact (21 lines)." in text
    assert f"Proven: the record ends where the ledger says it ended (head {found.head[:16]})." in text
    assert "Not proven: that nobody rewrote record and ledger together: compare the head" in text


def test_a_copy_without_a_ledger_proves_less(tmp_path: Path) -> None:
    """Its end could have been cut off."""
    path = put_on_record(tmp_path, whole_run())
    copy = shutil.copyfile(path, tmp_path / path.name)
    found = verify(copy, None)
    assert found.integrity is Integrity.INTACT
    assert any("no ledger was given" in sentence for sentence in found.not_proven)


TAMPERED: dict[str, tuple[Tamper, str]] = {
    "changed": (
        lambda lines: [line.replace(b'"changes":true', b'"changes":null') for line in lines],
        "line 8 (byte {8}): this line was changed after it was written",
    ),
    "dropped": (
        lambda lines: [*lines[:4], *lines[5:]],
        "line 5 (byte {5}): number 5 is missing before this line, which is number 6: a line was removed",
    ),
    "several dropped": (
        lambda lines: [*lines[:4], *lines[9:]],
        "line 5 (byte {5}): numbers 5 to 9 are missing before this line, which is number 10: lines were removed",
    ),
    "swapped": (
        lambda lines: [*lines[:4], lines[5], lines[4], *lines[6:]],
        "number 6 stands where number 5 belongs: lines were swapped, moved or repeated",
    ),
    "repeated": (
        lambda lines: [*lines[:5], lines[4], *lines[5:]],
        "number 5 stands where number 6 belongs: lines were swapped, moved or repeated",
    ),
    "cut off": (lambda lines: lines[:-3], "the end was cut off: 3 lines are missing of the 21 in the ledger"),
    "all removed": (lambda _: [], "the end was cut off: 21 lines are missing of the 21 in the ledger"),
    "appended": (
        lambda lines: rewritten([*lines, lines[4].replace(b'"seq":5', b'"seq":22')]),
        "line 22 (byte {22}): this line was added after the end of the run (line 21)",
    ),
    "garbage behind": (
        lambda lines: [*lines, b"{"],
        "behind the last whole line there are 1 bytes that nobody sealed",
    ),
    "foreign line": (
        lambda lines: [*lines[:3], b"hello\n", *lines[3:]],
        "line 4 (byte {4}): this is no line of a record",
    ),
    "not JSON": (
        lambda lines: [
            lines[0],
            link(Domain.RECORD, "{oops}", json.loads(lines[0])["hash"]).line + b"\n",
            *lines[2:],
        ],
        "line 2 (byte {2}): this line is none that this version of runbook writes",
    ),
    "rewritten": (
        lambda lines: rewritten([line.replace(b"ana", b"eve") for line in lines]),
        "the record, or its last line, was written anew",
    ),
    "one line rewritten": (
        lambda lines: [*lines[:4], _anew(lines[4]), *lines[5:]],
        "line 6 (byte {6}): it continues a line with the hash",
    ),
    "another run's line": (
        lambda lines: rewritten([*lines[:-1], lines[-1].replace(RUN.encode(), b"OTHER")]),
        "lines of another run (OTHER) were put into the record",
    ),
}


def _anew(line: bytes) -> bytes:
    fields = json.loads(line)
    kept = {name: value for name, value in fields.items() if name not in ("prev", "hash")} | {"taken": "else"}
    return link(Domain.RECORD, one_line(kept), fields["prev"]).line + b"\n"


@pytest.mark.parametrize(("tamper", "message"), TAMPERED.values(), ids=TAMPERED)
def test_each_kind_of_tampering_is_told_in_words(tmp_path: Path, tamper: Tamper, message: str) -> None:
    """With the line, its offset, and what differs."""
    path = put_on_record(tmp_path, whole_run())
    lines = list(tamper(path.read_bytes().splitlines(keepends=True)))
    path.write_bytes(b"".join(lines))
    found = check(tmp_path)
    offsets = [0, *(sum(len(line) for line in lines[:number]) for number in range(len(lines)))]
    expected = message.format(*offsets) if "{" in message else message
    assert found.integrity is Integrity.BROKEN
    assert any(expected in str(problem) for problem in found.problems), [str(problem) for problem in found.problems]
    assert found.proven == ()


@pytest.mark.parametrize("name", ["changed", "dropped", "foreign line", "one line rewritten"])
def test_one_wound_is_one_problem(tmp_path: Path, name: str) -> None:
    """What follows from it is not told as a second one, but for the count of lines."""
    path = put_on_record(tmp_path, whole_run())
    path.write_bytes(b"".join(TAMPERED[name][0](path.read_bytes().splitlines(keepends=True))))
    in_lines = [problem for problem in check(tmp_path).problems if problem.line is not None]
    assert len(in_lines) == 1


def test_a_swapped_file_is_told_by_its_run(tmp_path: Path) -> None:
    """Both records are sound, but not under each other's name."""
    mine = put_on_record(tmp_path, whole_run())
    other = put_on_record(tmp_path, whole_run()[:3] + whole_run()[-1:], RunId("OTHER"))
    shutil.copyfile(other, mine)
    found = check(tmp_path)
    assert f"the whole file was swapped: this is the record of OTHER, not of {RUN}" in map(str, found.problems)


def test_a_file_that_was_put_there_is_not_in_the_ledger(tmp_path: Path) -> None:
    """However well it is made."""
    put_on_record(tmp_path / "a", whole_run())
    put_on_record(tmp_path / "b", whole_run(), RunId("OTHER"))
    found = verify(record_file(tmp_path / "a", RUN), ledger_file(tmp_path / "b"))
    assert [str(problem) for problem in found.problems] == [
        f"the ledger does not know run {RUN}: the file was put there, or the ledger replaced"
    ]


def test_a_missing_ledger_is_a_problem(tmp_path: Path) -> None:
    """Somebody may have removed it to hide what it says."""
    put_on_record(tmp_path, whole_run())
    ledger_file(tmp_path).unlink()
    found = check(tmp_path)
    assert found.integrity is Integrity.BROKEN
    assert "cannot be read: No such file or directory" in str(found.problems[0])


def test_a_missing_record_is_a_usage_error(tmp_path: Path) -> None:
    """No traceback for a wrong name."""
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        check(tmp_path)


def test_not_one_byte_can_change(tmp_path: Path) -> None:
    """One bit of every byte of a real record, a different one each time."""
    path = put_on_record(tmp_path, (run_started(), intent(), run_finished()))
    data = path.read_bytes()
    for place in range(len(data)):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1 :])
        assert check(tmp_path).integrity is Integrity.BROKEN, place
    path.write_bytes(data)
    assert check(tmp_path).integrity is Integrity.INTACT


@settings(max_examples=40)
@given(st.lists(st.integers(0, 9), max_size=14))
def test_no_other_order_of_lines_passes(tmp_path_factory: pytest.TempPathFactory, order: list[int]) -> None:
    """Whichever lines, in whichever order: only the true one is intact."""
    state_dir = tmp_path_factory.mktemp("state")
    path = put_on_record(state_dir, (*whole_run()[:9], run_finished()))
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[number] for number in order))
    assert (check(state_dir).integrity is Integrity.INTACT) == (order == list(range(10)))


@pytest.mark.parametrize("cut", [1, 40, 75, 200])
def test_a_torn_line_is_a_crash(tmp_path: Path, cut: int) -> None:
    """Not tampering: nothing was sealed yet."""
    path = unfinished(tmp_path, run_started(), intent(), attempt(None))
    path.write_bytes(path.read_bytes()[:-cut])
    found = check(tmp_path)
    assert (found.integrity, found.problems) == (Integrity.UNFINISHED, ())
    assert "fragment" in str(found.warnings[0])
    assert "a crash, or a full disk" in str(found.warnings[0])
    assert "unfinished, and nothing in it was changed (2 lines)" in describe(found)[0]


def test_a_run_that_goes_on_is_unfinished(tmp_path: Path) -> None:
    """Nobody can tell it from one that was killed between two lines."""
    unfinished(tmp_path, run_started())
    found = check(tmp_path)
    assert found.integrity is Integrity.UNFINISHED
    assert str(found.warnings[0]) == "there is no run.finished: the run goes on, or its process was killed"
    assert found.proven[0].startswith("the one line that is there is as it was written")


def test_a_run_killed_before_its_seal_is_intact_with_a_warning(tmp_path: Path) -> None:
    """It has its end, but the ledger does not know it."""
    unfinished(tmp_path, run_started(), run_finished())
    found = check(tmp_path)
    assert (found.integrity, found.problems) == (Integrity.INTACT, ())
    assert "its end is not in the ledger" in str(found.warnings[0])


def test_a_run_that_was_killed_while_it_waited_for_somebody_says_so(tmp_path: Path) -> None:
    """Who was told and did not take it is a thing to look at; who took it is not."""
    path = StepPath("steps/1")
    told = EscalationDelivered(
        path=path, contact="cto", channel="slack", address="#cto", receipt="ok", tries=1, wait_ms=60_000
    )
    taken = EscalationAcknowledged(path=path, contact="cto", by="bob", how="runbook ack")
    unfinished(tmp_path / "one", run_started(), told)
    unfinished(tmp_path / "two", run_started(), told, taken)
    assert check(tmp_path / "one").begun == ("begun, end unknown: waiting for somebody to take what cto was told",)
    assert check(tmp_path / "two").begun == ()


def test_what_was_begun_and_has_no_end_is_listed(tmp_path: Path) -> None:
    """These are the things to look at after a crash."""
    undo = UndoStarted(path=StepPath("steps/9"), title="Scale up", inputs=intent().inputs)
    told = {"path": None, "contact": "cto"}
    unfinished(
        tmp_path,
        run_started(),
        intent("steps/2"),
        intent("steps/3", "Restart"),
        attempt(None, path="steps/3"),
        undo,
        EscalationIntended(**told, reason="r", message="m", key="k"),  # type: ignore[arg-type]  # a dict of mixed types
    )
    assert check(tmp_path).begun == (
        "begun, end unknown: mitigate 'Serve the pinned key' on main",
        "begun, answered by every target, end of the step not on record: mitigate 'Restart'",
        "begun, end unknown: undo of 'Scale up' on main",
        "begun, end unknown: notice to cto",
    )


def test_a_batch_that_was_under_way_is_told_from_those_to_come(tmp_path: Path) -> None:
    """A batch begins only when the one before has ended: what is behind it was never touched."""
    events = rolled_run()
    begun = next(number for number, event in enumerate(events) if isinstance(event, BatchFinished))
    unfinished(tmp_path, *events[: begun + 2])
    assert check(tmp_path).begun == ("begun, end unknown: mitigate 'Restart' on h2[a], h2[b] (batch 2 of 2)",)


def test_an_attempt_that_is_followed_by_another_is_no_answer(tmp_path: Path) -> None:
    """The target is being tried again: nobody knows how that ended. Later batches have not begun."""
    events = rolled_run()
    first = next(number for number, event in enumerate(events) if isinstance(event, AttemptFinished))
    unfinished(tmp_path, *events[: first + 1])
    assert check(tmp_path).begun == (
        "begun, end unknown: mitigate 'Restart' on h1[a] (batch 1 of 2); not begun on h1[b], h2[a], h2[b]",
    )


def test_a_run_that_rolled_is_intact(tmp_path: Path) -> None:
    """New fields are lines like any other."""
    put_on_record(tmp_path, rolled_run())
    assert check(tmp_path).integrity is Integrity.INTACT


def test_what_has_its_end_is_not_listed(tmp_path: Path) -> None:
    """Undo and notices too."""
    ends = (UndoStarted, UndoFinished, EscalationIntended, EscalationDelivered)
    events = [event for event in whole_run() if isinstance(event, ends)]
    unfinished(tmp_path, run_started(), *events)
    assert check(tmp_path).begun == ()


def test_a_clock_that_goes_backwards_is_a_warning(tmp_path: Path) -> None:
    """Clocks are set now and then; the order is proven by the chain."""
    with RunRecorder.open(tmp_path, RUN, StepClock(step_ms=-1000), Redactor()) as recorder:
        recorder.record(run_started())
        recorder.record(run_finished())
        recorder.seal()
    found = check(tmp_path)
    assert found.integrity is Integrity.INTACT
    assert "the clock went backwards" in str(found.warnings[0])


def test_a_forged_number_costs_no_time(tmp_path: Path) -> None:
    """A line may claim to be any number."""
    path = put_on_record(tmp_path, whole_run())
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(rewritten([lines[0], lines[1].replace(b'"seq":2', b'"seq":' + b"9" * 17)])))
    assert any("are missing before this line" in str(problem) for problem in check(tmp_path).problems)


@settings(max_examples=40)
@given(st.binary(max_size=600))
def test_no_file_is_a_traceback(tmp_path_factory: pytest.TempPathFactory, garbage: bytes) -> None:
    """Foreign files are broken records, and that is all."""
    path = tmp_path_factory.mktemp("runs") / f"{RUN}.jsonl"
    path.write_bytes(garbage)
    assert describe(verify(path, None))


def test_terminals_are_safe_from_a_hostile_record(tmp_path: Path) -> None:
    """Whoever writes a record may try to draw on the screen of who checks it."""
    path = put_on_record(tmp_path, whole_run())
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    evil = [{**fields, "run": "\x1b[2J", "ts": "\x1b]0;x\x07", "title": "\ud800\r"} for fields in lines]
    path.write_bytes(b"".join(rewritten([one_line(fields).encode() for fields in evil])))
    text = "\n".join(describe(check(tmp_path)))
    assert "\\x1b[2J" in text
    assert all(character == "\n" or character.isprintable() for character in text)
    assert text.encode("utf-8")
