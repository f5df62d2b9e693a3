"""`serial` and `max_failures` as pure functions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.engine.batches import failures, meant, plan, sizes, split, stopped, tolerated
from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.model.rolling import Batches, Portion, Rolling
from playbook_engine.values import TargetName


def portion(text: str) -> Portion:
    return Portion(int(text.removesuffix("%")), percent=text.endswith("%"))


@pytest.mark.parametrize(
    ("serial", "ready", "expected"),
    [
        ("", 0, ()),
        ("", 7, (7,)),
        ("1", 0, ()),
        ("1", 3, (1, 1, 1)),
        ("2", 5, (2, 2, 1)),
        ("5", 5, (5,)),
        ("9", 5, (5,)),
        ("25%", 8, (2, 2, 2, 2)),
        ("25%", 10, (2, 2, 2, 2, 2)),
        ("30%", 10, (3, 3, 3, 1)),
        ("1%", 5, (1, 1, 1, 1, 1)),
        ("49%", 2, (1, 1)),
        ("100%", 4, (4,)),
        ("1 2", 6, (1, 2, 2, 1)),
        ("1 10% 50%", 20, (1, 2, 10, 7)),
        ("1 10% 50%", 2, (1, 1)),
        ("50% 1", 6, (3, 1, 1, 1)),
        ("3 100%", 10, (3, 7)),
        ("1 1 3", 9, (1, 1, 3, 3, 1)),
    ],
)
def test_sizes(serial: str, ready: int, expected: tuple[int, ...]) -> None:
    """Numbers, percentages of all, lists of both; at least one target each, the last size again and again."""
    assert sizes(tuple(portion(text) for text in serial.split()), ready) == expected


portions = st.builds(Portion, st.integers(1, 100), percent=st.booleans())


@given(serial=st.lists(portions, max_size=4), ready=st.integers(0, 300))
def test_batches_are_all_targets_each_once_in_order(serial: list[Portion], ready: int) -> None:
    """Whatever the sizes: nobody is left out, nobody has a turn twice, and no batch is empty."""
    lengths = sizes(tuple(serial), ready)
    parts = split(range(ready), lengths)
    assert [number for part in parts for number in part] == list(range(ready))
    assert all(lengths)
    for number, length in enumerate(lengths):
        if serial:
            assert length <= max(serial[min(number, len(serial) - 1)].of(ready), 1)


def result(outcome: Outcome, kind: str = "x") -> TargetResult:
    cause = None if outcome is Outcome.OK else Cause(kind, "why")
    return TargetResult(target=TargetName("h"), outcome=outcome, cause=cause)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_end_but_ok_and_skipped_counts_as_failed(outcome: Outcome) -> None:
    """Unreachable, timed out, unknown: none of these is a target that was changed as it should be."""
    assert failures([result(outcome)]) == (outcome not in (Outcome.OK, Outcome.SKIPPED))
    assert meant([result(outcome)]) == (outcome is not Outcome.SKIPPED)


def test_targets_that_were_left_out_for_others_do_not_count() -> None:
    """They would make every stop look worse than it is."""
    assert failures([result(Outcome.ABORTED, "max_failures"), result(Outcome.ABORTED, "record")]) == 1


@pytest.mark.parametrize(
    ("most", "outcomes", "expected"),
    [
        ("0", "ok ok", True),
        ("0", "ok failed", False),
        ("0", "ok skipped", True),
        ("1", "ok failed", True),
        ("1", "failed failed", False),
        ("1", "unreachable ok ok", True),
        ("1", "unreachable timeout ok", False),
        ("2", "error indeterminate ok", True),
        ("50%", "failed failed ok ok", True),
        ("50%", "failed failed failed ok", False),
        ("49%", "failed ok", False),
        # A percentage is of the targets that were meant: skipped ones make it no larger.
        ("50%", "failed ok skipped skipped", True),
        ("50%", "failed failed ok skipped skipped skipped", False),
        ("100%", "failed failed", True),
        ("10%", "failed ok ok ok ok ok ok ok ok ok", True),
        ("10%", "failed ok ok ok ok ok ok ok ok", False),
    ],
)
def test_what_is_tolerated(most: str, outcomes: str, expected: bool) -> None:
    """One failing target, all, unreachable ones; numbers and percentages."""
    targets = tuple(result(Outcome(word)) for word in outcomes.split())
    assert tolerated(Rolling(max_failures=portion(most)), StepResult.of(targets)) is expected


def test_a_step_without_targets_is_not_good_enough() -> None:
    """It ended for a reason of its own."""
    step = StepResult(outcome=Outcome.ERROR)
    assert tolerated(Rolling(max_failures=Portion(100, percent=True)), step) is False


@pytest.mark.parametrize(
    ("most", "failed", "total", "message"),
    [
        ("0", 1, 10, "not begun: 1 of 10 targets failed, none may"),
        ("2", 3, 10, "not begun: 3 of 10 targets failed, at most 2 may"),
        ("10%", 2, 10, "not begun: 2 of 10 targets failed, at most 1 may (max_failures: 10%)"),
        ("10%", 1, 5, "not begun: 1 of 5 targets failed, none may (max_failures: 10%)"),
    ],
)
def test_why_the_others_are_not_begun(most: str, failed: int, total: int, message: str) -> None:
    """The sentence has the numbers."""
    assert stopped(Rolling(max_failures=portion(most)), failed, total) == Cause("max_failures", message)


def test_percentages_count_from_different_wholes() -> None:
    """Batches are parts of what is ready; tolerance is a part of all that is meant, errors before the start too."""
    rolling = Rolling(serial=(portion("50%"),), max_failures=portion("50%"))
    assert plan(rolling, ready=4, total=6) == Batches((2, 2), 3)
