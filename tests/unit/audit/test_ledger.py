"""The ledger has one line for each run opened and sealed, from any number of writers, and survives their crashes."""

import hashlib
import json
import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_runs import StepClock

from playbook_engine.audit import ledger as ledger_module
from playbook_engine.audit.audited import read_ledger
from playbook_engine.audit.ledger import Ledger
from playbook_engine.audit.paths import ledger_lock
from playbook_engine.errors import RecordUnavailable
from playbook_engine.model.outcomes import Verdict
from playbook_engine.values import RunId

HEAD = "ab" * 32


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = Ledger(tmp_path / "ledger.jsonl", StepClock())
    made.opened(RunId("R1"))
    made.sealed(RunId("R1"), head=HEAD, lines=9, verdict=Verdict.RESOLVED)
    return made


def lines(ledger: Ledger) -> list[dict[str, object]]:
    return [json.loads(line) for line in ledger.path.read_text().splitlines()]


def test_a_run_is_opened_and_sealed(ledger: Ledger) -> None:
    """The seal has the head and the number of lines."""
    audited = read_ledger(ledger.path)
    assert (audited.problems, audited.warnings, audited.opened) == ((), (), frozenset({"R1"}))
    assert [(seal.head, seal.lines) for seal in audited.seals_of("R1")] == [(HEAD, 9)]
    assert audited.seals_of("R2") == ()


@pytest.mark.parametrize("cut", [1, 30, 150, 200])
def test_a_torn_line_is_left_as_it_is_and_noted(ledger: Ledger, cut: int) -> None:
    """The next writer begins a new line and says what it could not read."""
    whole = ledger.path.read_bytes()
    fragment = whole.splitlines()[-1][:cut]
    ledger.path.write_bytes(whole + fragment)
    assert len(read_ledger(ledger.path).warnings) == 1
    ledger.opened(RunId("R2"))
    assert ledger.path.read_bytes().startswith(whole + fragment + b"\n")
    torn, opened = (json.loads(line) for line in ledger.path.read_bytes().splitlines()[-2:])
    assert (torn["type"], torn["bytes"], opened["type"]) == ("ledger.torn", cut, "run.opened")
    assert torn["sha256"] == hashlib.sha256(fragment).hexdigest()
    audited = read_ledger(ledger.path)
    assert audited.problems == ()
    assert [str(warning) for warning in audited.warnings] == [
        f"ledger line 3 (byte {len(whole)}): a writer crashed here and left {cut} bytes of a line"
    ]
    assert audited.opened == {"R1", "R2"}


def test_a_line_that_only_lacks_its_end_is_kept(ledger: Ledger) -> None:
    """The crash came between the line and its line end."""
    ledger.path.write_bytes(ledger.path.read_bytes()[:-1])
    ledger.opened(RunId("R2"))
    audited = read_ledger(ledger.path)
    assert (audited.problems, audited.warnings) == ((), ())
    assert len(audited.seals_of("R1")) == 1


def test_two_crashes_in_a_row_are_noted_together(ledger: Ledger) -> None:
    """A writer that crashed while it noted a crash leaves two pieces."""
    ledger.path.write_bytes(ledger.path.read_bytes() + b'{"v":1,"ts":"2026\n{"v":1,')
    ledger.opened(RunId("R2"))
    audited = read_ledger(ledger.path)
    assert audited.problems == ()
    assert len(audited.warnings) == 1


def test_a_crash_in_the_first_line_of_all(tmp_path: Path) -> None:
    """There is no whole line to go on from."""
    made = Ledger(tmp_path / "ledger.jsonl", StepClock())
    made.path.write_bytes(b'{"v":1')
    made.opened(RunId("R1"))
    audited = read_ledger(made.path)
    assert (audited.problems, len(audited.warnings), audited.opened) == ((), 1, frozenset({"R1"}))


def swap(data: bytes) -> bytes:
    first, second, *rest = data.splitlines(keepends=True)
    return b"".join((second, first, *rest))


@pytest.mark.parametrize(
    "tamper",
    [
        swap,
        lambda data: data.split(b"\n", 1)[1],
        lambda data: data.splitlines(keepends=True)[0] * 2 + data.split(b"\n", 1)[1],
        lambda data: data.replace(b'"lines":9', b'"lines":8'),
        lambda data: data.replace(b'"lines":9', b'"lines":8') + b'{"torn',
        lambda data: b"hello\n" + data,
    ],
)
def test_tampering_is_a_problem(ledger: Ledger, tamper: Callable[[bytes], bytes]) -> None:
    """Swapped, removed, repeated, changed and foreign lines; also when a writer goes on afterwards."""
    ledger.path.write_bytes(tamper(ledger.path.read_bytes()))
    assert read_ledger(ledger.path).problems
    ledger.opened(RunId("R2"))
    assert read_ledger(ledger.path).problems


def test_every_byte_counts(ledger: Ledger) -> None:
    """Not one can change unseen, but the very last line end: that looks like a crash, which is said."""
    data = ledger.path.read_bytes()
    for place in range(len(data)):
        ledger.path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        audited = read_ledger(ledger.path)
        assert audited.problems or (place == len(data) - 1 and audited.warnings), place


@settings(max_examples=40)
@given(st.binary(max_size=400))
def test_no_garbage_stops_a_writer_or_a_reader(tmp_path_factory: pytest.TempPathFactory, garbage: bytes) -> None:
    """A damaged ledger goes on, and new lines in it can be relied on."""
    made = Ledger(tmp_path_factory.mktemp("ledger") / "ledger.jsonl", StepClock())
    made.path.write_bytes(garbage)
    made.opened(RunId("R1"))
    assert read_ledger(made.path).opened == {"R1"}


def test_the_last_line_is_found_behind_much_garbage(tmp_path: Path) -> None:
    """The window grows until it holds a whole line."""
    made = Ledger(tmp_path / "ledger.jsonl", StepClock())
    made.opened(RunId("R1"))
    made.path.write_bytes(made.path.read_bytes() + b"x" * 700_000)
    made.opened(RunId("R2"))
    audited = read_ledger(made.path)
    assert (audited.problems, len(audited.warnings), audited.opened) == ((), 1, frozenset({"R1", "R2"}))


def _open_many(path: Path, name: str) -> None:
    ledger = Ledger(path, StepClock())
    for number in range(20):
        ledger.opened(RunId(f"{name}-{number}"))


def test_many_writers_share_one_chain(tmp_path: Path) -> None:
    """Each line is whole and follows the one before, whoever wrote it."""
    path = tmp_path / "ledger.jsonl"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_open_many, args=(path, name)) for name in ("a", "b")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    audited = read_ledger(path)
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert (audited.problems, audited.warnings, len(audited.opened)) == ((), (), 40)


def test_a_ledger_held_by_someone_else_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer does not wait for ever."""
    monkeypatch.setattr(ledger_module, "PATIENCE_S", 0.05)
    made = Ledger(tmp_path / "ledger.jsonl", StepClock())
    with FileLock(ledger_lock(made.path)), pytest.raises(RecordUnavailable, match="held by another process"):
        made.opened(RunId("R1"))


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """The ledger is never somebody else's file."""
    (tmp_path / "other").write_text("")
    made = Ledger(tmp_path / "ledger.jsonl", StepClock())
    made.path.symlink_to(tmp_path / "other")
    with pytest.raises(RecordUnavailable, match="cannot be written"):
        made.opened(RunId("R1"))
    assert (tmp_path / "other").read_text() == ""
