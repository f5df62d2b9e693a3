"""What earlier runs changed, read from records that the program itself wrote."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from recorded_runs import intent, run_finished, run_started, target_input
from recorded_runs import result as target_result
from ulid import ULID

from playbook_engine.audit.history import History, Wanted, history
from playbook_engine.audit.paths import record_file, runs_folder
from playbook_engine.audit.redact import Redactor
from playbook_engine.audit.writer import RunRecorder
from playbook_engine.model.events import (
    AttemptFinished,
    BatchFinished,
    Event,
    PlayEnd,
    PlayFinished,
    PlayStarted,
    RunStarted,
    StepFinished,
    StepStarted,
)
from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.plan import Made
from playbook_engine.model.replies import ShellReply
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.model.rolling import Batches
from playbook_engine.values import RunId, StepPath, TargetName

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
WANTED = Wanted(playbooks=frozenset({"jwks-outage"}), environment="demo", now=NOW, back=timedelta(hours=1))
PATH = StepPath("steps/2")


class SetClock:
    """A clock that stands where it was put, and goes on by a second with each look."""

    def __init__(self, at: datetime) -> None:
        self.at = at - timedelta(seconds=2)  # the ledger looks first

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def monotonic_ms(self) -> int:
        return 0

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("nobody sleeps here")


def run_id(at: datetime) -> RunId:
    return RunId(str(ULID.from_datetime(at)))


def put(state: Path, minutes_ago: float, *events: Event, seal: bool = True, opened_ago: float | None = None) -> RunId:
    """Record a run whose events are so old, and its file with them; its id may be of another time."""
    at = NOW - timedelta(minutes=minutes_ago)
    run = run_id(at if opened_ago is None else NOW - timedelta(minutes=opened_ago))
    clock = SetClock(at)
    with RunRecorder.open(state, run, clock, Redactor()) as recorder:
        for event in events:
            recorder.record(event, durable=True)
        if seal:
            recorder.seal()
    stamp = clock.at.timestamp()
    os.utime(recorder.path, (stamp, stamp))
    return run


def begun(*names: str, batches: Batches | None = None) -> StepStarted:
    inputs = tuple(target_input(TargetName(name)) for name in names)
    return replace(intent(), inputs=inputs, batches=batches)


def answer(name: str, *, settled: bool = True) -> AttemptFinished:
    return AttemptFinished(path=PATH, attempt=1, result=ended(name), duration_ms=3, settled=settled)


def ended(name: str, outcome: Outcome = Outcome.OK) -> TargetResult:
    reply = ShellReply(rc=0) if outcome in (Outcome.OK, Outcome.FAILED) else None
    return target_result(outcome, reply, target=name)


def finished(*results: TargetResult) -> StepFinished:
    step = intent()
    return StepFinished(path=PATH, verb="mitigate", title=step.title, id=step.id, result=StepResult.of(results))


def whole(*names: str) -> tuple[Event, ...]:
    return (run_started(), begun(*names), *map(answer, names), finished(*map(ended, names)), run_finished())


def ages(found: History) -> dict[str, int]:
    """Return how many seconds ago each target was changed; every one of the step `pin`."""
    assert {step for _, step, _ in found.made} <= {"pin"}
    return {str(target): round(made.ago_ms / 1000) for (_, _, target), made in found.made.items()}


def test_a_change_is_found_with_its_run_and_its_age(tmp_path: Path) -> None:
    """Counted from the target's answer, to the second."""
    run = put(tmp_path, 5, *whole("h1", "h2"))
    found = history(tmp_path, WANTED)
    assert found.made["jwks-outage", "pin", TargetName("h1")] == Made(run, 298_000)
    assert ages(found) == {"h1": 298, "h2": 297}
    assert found.unreadable == ()


def test_the_latest_change_counts(tmp_path: Path) -> None:
    """On each target for itself, whichever run made it."""
    put(tmp_path, 30, *whole("h1", "h2"))
    latest = put(tmp_path, 10, *whole("h1"))
    found = history(tmp_path, WANTED)
    assert found.made["jwks-outage", "pin", TargetName("h1")].run == latest
    assert ages(found) == {"h1": 598, "h2": 1797}


def test_a_run_that_began_earlier_may_have_changed_it_later(tmp_path: Path) -> None:
    """What counts is when the target was changed, not which run is the younger one."""
    put(tmp_path, 20, *whole("h1"))
    lasting = put(tmp_path, 5, *whole("h1"), opened_ago=50)
    assert history(tmp_path, WANTED).made["jwks-outage", "pin", TargetName("h1")].run == lasting


@pytest.mark.parametrize(
    "started",
    [
        replace(run_started(), environment="prod"),
        replace(run_started(), mode="check"),
        replace(run_started(), mode="sweep"),
        replace(run_started(), playbook=replace(run_started().playbook, name="disk-full")),
    ],
)
def test_runs_of_something_else_do_not_count(tmp_path: Path, started: RunStarted) -> None:
    """Another environment, another playbook, a run that changed nothing by its mode."""
    put(tmp_path, 5, started, *whole("h1")[1:])
    assert history(tmp_path, WANTED) == History()


def test_a_step_without_an_id_is_known_by_its_title(tmp_path: Path) -> None:
    """As the plan looks for it."""
    events = [
        replace(event, id=None) if isinstance(event, StepStarted | StepFinished) else event for event in whole("h1")
    ]
    put(tmp_path, 5, *events)
    assert list(history(tmp_path, WANTED).made) == [("jwks-outage", "Serve the pinned key", "h1")]


def test_only_targets_that_were_reached_count(tmp_path: Path) -> None:
    """What was not begun was not made: it may be made now."""
    results = (
        ended("h1"),
        ended("h2", Outcome.FAILED),
        ended("h3", Outcome.UNREACHABLE),
        ended("h4", Outcome.ABORTED),
    )
    answers = map(answer, ("h1", "h2", "h3"))
    put(tmp_path, 5, run_started(), begun("h1", "h2", "h3", "h4"), *answers, finished(*results), run_finished())
    assert set(ages(history(tmp_path, WANTED))) == {"h1", "h2"}


def test_a_run_that_was_killed_counts_for_all_that_it_may_have_reached(tmp_path: Path) -> None:
    """Its intent is on record, its end is not: it may have happened."""
    put(tmp_path, 5, run_started(), begun("h1", "h2"), answer("h1"), seal=False)
    assert ages(history(tmp_path, WANTED)) == {"h1": 298, "h2": 299}


def test_batches_that_had_not_begun_do_not_count(tmp_path: Path) -> None:
    """A killed run touched nothing beyond the batch that was under way."""
    batches = Batches((2, 2, 1), 0)
    done = BatchFinished(path=PATH, number=1, of=3, targets=(), failed=0, max_failures=0, not_begun=3, goes_on=True)
    events: tuple[Event, ...] = (
        run_started(),
        begun("h1", "h2", "h3", "h4", "h5", batches=batches),
        answer("h1"),
        answer("h2"),
        done,
    )
    put(tmp_path, 5, *events, answer("h3", settled=False), seal=False)
    assert set(ages(history(tmp_path, WANTED))) == {"h1", "h2", "h3", "h4"}


def test_a_torn_end_is_a_crash_and_hides_nothing(tmp_path: Path) -> None:
    """The intent was on disk, whole, before anything was sent."""
    run = put(tmp_path, 5, run_started(), begun("h1"), seal=False)
    with record_file(tmp_path, run).open("ab") as file:
        file.write(b'{"v":1,"seq":3,"ts":"2026')
    found = history(tmp_path, WANTED)
    assert (set(ages(found)), found.unreadable) == ({"h1"}, ())


@pytest.mark.parametrize(
    ("spoil", "problem", "kept"),
    [
        (lambda lines: [b"rubbish\n", *lines[1:]], "line 1 cannot be read, so nobody knows what was played", set()),
        (lambda lines: [*lines[:3], b"\xff\x00\n", *lines[3:]], "line 4 cannot be read", {"h1"}),
        (
            lambda lines: [lines[0], lines[1].replace(b'"ts":"2026', b'"ts":"soon'), *lines[2:]],
            "line 2 cannot be read",
            set(),
        ),
        (
            lambda lines: [lines[0], lines[1].replace(b'Z","mono', b'","mono'), *lines[2:]],
            "line 2 cannot be read",
            set(),
        ),
    ],
)
def test_a_damaged_record_is_named_and_what_can_be_read_of_it_counts(
    tmp_path: Path, spoil: Callable[[list[bytes]], list[bytes]], problem: str, kept: set[str]
) -> None:
    """A warning, never a block; and never a reason to forget what is plainly there."""
    run = put(tmp_path, 5, *whole("h1"))
    path = record_file(tmp_path, run)
    path.write_bytes(b"".join(spoil(path.read_bytes().splitlines(keepends=True))))
    found = history(tmp_path, WANTED)
    assert found.unreadable == (f"{run}.jsonl: {problem}",)
    assert set(ages(found)) == kept


@pytest.mark.parametrize("content", [b"", b'{"v":1,"se'])
def test_a_record_that_has_just_been_opened_is_no_problem(tmp_path: Path, content: bytes) -> None:
    """Another run is about to begin, or was killed there: it has changed nothing."""
    runs_folder(tmp_path).mkdir(parents=True)
    record_file(tmp_path, run_id(NOW)).write_bytes(content)
    assert history(tmp_path, WANTED) == History()


def test_no_state_directory_is_no_history(tmp_path: Path) -> None:
    """The first run of all."""
    assert history(tmp_path / "none", WANTED) == History()


def test_old_runs_are_not_even_opened(tmp_path: Path) -> None:
    """By the time in their ids; but a run that began long ago and lasted is read: its file is young."""
    old = put(tmp_path, 200, *whole("h1"))
    record_file(tmp_path, old).write_bytes(b"never looked at\n")
    stamp = (NOW - timedelta(minutes=199)).timestamp()
    os.utime(record_file(tmp_path, old), (stamp, stamp))
    assert history(tmp_path, WANTED) == History()
    lasting = put(tmp_path, 300, *whole("h2"))
    os.utime(record_file(tmp_path, lasting), (NOW.timestamp(), NOW.timestamp()))
    assert set(history(tmp_path, WANTED).made) == {("jwks-outage", "pin", "h2")}


def test_a_time_that_is_still_to_come(tmp_path: Path) -> None:
    """A clock was set back: the age is below zero, and the cooldown counts it as just now."""
    put(tmp_path, -90, *whole("h1"))
    assert ages(history(tmp_path, WANTED)) == {"h1": -5402}


def test_a_file_that_is_no_run_is_looked_at_too(tmp_path: Path) -> None:
    """Its name says nothing about its time, so its content must."""
    put(tmp_path, 5, *whole("h1"))
    record_file(tmp_path, RunId("copy-of-a-run")).write_text("hello\n", encoding="utf-8")
    found = history(tmp_path, WANTED)
    assert (set(ages(found)), found.unreadable) == (
        {"h1"},
        ("copy-of-a-run.jsonl: line 1 cannot be read, so nobody knows what was played",),
    )


def test_what_is_no_file_is_left_alone(tmp_path: Path) -> None:
    """To open a pipe could wait for ever."""
    runs_folder(tmp_path).mkdir(parents=True)
    os.mkfifo(record_file(tmp_path, run_id(NOW)))
    record_file(tmp_path, RunId("nowhere")).symlink_to(tmp_path / "nothing")
    (runs_folder(tmp_path) / "notes.txt").write_text("hello\n", encoding="utf-8")
    put(tmp_path, 5, *whole("h1"))
    found = history(tmp_path, WANTED)
    assert (set(ages(found)), found.unreadable) == ({"h1"}, ())


def test_foreign_shapes_are_no_traceback(tmp_path: Path) -> None:
    """Anybody may have written the file."""
    run = put(tmp_path, 5, *whole("h1"))
    path = record_file(tmp_path, run)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b'"targets":[{', b'"batches":"x","targets":[7,{')
    lines.insert(2, b'{"ts":"2026-11-23T19:55:00Z","type":"attempt.finished","path":"steps/2","target":[1]}\n')
    path.write_bytes(b"".join(lines))
    assert set(ages(history(tmp_path, WANTED))) == {"h1"}


PLAY = StepPath("steps/1/case 1/play")


def played(name: str, *events: Event) -> tuple[Event, ...]:
    """Return a run of another playbook that plays the one of that name, in which the events happened."""
    ref = run_started().playbook
    inside = [
        replace(event, path=StepPath(f"{PLAY}/steps/2"))
        for event in events
        if isinstance(event, StepStarted | AttemptFinished | StepFinished)
    ]
    return (
        replace(run_started(), playbook=replace(ref, name="triage")),
        PlayStarted(path=PLAY, playbook=replace(ref, name=name), inputs=(), hosts=None),
        *inside,
        PlayFinished(path=PLAY, name=name, title="T", ended=PlayEnd.DONE, duration_ms=1),
        run_finished(),
    )


def test_what_another_playbook_changed_by_playing_it_counts_too(tmp_path: Path) -> None:
    """It is the same change on the same target, whoever led to it."""
    put(tmp_path, 5, *played("jwks-outage", *whole("h1")))
    assert ages(history(tmp_path, WANTED)) == {"h1": 297}


def test_what_is_played_has_its_own_steps(tmp_path: Path) -> None:
    """A step of the same name in another playbook is another step."""
    put(tmp_path, 5, *played("disk-full", *whole("h1")))
    assert history(tmp_path, WANTED) == History()
    both = replace(WANTED, playbooks=frozenset({"jwks-outage", "disk-full"}))
    assert set(history(tmp_path, both).made) == {("disk-full", "pin", "h1")}
