"""Runs are listed, found and read, whatever else lies in the folder."""

import os
from pathlib import Path

import pytest
from recorded_runs import RUN, StepClock, put_on_record, run_finished, run_started, whole_run

from playbook_engine.audit.paths import runs_folder
from playbook_engine.audit.reader import find, read, runs
from playbook_engine.audit.redact import Redactor
from playbook_engine.audit.writer import RunRecorder
from playbook_engine.errors import UsageError
from playbook_engine.model.outcomes import Verdict
from playbook_engine.values import RunId


class LaterClock(StepClock):
    """A clock that starts later for each run."""

    def __init__(self, minutes: int) -> None:
        super().__init__()
        for _ in range(minutes * 240):
            self.now()


def record(state_dir: Path, run: str, minutes: int, *, finished: bool = True) -> None:
    with RunRecorder.open(state_dir, RunId(run), LaterClock(minutes), Redactor()) as recorder:
        recorder.record(run_started())
        if finished:
            recorder.record(run_finished(Verdict.UNRESOLVED))
            recorder.seal()


def test_runs_are_listed_newest_first(tmp_path: Path) -> None:
    """With what a person wants to know of each."""
    record(tmp_path, "AAA1", 2)
    record(tmp_path, "BBB1", 3, finished=False)
    record(tmp_path, "CCC1", 1)
    listed = runs(tmp_path)
    assert [(run.run, run.state) for run in listed] == [
        ("BBB1", "unfinished"),
        ("AAA1", "unresolved"),
        ("CCC1", "unresolved"),
    ]
    first = listed[1]
    assert (first.playbook, first.environment, first.actor, first.mode) == ("jwks-outage", "demo", "ana", "play")
    assert first.started == "2026-11-23T19:06:05.373456Z"
    assert first.duration_ms == 65_400


def test_a_long_record_is_not_read_through(tmp_path: Path) -> None:
    """Only its first and last lines are; what lies between may be anything."""
    path = put_on_record(tmp_path, whole_run())
    first, *_, last = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + b"x" * 1_000_000 + b"\n" + last)
    assert runs(tmp_path)[0].state == "resolved"


@pytest.mark.parametrize(
    "content",
    [b"", b"hello\n", b"\xff\xfe\x00", b"[" * 100_000, b'{"type":"run.started"', b'{"type":7}\n', b"null\n"],
)
def test_foreign_files_are_listed_as_unreadable(tmp_path: Path, content: bytes) -> None:
    """They hide nothing and stop nothing."""
    put_on_record(tmp_path, whole_run())
    (runs_folder(tmp_path) / "foreign.jsonl").write_bytes(content)
    assert [run.state for run in runs(tmp_path)] == ["resolved", "unreadable"]
    assert runs(tmp_path)[1].problem == "does not begin with run.started"


def test_folders_are_unreadable_and_pipes_are_left_alone(tmp_path: Path) -> None:
    """To open a pipe could wait for ever."""
    put_on_record(tmp_path, whole_run())
    (runs_folder(tmp_path) / "folder.jsonl").mkdir()
    os.mkfifo(runs_folder(tmp_path) / "pipe.jsonl")
    (runs_folder(tmp_path) / "notes.txt").write_text("")
    assert [(run.run, run.problem) for run in runs(tmp_path)[1:]] == [("folder", "cannot be read: Is a directory")]


def test_a_started_event_of_strange_shape_is_listed_all_the_same(tmp_path: Path) -> None:
    """Fields that are missing or of another type are empty, and controls are escaped."""
    runs_folder(tmp_path).mkdir()
    (runs_folder(tmp_path) / "X.jsonl").write_text('{"type":"run.started","playbook":7,"environment":"\\u001b[2J"}\n')
    (found,) = runs(tmp_path)
    assert (found.playbook, found.environment, found.actor, found.state) == ("", "\\x1b[2J", "", "unfinished")


def test_without_records_the_list_is_empty(tmp_path: Path) -> None:
    """Also when there is no folder yet."""
    assert runs(tmp_path / "nothing") == ()


@pytest.mark.parametrize("wanted", ["01JDB8Z5Q2V7N9M4K6T3R1W0XY", "01jdb8", "W0XY", "latest", "LATEST"])
def test_a_run_is_found_by_a_part_of_its_id(tmp_path: Path, wanted: str) -> None:
    """Beginning or end, in either case, or `latest`."""
    record(tmp_path, "01JDAA0000OLDER", 0)
    record(tmp_path, RUN, 5)
    assert find(tmp_path, wanted).name == f"{RUN}.jsonl"


def test_the_latest_run_is_one_that_can_be_read(tmp_path: Path) -> None:
    """A foreign file is not what anybody means."""
    record(tmp_path, RUN, 0)
    (runs_folder(tmp_path) / "zzz.jsonl").write_text("")
    assert find(tmp_path, "latest").name == f"{RUN}.jsonl"
    (runs_folder(tmp_path) / f"{RUN}.jsonl").unlink()
    assert find(tmp_path, "latest").name == "zzz.jsonl"


@pytest.mark.parametrize(
    ("wanted", "message", "hint"),
    [
        ("AB", "'AB' fits 2 runs: ABC1, ABD1", "Give more of the id."),
        ("ABX1", "there is no run 'ABX1' on record", "Did you mean"),
        ("???", "there is no run '???' on record", "runbook audit list"),
        ("", "there is no run '' on record", "runbook audit list"),
    ],
)
def test_what_is_not_found_is_said_with_a_way_on(tmp_path: Path, wanted: str, message: str, hint: str) -> None:
    """The nearest id, or what to type."""
    record(tmp_path, "ABC1", 0)
    record(tmp_path, "ABD1", 1)
    with pytest.raises(UsageError) as caught:
        find(tmp_path, wanted)
    assert message in str(caught.value)
    assert hint in (caught.value.hint or "")


def test_an_exact_id_wins_over_a_longer_one(tmp_path: Path) -> None:
    """One run's id may begin like another's."""
    record(tmp_path, "AB", 0)
    record(tmp_path, "ABC", 0)
    assert find(tmp_path, "AB").name == "AB.jsonl"


def test_there_may_be_no_runs_at_all(tmp_path: Path) -> None:
    """The message says where was looked."""
    with pytest.raises(UsageError, match="there is no run on record in"):
        find(tmp_path, "latest")


def test_a_record_is_read_with_its_torn_end(tmp_path: Path) -> None:
    """Whole lines are events; the rest is counted."""
    path = put_on_record(tmp_path, whole_run())
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join((*lines[:2], b"oops\n", *lines[2:4], lines[4][:77])))
    found = read(path)
    assert [event["seq"] for event in found.events] == [1, 2, 3, 4]
    assert (found.torn, found.unreadable) == (77, (3,))


def test_a_record_that_cannot_be_opened_is_a_usage_error(tmp_path: Path) -> None:
    """No traceback."""
    with pytest.raises(UsageError, match="cannot be read"):
        read(tmp_path / "nothing.jsonl")
