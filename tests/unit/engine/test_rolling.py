"""Mitigations that roll over their targets: whole runs on scripted targets."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rehearsing import Rehearsal, Said, ScriptedPerson, make_inventory
from virtual import VirtualClock, interrupted, play

from playbook_engine.engine.batches import sizes, split
from playbook_engine.engine.conductor import advance, begin
from playbook_engine.model.events import (
    ApprovalRequested,
    BatchFinished,
    Event,
    StepFinished,
    StepStarted,
    UndoFinished,
)
from playbook_engine.model.inventory import Policy
from playbook_engine.model.outcomes import Outcome, Verdict
from playbook_engine.model.replies import Answer, Fault, FaultKind
from playbook_engine.model.requests import Request
from playbook_engine.model.results import StepResult
from playbook_engine.model.rolling import Batches, Portion
from playbook_engine.transports.fake import Delayed, FakeTransport, http, shell
from playbook_engine.values import Duration

GONE = Fault(kind=FaultKind.UNREACHABLE, message="no route")
SECOND = Duration(1_000)
BAD = Delayed(shell(rc=1), SECOND)


def hosts(count: int) -> list[str]:
    return [f"h{number:02}" for number in range(1, count + 1)]


def fix(request: Request) -> bool:
    return request.summary() == "fix"


def rolling(*lines: str, undo: str = "undo: {ssh: unfix}") -> str:
    step = "\n    ".join(("  - mitigate: Fix", "id: fix", "ssh: fix", undo, *lines))
    return f"hosts: all\nsteps:\n{step}\n  - check: After\n    local: after\n"


def rehearsal(text: str, count: int, bad: tuple[str, ...] = (), **how: object) -> Rehearsal:
    """Return a run on so many hosts; each takes a second, and the bad ones end with rc 1."""
    fake = FakeTransport(default=shell())
    for name in bad:
        fake.on(BAD, target=name, asks=fix)
    fake.on(Delayed(shell(), SECOND), asks=fix).on(Delayed(shell(), SECOND), asks="unfix")
    return Rehearsal(text, inventory=make_inventory(hosts(count)), fake=fake, clock=VirtualClock(), **how)  # type: ignore[arg-type]  # tests give what fits


def events_of(run: Rehearsal, kind: type[Event]) -> list[Event]:
    return [recorded.event for recorded in run.recorder.events if isinstance(recorded.event, kind)]


def end(run: Rehearsal) -> StepResult:
    (event,) = [each for each in events_of(run, StepFinished) if isinstance(each, StepFinished) and each.id == "fix"]
    return event.result


def outcomes(run: Rehearsal) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for target in end(run).targets:
        found.setdefault(target.outcome.value, []).append(str(target.target))
    return found


@pytest.mark.parametrize(
    ("serial", "count", "busiest", "ms"),
    [
        ("1", 4, 1, 4_000),
        ("2", 5, 2, 3_000),
        ("25%", 8, 2, 4_000),
        ("[1, 50%]", 6, 3, 3_000),
        ("[1, 2, 100%]", 9, 6, 3_000),
        ("100%", 5, 5, 1_000),
    ],
)
def test_never_more_than_a_batch_at_once(serial: str, count: int, busiest: int, ms: int) -> None:
    """Counted in the transport: no target is asked before every one of the batch before has ended."""
    run = rehearsal(rolling(f"serial: {serial}"), count)
    play(run)
    assert run.fake.busiest == busiest
    assert run.clock.ms == ms
    assert [line for line in run.asked if line.endswith("fix")] == [f"{name}: fix" for name in hosts(count)]
    assert end(run).outcome is Outcome.OK


def test_parallel_is_a_limit_within_a_batch_too() -> None:
    """The smaller of the two counts."""
    run = rehearsal(rolling("serial: 4"), 8, parallel=2)
    play(run)
    assert (run.fake.busiest, run.clock.ms) == (2, 4_000)


def test_the_intent_lists_every_target_before_the_first_batch() -> None:
    """And the sizes of the batches: what a crash leaves behind can be explained."""
    run = rehearsal(rolling("serial: [1, 50%]", "max_failures: 25%"), 5)
    play(run)
    (started,) = (each for each in events_of(run, StepStarted) if isinstance(each, StepStarted) and each.changes)
    assert [given.target for given in started.inputs] == hosts(5)
    assert started.batches == Batches((1, 2, 2), 1)
    parts = [each for each in events_of(run, BatchFinished) if isinstance(each, BatchFinished)]
    assert [(each.number, each.of, each.targets, each.goes_on) for each in parts] == [
        (1, 3, ("h01",), True),
        (2, 3, ("h02", "h03"), True),
        (3, 3, ("h04", "h05"), False),
    ]


def test_all_at_once_needs_no_batches_on_record() -> None:
    """The common case stays as short as it was."""
    run = rehearsal(rolling(), 3)
    play(run)
    (started,) = (each for each in events_of(run, StepStarted) if isinstance(each, StepStarted) and each.changes)
    assert started.batches is None
    assert events_of(run, BatchFinished) == []


def test_the_first_failure_stops_it_and_undoes_what_began() -> None:
    """Without `max_failures` none may fail: the last two hosts are never touched, the first four are taken back."""
    run = rehearsal(rolling("serial: 2"), 6, bad=("h03",))
    finished = play(run)
    assert outcomes(run) == {"ok": ["h01", "h02", "h04"], "failed": ["h03"], "aborted": ["h05", "h06"]}
    assert end(run).outcome is Outcome.FAILED
    (cause,) = {
        target.cause.message for target in end(run).targets if target.outcome is Outcome.ABORTED and target.cause
    }
    assert cause == "not begun: 1 of 6 targets failed, none may"
    assert [line for line in run.asked if "unfix" in line] == ["h03: unfix", "h04: unfix", "h01: unfix", "h02: unfix"]
    assert run.story == ["mitigate Fix: failed", "undo Fix: ok"]
    assert finished.verdict is Verdict.UNRESOLVED


def test_undo_rolls_back_as_it_rolled_forward() -> None:
    """The last batch first, never more than a batch at once, and one undo that fails holds up no other."""
    run = rehearsal(rolling("serial: 2"), 6, bad=("h05",))
    run.fake._rules.insert(0, FakeTransport().on(BAD, target="h06", asks="unfix")._rules[0])
    finished = play(run)
    assert run.fake.busiest == 2
    undone = [line.split(":")[0] for line in run.asked if "unfix" in line]
    assert undone == ["h05", "h06", "h03", "h04", "h01", "h02"]
    assert finished.not_undone == ("Fix",)


@pytest.mark.parametrize(
    ("most", "bad", "story"),
    [
        ("1", ("h02",), ["mitigate Fix: failed", "check After: ok"]),
        ("1", ("h02", "h03"), ["mitigate Fix: failed", "undo Fix: ok"]),
        ("2", ("h02", "h03"), ["mitigate Fix: failed", "check After: ok"]),
        ("50%", ("h01", "h02", "h03"), ["mitigate Fix: failed", "check After: ok"]),
        ("50%", ("h01", "h02", "h03", "h04"), ["mitigate Fix: failed", "undo Fix: ok"]),
        ("100%", tuple(hosts(6)), ["mitigate Fix: failed", "check After: ok"]),
    ],
)
@pytest.mark.parametrize("serial", ["serial: 1", "serial: 4", ""])
def test_max_failures(most: str, bad: tuple[str, ...], story: list[str], serial: str) -> None:
    """The outcome stays what it is; `on_failure` follows only when more failed than may."""
    run = rehearsal(rolling(*filter(None, (serial, f"max_failures: {most}"))), 6, bad=bad)
    play(run)
    assert run.story == story


def test_all_targets_fail() -> None:
    """The first batch is enough to know."""
    run = rehearsal(rolling("serial: 2", "max_failures: 1"), 6, bad=tuple(hosts(6)))
    play(run)
    assert outcomes(run) == {"failed": ["h01", "h02"], "aborted": ["h03", "h04", "h05", "h06"]}


def test_unreachable_targets_count_as_failures() -> None:
    """A host that cannot be reached is not changed as it should be; there is nothing to take back on it."""
    run = rehearsal(rolling("serial: 1", "max_failures: 1"), 5)
    for name in ("h01", "h03"):
        run.fake._rules.insert(0, FakeTransport().on(GONE, target=name)._rules[0])
    play(run)
    assert outcomes(run) == {"unreachable": ["h01", "h03"], "ok": ["h02"], "aborted": ["h04", "h05"]}
    assert [line for line in run.asked if "unfix" in line] == ["h02: unfix"]


def test_tolerated_failures_leave_an_earlier_verify_alone() -> None:
    """The step was good enough, so what was proven before still counts; the screen shows who failed."""
    text = rolling("max_failures: 1", "serial: 1").replace(
        "steps:\n", "steps:\n  - {verify: Works, http: GET http://127.0.0.1/w, on_pass: continue}\n"
    )
    run = rehearsal(text, 3, bad=("h02",))
    run.fake.on(http(200), asks="/w")
    run.fake._rules.insert(0, run.fake._rules.pop())
    assert play(run).verdict is Verdict.RESOLVED


@pytest.mark.parametrize("policy", ["stop", "continue"])
def test_other_ways_to_go_on_after_too_many_failures(policy: str) -> None:
    """Nothing is taken back; the others are not begun in either case."""
    run = rehearsal(rolling("serial: 1", f"on_failure: {policy}"), 3, bad=("h01",))
    play(run)
    assert outcomes(run) == {"failed": ["h01"], "aborted": ["h02", "h03"]}
    assert run.story[1:] == ([] if policy == "stop" else ["check After: ok"])


def test_skipped_targets_are_in_no_batch() -> None:
    """A percentage is of those that have something to do."""
    text = rolling("serial: 50%", "when: inventory_hostname not in ['h01', 'h03']")
    run = rehearsal(text, 6)
    play(run)
    parts = [each.targets for each in events_of(run, BatchFinished) if isinstance(each, BatchFinished)]
    assert parts == [("h02", "h04"), ("h05", "h06")]
    assert outcomes(run) == {"skipped": ["h01", "h03"], "ok": ["h02", "h04", "h05", "h06"]}


def test_what_could_not_be_prepared_counts_as_failed() -> None:
    """An undo that cannot be rendered keeps the change from being made there, and counts against the others."""
    text = rolling("serial: 1", undo="undo: {ssh: 'unfix {{ way }}'}")
    inventory = make_inventory(hosts(3), host_variables={"h02": {"way": "a"}, "h03": {"way": "b"}})
    fake = FakeTransport(default=shell())
    run = Rehearsal(text, inventory=inventory, fake=fake, clock=VirtualClock())
    play(run)
    assert outcomes(run) == {"error": ["h01"], "ok": ["h02"], "aborted": ["h03"]}
    assert [line for line in run.asked if "fix" in line] == ["h02: fix", "h02: unfix a"]


def test_the_question_shows_how_it_rolls() -> None:
    """Before the yes, as in the intent."""
    person = ScriptedPerson([Said(yes=False, stop=True)])
    inventory = make_inventory(hosts(5), policy=Policy(mitigate="approve"))
    text = rolling("serial: 2", "max_failures: 1")
    run = Rehearsal(text, inventory=inventory, fake=FakeTransport(default=shell()), yes=False, person=person)
    asyncio.run(run.play())
    assert person.batches == [Batches((2, 2, 1), 1)]
    (asked,) = events_of(run, ApprovalRequested)
    assert isinstance(asked, ApprovalRequested)
    assert asked.batches == Batches((2, 2, 1), 1)


def test_a_signal_during_the_second_batch() -> None:
    """What is under way is indeterminate, what is to come is not begun, and both batches are taken back."""
    run = rehearsal(rolling("serial: 2"), 6)
    interrupted(run, lambda: "h04: fix" in run.asked)
    assert outcomes(run) == {"ok": ["h01", "h02"], "indeterminate": ["h03", "h04"], "aborted": ["h05", "h06"]}
    assert [line.split(":")[0] for line in run.asked if "unfix" in line] == ["h03", "h04", "h01", "h02"]


def test_a_second_signal_during_the_undo_leaves_the_other_batches() -> None:
    """Given up: what was sent is indeterminate, what was not is aborted, and all of it is said."""
    run = rehearsal(rolling("serial: 1"), 4, bad=("h03",))

    interrupted(run, lambda: any("unfix" in line for line in run.asked), times=2)
    assert [line for line in run.asked if "unfix" in line] == ["h03: unfix"]
    undo = next(each.event for each in run.recorder.events if each.event.type == "undo.finished")
    assert [target.outcome.value for target in undo.result.targets] == ["indeterminate", "aborted", "aborted"]  # type: ignore[union-attr]  # it has a result


def test_undo_keeps_to_the_limit_to_its_end() -> None:
    """Slow undos do not give their places back."""
    run = rehearsal(rolling(), 5, bad=("h03",), parallel=2)
    run.fake._rules.insert(0, FakeTransport().on(Delayed(shell(), Duration(9_000)), asks="unfix")._rules[0])
    play(run)
    assert run.fake.busiest == 2
    assert run.clock.ms == 3_000 + 27_000


def test_undo_keeps_to_the_limit_and_tells_what_it_never_sent() -> None:
    """`--parallel` is a promise for undo too; an undo that waited for its place was not begun."""
    run = rehearsal(rolling(), 5, bad=("h03",), parallel=2)
    interrupted(run, lambda: any("unfix" in line for line in run.asked), times=2)
    assert run.fake.busiest == 2
    undo = next(each.event for each in run.recorder.events if each.event.type == "undo.finished")
    assert isinstance(undo, UndoFinished)
    assert [(target.outcome.value, target.begun) for target in undo.result.targets] == [
        *[("indeterminate", True)] * 2,
        *[("aborted", False)] * 3,
    ]


def test_a_record_that_is_lost_stops_the_next_batch() -> None:
    """Nothing is changed that cannot be put on record."""

    def in_batch_one(event: Event) -> bool:
        return isinstance(event, BatchFinished)

    run = rehearsal(rolling("serial: 2"), 4, fails_at=in_batch_one)
    play(run)
    assert outcomes(run) == {"ok": ["h01", "h02"], "aborted": ["h03", "h04"]}
    assert "h03: fix" not in run.asked


def test_retries_belong_to_their_batch() -> None:
    """The next batch waits until every target of this one has its last answer, pauses included."""
    text = rolling("serial: 2", "idempotent: true", "retries: 2", "delay: 10s")
    run = rehearsal(text, 4)
    run.fake._rules.insert(0, FakeTransport().on(shell(rc=1), shell(rc=1), shell(), target="h01", asks=fix)._rules[0])
    play(run)
    order = [line.split(":")[0] for line in run.asked if line.endswith(" fix")]
    assert order == ["h01", "h02", "h01", "h01", "h03", "h04"]
    assert run.fake.busiest <= 2
    assert end(run).outcome is Outcome.OK


ANSWERS: dict[str, Answer] = {
    "ok": shell(),
    "failed": shell(rc=1),
    "unreachable": GONE,
    "refused": Fault(kind=FaultKind.REFUSED, message="no"),
}


@settings(max_examples=60, deadline=None)
@given(
    ends=st.lists(st.sampled_from(sorted(ANSWERS)), min_size=1, max_size=9),
    serial=st.lists(st.sampled_from(["1", "2", "4", "20%", "50%", "100%"]), max_size=3),
    most=st.sampled_from(["0", "1", "3", "25%", "50%", "100%"]),
)
def test_whatever_the_targets_do(ends: list[str], serial: list[str], most: str) -> None:
    """Every combination: at most a batch at once, stopped when it must be, undone exactly where it began."""
    lines = [f"max_failures: {most}", *([f"serial: [{', '.join(serial)}]"] if serial else [])]
    run = Rehearsal(
        rolling(*lines),
        inventory=make_inventory(hosts(len(ends))),
        fake=FakeTransport(default=Delayed(shell(), SECOND)),
        clock=VirtualClock(),
    )
    for name, end_of in zip(hosts(len(ends)), ends, strict=True):
        run.fake.on(Delayed(ANSWERS[end_of], SECOND), target=name, asks=fix)
    play(run)
    portions = tuple(Portion(int(text.removesuffix("%")), percent=text.endswith("%")) for text in serial)
    parts = split(hosts(len(ends)), sizes(portions, len(ends)))
    allowed = Portion(int(most.removesuffix("%")), percent=most.endswith("%")).of(len(ends))
    bad = dict(zip(hosts(len(ends)), (end_of != "ok" for end_of in ends), strict=True))
    asked: list[str] = []
    for part in parts:
        asked += part
        if sum(bad[name] for name in asked) > allowed:
            break
    assert [line.split(":")[0] for line in run.asked if line.endswith(" fix")] == asked
    assert run.fake.busiest <= max(map(len, parts))
    exceeded = sum(bad[name] for name in asked) > allowed
    reached = {name for name in asked if ends[hosts(len(ends)).index(name)] in ("ok", "failed")}
    undone = {line.split(":")[0] for line in run.asked if "unfix" in line}
    assert undone == (reached if exceeded else set())
    assert ("check After: ok" in run.story) == (not exceeded)
    assert len(end(run).targets) == len(ends)
    assert len(outcomes(run).get("aborted", [])) == len(ends) - len(asked)


def test_folding_the_events_of_a_rolling_run_gives_the_live_state() -> None:
    """Batches are events like any other."""
    run = rehearsal(rolling("serial: 2", "max_failures: 1"), 6, bad=("h02", "h03"))
    play(run)
    state = begin(run.executor.state.plan, run.executor.state.run)
    for recorded in run.recorder.events:
        state, _ = advance(state, recorded)
    assert state == run.executor.state
