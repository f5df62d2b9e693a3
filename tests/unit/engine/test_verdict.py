"""The verdict is a function of facts, and each verdict has one exit code."""

import itertools

import pytest

from playbook_engine.engine.state import Facts
from playbook_engine.engine.verdict import exit_code, health_held, health_unreached, verdict
from playbook_engine.errors import ExitCode
from playbook_engine.model.outcomes import Outcome, Verdict

OK, FAILED, LOST, SKIPPED = Outcome.OK, Outcome.FAILED, Outcome.UNREACHABLE, Outcome.SKIPPED


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(health=(OK, OK)), Verdict.HEALTHY),
        (Facts(health=(OK, SKIPPED)), Verdict.HEALTHY),
        (Facts(health=(SKIPPED,)), Verdict.UNRESOLVED),
        (Facts(), Verdict.UNRESOLVED),
        (Facts(health=(FAILED,)), Verdict.UNRESOLVED),
        (Facts(health=(FAILED,), verified=True), Verdict.RESOLVED),
        (Facts(health=(FAILED,), verified=True, changed=("a",)), Verdict.RESOLVED),
        (Facts(health=(OK,), verified=False), Verdict.UNRESOLVED),
        (Facts(health=(FAILED,), verified=False), Verdict.UNRESOLVED),
        (Facts(health=(LOST,)), Verdict.UNKNOWN),
        (Facts(health=(Outcome.TIMEOUT, OK)), Verdict.UNKNOWN),
        (Facts(health=(LOST, FAILED)), Verdict.UNRESOLVED),
        (Facts(health=(LOST,), changed=("a",)), Verdict.UNRESOLVED),
        (Facts(health=(LOST,), verified=True), Verdict.RESOLVED),
        (Facts(health=(FAILED,), not_told=("ana",)), Verdict.UNDELIVERED),
        (Facts(health=(LOST,), not_told=("ana",)), Verdict.UNDELIVERED),
        (Facts(health=(FAILED,), verified=True, not_told=("ana",)), Verdict.RESOLVED),
        (Facts(health=(FAILED,), waiting="a yes"), Verdict.WAITING),
        (Facts(health=(OK,), record_lost="disk full"), Verdict.UNRECORDED),
        (Facts(health=(FAILED,), signal="SIGINT", verified=True), Verdict.INTERRUPTED),
        (Facts(health=(FAILED,), signal="SIGTERM", record_lost="x"), Verdict.INTERRUPTED),
    ],
)
def test_the_table(facts: Facts, expected: Verdict) -> None:
    """Each row of the table in `engine.verdict` has its example."""
    assert verdict(facts)[0] is expected


def test_every_combination_has_a_verdict_with_a_reason() -> None:
    """No combination of facts is without an answer, and no bad health is called healthy."""
    choices = itertools.product(
        itertools.combinations_with_replacement(tuple(Outcome), 2),
        (None, True, False),
        ((), ("changed",)),
        ((), ("nobody",)),
        (None, "waiting"),
        (None, "SIGINT"),
        (None, "disk full"),
    )
    for health, verified, changed, not_told, waiting, signal, lost in choices:
        facts = Facts(
            health=health,
            verified=verified,
            changed=changed,
            not_told=not_told,
            waiting=waiting,
            signal=signal,
            record_lost=lost,
        )
        outcome, reason = verdict(facts)
        assert reason
        if outcome is Verdict.HEALTHY:
            assert set(health) <= {OK, SKIPPED}
            assert OK in health
        if outcome is Verdict.RESOLVED:
            assert verified


@pytest.mark.parametrize(
    ("outcome", "signal", "expected"),
    [
        (Verdict.HEALTHY, None, 0),
        (Verdict.RESOLVED, None, 0),
        (Verdict.UNRESOLVED, None, 1),
        (Verdict.WAITING, None, 3),
        (Verdict.UNKNOWN, None, 4),
        (Verdict.UNDELIVERED, None, 5),
        (Verdict.UNRECORDED, None, 7),
        (Verdict.INTERRUPTED, "SIGINT", 130),
        (Verdict.INTERRUPTED, "SIGTERM", 143),
    ],
)
def test_exit_codes(outcome: Verdict, signal: str | None, expected: int) -> None:
    """Exit codes do not overlap, but for the two good verdicts."""
    assert exit_code(outcome, signal) == ExitCode(expected)


def test_every_verdict_has_an_exit_code() -> None:
    """A verdict without a status cannot be added."""
    assert {exit_code(each) for each in Verdict} <= set(ExitCode)


def test_health_needs_evidence() -> None:
    """No check made is no evidence of health."""
    assert not health_held(())
    assert not health_held((SKIPPED,))
    assert not health_unreached((FAILED, LOST))
    assert health_unreached((OK, LOST))
