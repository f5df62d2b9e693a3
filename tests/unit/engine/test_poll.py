"""Polling as a pure function."""

from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.engine.poll import Again, Rounds, Settled, after_round
from playbook_engine.model.repeating import Poll
from playbook_engine.values import Duration


def rounds(within: int = 60_000, every: int = 10_000, stable: int = 0) -> Rounds:
    poll = Poll(within=Duration(within), every=Duration(every), stable_for=Duration(stable))
    return Rounds(poll=poll, began_ms=0)


def test_the_first_good_round_is_enough_without_stable_for() -> None:
    """Nothing more is asked once it holds."""
    assert after_round(rounds(), passed=True, started_ms=0, now_ms=40)[1] == Settled(passed=True)


def test_a_bad_round_is_repeated_every_so_often() -> None:
    """The pause counts from the round's beginning: a slow round does not slow the rhythm."""
    state, decision = after_round(rounds(), passed=False, started_ms=0, now_ms=4_000)
    assert decision == Again(6_000)
    assert state.number == 1


def test_it_has_to_keep_holding() -> None:
    """`stable_for` is counted from the first good round, and proven by a last one."""
    state, decision = after_round(rounds(stable=15_000), passed=True, started_ms=0, now_ms=100)
    assert decision == Again(9_900)
    state, decision = after_round(state, passed=True, started_ms=10_000, now_ms=10_100)
    assert decision == Again(4_900)
    state, decision = after_round(state, passed=True, started_ms=15_000, now_ms=15_100)
    assert decision == Settled(passed=True)


def test_a_bad_round_starts_the_count_again() -> None:
    """What held before a failure proves nothing."""
    state, _ = after_round(rounds(stable=15_000), passed=True, started_ms=0, now_ms=100)
    state, _ = after_round(state, passed=False, started_ms=10_000, now_ms=10_100)
    assert state.holding_since is None
    state, decision = after_round(state, passed=True, started_ms=20_000, now_ms=20_100)
    assert state.holding_since == 20_000
    assert isinstance(decision, Again)


def test_the_end_says_why() -> None:
    """A verify that held too late says so, and differs from one that never held."""
    _, late = after_round(rounds(within=20_000, stable=15_000), passed=True, started_ms=10_000, now_ms=10_100)
    assert late == Settled(passed=False, reason="it held, but not for 15s within 20s (1 try)")
    _, never = after_round(rounds(within=5_000), passed=False, started_ms=0, now_ms=100)
    assert never == Settled(passed=False, reason="it did not hold within 5s (1 try)")


@given(
    within=st.integers(1, 100_000),
    every=st.integers(1, 30_000),
    stable=st.integers(0, 100_000),
    results=st.lists(st.tuples(st.booleans(), st.integers(0, 5_000)), min_size=1, max_size=300),
)
def test_it_ends_in_time_and_is_right(within: int, every: int, stable: int, results: list[tuple[bool, int]]) -> None:
    """No next round begins after `within`; passing means that every round of the last `stable_for` was good."""
    state, now, history = rounds(within, every, stable), 0, []
    for passed, took in results:
        started, now = now, now + took
        history.append((started, passed))
        state, decision = after_round(state, passed=passed, started_ms=started, now_ms=now)
        if isinstance(decision, Settled):
            if decision.passed:
                window = [good for at, good in history if at >= started - stable]
                assert all(window)
            return
        assert decision.delay_ms >= 0
        now += decision.delay_ms
        assert now < within
