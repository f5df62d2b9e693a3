"""What hangs on a check: `critical` in health, among the steps, in a verify that repeats health."""

import pytest
from rehearsing import Rehearsal, make_inventory
from virtual import VirtualClock, play

from playbook_engine.model.events import StepFinished
from playbook_engine.model.outcomes import Outcome, Verdict
from playbook_engine.model.replies import Fault, FaultKind
from playbook_engine.model.results import StepResult
from playbook_engine.model.settings import Mode
from playbook_engine.transports.fake import FakeTransport, http, shell

HEALTH = """
health:
  - {check: Well, id: well, local: well}
  - {check: Nice, id: nice, local: nice, critical: false}
"""
GONE = Fault(kind=FaultKind.UNREACHABLE, message="no route")


def rehearsal(text: str, fake: FakeTransport, mode: Mode = Mode.PLAY) -> Rehearsal:
    return Rehearsal(text, fake=fake, clock=VirtualClock(), mode=mode, inventory=make_inventory(("h1",)))


def end(run: Rehearsal, name: str) -> StepResult:
    return next(
        recorded.event.result
        for recorded in run.recorder.events
        if isinstance(recorded.event, StepFinished) and recorded.event.id == name
    )


@pytest.mark.parametrize("mode", [Mode.PLAY, Mode.SWEEP])
@pytest.mark.parametrize(
    ("well", "nice", "verdict"),
    [
        (shell(), shell(), Verdict.HEALTHY),
        (shell(), shell(rc=1), Verdict.HEALTHY),
        (shell(), GONE, Verdict.HEALTHY),
        (shell(rc=1), shell(), Verdict.UNRESOLVED),
        (shell(rc=1), shell(rc=1), Verdict.UNRESOLVED),
        (GONE, shell(rc=1), Verdict.UNKNOWN),
        (GONE, shell(), Verdict.UNKNOWN),
    ],
)
def test_a_health_check_that_is_not_critical(mode: Mode, well: object, nice: object, verdict: Verdict) -> None:
    """It is made, recorded, and counts for nothing: neither for ill nor for unknown."""
    fake = FakeTransport().on(well, asks="well").on(nice, asks="nice")  # type: ignore[arg-type]  # answers
    run = rehearsal(HEALTH, fake, mode)
    assert play(run).verdict is verdict
    (target,) = end(run, "nice").targets
    assert target.counts is False
    assert end(run, "well").targets[0].counts is True


def test_a_health_check_that_errors() -> None:
    """What cannot be carried out is not well; that nobody could say so is `unknown`, not `unresolved`."""
    health = "health:\n  - {check: A, id: a, local: a}\n  - {check: B, id: b, local: b, expect: json.x == 1}\n"
    run = rehearsal(health, FakeTransport(default=shell("no json")))
    assert play(run).verdict is Verdict.UNKNOWN
    assert end(run, "b").outcome is Outcome.ERROR
    both = rehearsal(health, FakeTransport(default=shell("no json")).on(shell(rc=1), asks="a"))
    assert play(both).verdict is Verdict.UNRESOLVED


def test_its_condition_sees_it_all_the_same() -> None:
    """The fact is a fact: a branch may decide on it."""
    steps = "steps:\n  - branch: Which\n    cases:\n      - {when: nice.failed, steps: [{check: A, local: a}]}\n    else: []\n"
    run = rehearsal(
        HEALTH + steps, FakeTransport(default=shell()).on(shell(rc=1), asks="well").on(shell(rc=1), asks="nice")
    )
    play(run)
    assert run.story[-2:] == ["branch: case 1", "check A: ok"]


@pytest.mark.parametrize(
    ("well", "nice", "verdict", "outcome"),
    [
        ((shell(rc=1), shell()), shell(), Verdict.RESOLVED, Outcome.OK),
        ((shell(rc=1), shell()), shell(rc=1), Verdict.RESOLVED, Outcome.OK),
        ((shell(rc=1), shell()), GONE, Verdict.RESOLVED, Outcome.OK),
        ((shell(rc=1),), shell(), Verdict.UNRESOLVED, Outcome.FAILED),
        ((shell(rc=1),), GONE, Verdict.UNRESOLVED, Outcome.FAILED),
    ],
)
@pytest.mark.parametrize("polls", [False, True])
def test_a_verify_that_repeats_health(
    well: tuple[object, ...], nice: object, verdict: Verdict, outcome: Outcome, polls: bool
) -> None:
    """It passes without the one that does not count, and shows how that one ended."""
    verify = "steps:\n  - {verify: Again, id: again" + (", within: 10s, every: 5s}\n" if polls else "}\n")
    fake = FakeTransport().on(*well, asks="well").on(nice, asks="nice")  # type: ignore[arg-type]  # answers
    run = rehearsal(HEALTH + verify, fake)
    assert play(run).verdict is verdict
    result = end(run, "again")
    assert result.outcome is outcome
    assert [target.counts for target in result.targets] == [True, False]
    if nice is GONE:
        assert result.targets[1].outcome is Outcome.UNREACHABLE


CRITICAL = """
steps:
  - {check: First, id: first, local: first, critical: true}
  - {check: Later, local: later, when: not first.skipped}
  - {mitigate: Fix, ssh: fix, hosts: all, irreversible: true}
finally:
  - {check: Evidence, local: evidence}
"""


@pytest.mark.parametrize("answer", [shell(rc=1), GONE, Fault(kind=FaultKind.TIMEOUT, message="late")])
def test_a_critical_check_ends_the_steps(answer: object) -> None:
    """However it is not ok: nothing is changed, `finally` follows, somebody is told why."""
    fake = FakeTransport(default=shell()).on(answer, asks="first")  # type: ignore[arg-type]  # answers
    run = rehearsal(CRITICAL, fake)
    finished = play(run)
    outcome = end(run, "first").outcome.value
    assert run.story == [f"check First: {outcome}", "check Evidence: ok"]
    assert (finished.verdict, finished.reason) == (
        Verdict.UNRESOLVED,
        f"the critical check 'First' ended {outcome}",
    )


def test_a_critical_check_that_holds_or_is_skipped() -> None:
    """Then the steps go on."""
    run = rehearsal(CRITICAL, FakeTransport(default=shell()))
    play(run)
    assert run.story[-2:] == ["mitigate Fix: ok", "check Evidence: ok"]
    skipped = rehearsal(
        CRITICAL.replace("critical: true", "critical: true, when: 'false'"), FakeTransport(default=shell())
    )
    play(skipped)
    assert skipped.story[-2:] == ["mitigate Fix: ok", "check Evidence: ok"]


def test_what_stands_behind_a_critical_check_waits_for_it() -> None:
    """It may be where the steps end, so nothing after it is begun beside it."""
    text = CRITICAL.replace(
        "  - {check: Later, local: later, when: not first.skipped}\n", "  - {check: Beside, local: beside}\n"
    )
    run = rehearsal(text, FakeTransport(default=shell()).on(shell(rc=1), asks="first"))
    play(run)
    assert run.story == ["check First: failed", "check Evidence: ok"]
    assert not any("beside" in line for line in run.asked)


def test_a_critical_check_after_a_verify_that_passed() -> None:
    """What was proven before is no longer so: the run is not resolved, and nothing is taken back."""
    text = """
steps:
  - {mitigate: Fix, ssh: fix, hosts: all, undo: {ssh: unfix}}
  - {verify: Works, http: GET http://127.0.0.1/w, on_pass: continue}
  - {check: Still, local: still, critical: true}
"""
    run = rehearsal(text, FakeTransport(default=shell()).on(http(200), asks="/w").on(shell(rc=1), asks="still"))
    finished = play(run)
    assert (finished.verdict, finished.reason) == (Verdict.UNRESOLVED, "the critical check 'Still' ended failed")
    assert "h1: unfix" not in run.asked


def test_a_check_among_the_steps_is_not_critical_by_itself() -> None:
    """It is a fact, and the steps go on."""
    text = "steps:\n  - {check: A, local: a}\n  - {check: B, local: b, critical: false}\n  - {check: C, local: c}\n"
    run = rehearsal(text, FakeTransport(default=shell(rc=1)))
    play(run)
    assert len(run.story) == 3
