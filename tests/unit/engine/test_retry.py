"""Whether to try again, as a pure function."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.engine.poll import Again
from playbook_engine.engine.retry import Decision, Enough, Tries, after_attempt, concluded, may_pass, merged
from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.repeating import Retry
from playbook_engine.model.replies import HttpReply
from playbook_engine.model.results import TargetResult
from playbook_engine.values import Duration, TargetName

PASSING_KINDS = ("expect", "expression", "unreachable", "timeout", "lost", "error")
LASTING_KINDS = ("auth", "host_key", "refused")


def ended(outcome: Outcome, kind: str = "expect", message: str = "why", *, begun: bool = True) -> TargetResult:
    cause = None if outcome is Outcome.OK else Cause(kind, message)
    return TargetResult(target=TargetName("h1"), outcome=outcome, cause=cause, begun=begun)


FAILED = ended(Outcome.FAILED)


def tries(made: int = 1, began: int = 0, **how: float | Duration) -> Tries:
    return Tries(retry=Retry(**{"retries": 3, **how}), began_ms=began, made=made)  # type: ignore[arg-type]  # as Retry


@pytest.mark.parametrize("kind", [*PASSING_KINDS, *LASTING_KINDS])
@pytest.mark.parametrize("outcome", list(Outcome))
def test_which_ends_are_tried_again(outcome: Outcome, kind: str) -> None:
    """Every outcome with every kind of cause: what may pass, and what would only lock the account."""
    bad = outcome in (Outcome.FAILED, Outcome.TIMEOUT, Outcome.UNREACHABLE, Outcome.ERROR, Outcome.INDETERMINATE)
    lasting = outcome is not Outcome.OK and kind in LASTING_KINDS
    assert may_pass(ended(outcome, kind)) is (bad and not lasting)


@pytest.mark.parametrize(
    ("state", "now", "expected"),
    [
        (tries(1), 10, Again(1_000)),
        (tries(3), 10, Again(1_000)),
        (tries(4), 10, Enough()),
        (tries(1, retries=1), 10, Again(1_000)),
        (tries(2, retries=1), 10, Enough()),
        (tries(1, delay=Duration(0)), 10, Again(0)),
        (tries(1, delay=Duration(200), backoff=2.0), 10, Again(200)),
        (tries(2, delay=Duration(200), backoff=2.0), 10, Again(400)),
        (tries(3, delay=Duration(200), backoff=2.0), 10, Again(800)),
        (tries(3, delay=Duration(100), backoff=1.5), 10, Again(225)),
        # The deadline counts from the first attempt's beginning; a pause that would pass it is not begun.
        (tries(1, deadline=Duration(5_000)), 3_999, Again(1_000)),
        (tries(1, deadline=Duration(5_000)), 4_000, Enough(out_of_time=True)),
        (tries(1, began=9_000, deadline=Duration(5_000)), 12_999, Again(1_000)),
        (tries(1, began=9_000, deadline=Duration(5_000)), 13_000, Enough(out_of_time=True)),
        (tries(4, deadline=Duration(5_000)), 4_999, Enough()),
    ],
)
def test_when_to_try_again(state: Tries, now: int, expected: Decision) -> None:
    """`retries` more attempts, pauses that grow, nothing beyond the deadline."""
    assert after_attempt(state, FAILED, now) == expected


@pytest.mark.parametrize(
    ("asked_ms", "state", "now", "expected"),
    [
        (None, tries(1), 10, Again(1_000)),
        (3_000, tries(1), 10, Again(3_000)),
        (60_000, tries(1), 10, Again(60_000)),
        (61_000, tries(1), 10, Again(1_000)),
        (500, tries(1), 10, Again(1_000)),
        (3_000, tries(4), 10, Enough()),
        (3_000, tries(1, deadline=Duration(5_000)), 1_999, Again(3_000)),
        (3_000, tries(1, deadline=Duration(5_000)), 2_000, Again(1_000)),
        (90_000, tries(1, deadline=Duration(100_000)), 10, Again(90_000)),
        (3_000, tries(1, deadline=Duration(5_000)), 4_500, Enough(out_of_time=True)),
    ],
)
def test_a_server_may_ask_for_a_longer_pause(
    asked_ms: int | None, state: Tries, now: int, expected: Decision
) -> None:
    """`Retry-After` (RFC 9110, 10.2.3): honoured while there is time, and never able to end the attempts."""
    busy = replace(FAILED, reply=HttpReply(status=503, headers={}, retry_after_ms=asked_ms))
    assert after_attempt(state, busy, now) == expected


@pytest.mark.parametrize("outcome", [Outcome.OK, Outcome.SKIPPED, Outcome.ABORTED])
def test_what_is_good_or_was_not_done_is_not_tried_again(outcome: Outcome) -> None:
    """Whatever is left of retries and time."""
    assert after_attempt(tries(), ended(outcome), 0) == Enough()


LOST = ended(Outcome.INDETERMINATE, "lost", "the connection broke; it had begun, and nobody knows how it ended")
GONE = ended(Outcome.UNREACHABLE, "unreachable", "no route", begun=False)


@pytest.mark.parametrize(
    ("before", "last", "outcome", "begun", "message"),
    [
        (None, FAILED, Outcome.FAILED, True, "why"),
        (GONE, FAILED, Outcome.FAILED, True, "why"),
        (GONE, GONE, Outcome.UNREACHABLE, False, "no route"),
        (FAILED, GONE, Outcome.UNREACHABLE, True, "no route"),
        (FAILED, ended(Outcome.OK), Outcome.OK, True, None),
        (LOST, ended(Outcome.OK), Outcome.OK, True, None),
        (LOST, FAILED, Outcome.FAILED, True, "why"),
        (
            LOST,
            GONE,
            Outcome.INDETERMINATE,
            True,
            "the connection broke; it had begun, and nobody knows how it ended; afterwards: no route",
        ),
    ],
)
def test_what_several_attempts_say_together(
    before: TargetResult | None, last: TargetResult, outcome: Outcome, begun: bool, message: str | None
) -> None:
    """The last attempt decides; but what may have happened before is not forgotten."""
    both = merged(before, last)
    assert (both.outcome, both.begun, both.cause and both.cause.message) == (outcome, begun, message)


@pytest.mark.parametrize(
    ("made", "decision", "message"),
    [
        (1, Enough(), "why"),
        (3, Enough(), "why (3 attempts)"),
        (1, Enough(out_of_time=True), "why (1 attempt within the deadline of 5s)"),
        (2, Enough(out_of_time=True), "why (2 attempts within the deadline of 5s)"),
    ],
)
def test_the_cause_says_how_often_it_was_tried(made: int, decision: Enough, message: str) -> None:
    """And when it was time that ran out."""
    cause = concluded(FAILED, tries(made, deadline=Duration(5_000)), decision).cause
    assert cause is not None
    assert cause.message == message


def test_what_is_good_needs_no_excuse() -> None:
    """A target that is ok on its third attempt has no cause."""
    assert concluded(ended(Outcome.OK), tries(3), Enough()).cause is None


@pytest.mark.no_cover  # the same lines thousands of times
@given(
    retries=st.integers(1, 100),
    delay=st.integers(0, 10_000),
    backoff=st.floats(1, 10),
    deadline=st.none() | st.integers(1, 100_000),
    took=st.lists(st.integers(0, 5_000), min_size=101, max_size=101),
)
def test_it_ends_in_time(retries: int, delay: int, backoff: float, deadline: int | None, took: list[int]) -> None:
    """At most `retries` more attempts, none begins at the deadline or later, and pauses never get shorter."""
    limit = None if deadline is None else Duration(deadline)
    state = Tries(
        retry=Retry(retries=retries, delay=Duration(delay), backoff=backoff, deadline=limit), began_ms=7, made=1
    )
    now, pauses = 7, []
    for length in took:
        assert deadline is None or now < 7 + deadline
        now += length
        decision = after_attempt(state, FAILED, now)
        if isinstance(decision, Enough):
            break
        pauses.append(decision.delay_ms)
        now += decision.delay_ms
        state = state.next()
    else:
        pytest.fail("it never ended")
    assert state.made <= retries + 1
    assert all(one <= two for one, two in pairwise(pauses))
