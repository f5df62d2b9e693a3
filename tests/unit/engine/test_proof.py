"""What all roads together say of the incident: the table in full."""

import pytest

from playbook_engine.engine.roads import proof
from playbook_engine.engine.state import RoadEnd, RoadsMark
from playbook_engine.values import StepPath, TargetName

UNSURE = "not every road of 'B' ended with a passed verify"
ELSEWHERE = "'B' could not be decided on every host"


@pytest.mark.parametrize("before", [None, True, False])
@pytest.mark.parametrize(
    ("ends", "undecided", "verified", "doubt"),
    [
        ([True], False, True, None),
        ([True, True], False, True, None),
        ([True, False], False, False, UNSURE),
        ([True, None], False, False, UNSURE),
        ([False], False, False, UNSURE),
        ([False, None], False, False, UNSURE),
        ([True], True, False, ELSEWHERE),
        ([True, None], True, False, UNSURE),
    ],
)
def test_roads_with_a_verify(
    before: bool | None, ends: list[bool | None], undecided: bool, verified: bool, doubt: str | None
) -> None:
    """What was before does not matter."""
    assert proof(mark(ends, before, undecided=undecided), "B") == (verified, doubt)


@pytest.mark.parametrize("before", [None, True, False])
@pytest.mark.parametrize("ends", [[], [None], [None, None]])
def test_roads_without_any_verify_change_nothing(before: bool | None, ends: list[bool | None]) -> None:
    assert proof(mark(ends, before), "B") == (before, None)


def mark(ends: list[bool | None], before: bool | None, *, undecided: bool = False) -> RoadsMark:
    return RoadsMark(
        path=StepPath("steps/1"),
        waiting=(),
        ended=tuple(RoadEnd(verified) for verified in ends),
        undecided=((TargetName("h1"), "why"),) if undecided else (),
        before=before,
    )
