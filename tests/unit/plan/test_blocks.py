"""Which neighbouring checks run side by side."""

import pytest
from bound import Bound

ALONE = "check: {name}, id: {name}, local: 'true'"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (["{check: a, local: w}", "{check: b, local: w}", "{check: c, local: w}"], [3]),
        (["{check: a, id: a, local: w}", "{check: b, when: a.passed, local: w}"], [1, 1]),
        (["{check: a, id: a, local: w}", "{check: b, local: 'echo {{ a.rc }}'}"], [1, 1]),
        (["{check: a, id: a, local: w}", "{check: b, local: w, expect: a.passed}"], [1, 1]),
        (["{check: a, id: a, local: w}", "{check: b, local: w, loop: a.json}"], [1, 1]),
        (["{check: a, id: a, local: w}", "{check: b, local: w, loop: [1, 2]}"], [2]),
        (["{check: a, local: w, capture: {x: rc}}", "{check: b, local: 'echo {{ x }}'}"], [1, 1]),
        (
            ["{check: a, id: a, local: w}", "{check: b, local: w}", "{check: c, when: a.passed, local: w}"],
            [2, 1],
        ),
        (
            [
                "{check: a, id: a, local: w}",
                "{check: b, when: a.passed, id: b, local: w}",
                "{check: c, when: a.passed, local: w}",
            ],
            [1, 2],
        ),
        (
            ["{check: a, local: w}", "{mitigate: m, local: w, irreversible: true}", "{check: b, local: w}"],
            [1, 1, 1],
        ),
        (["{check: a, local: w}", "{verify: v, local: w}", "{verify: u, local: w}"], [1, 1, 1]),
        (["{check: a, local: w}", "{escalate: e, to: ana}", "{check: b, local: w}"], [1, 1, 1]),
        (["{check: a, local: w}", "{check: b, manual: Look}", "{check: c, manual: Look}"], [1, 1, 1]),
        (["{check: a, manual: Look}", "{check: b, local: w}", "{check: c, local: w}"], [1, 2]),
        (["{branch: x, cases: [{when: 'true', steps: []}], else: []}", "{check: b, local: w}"], [1, 1]),
        (["{check: a, local: w}", "{check: b, local: w, critical: true}", "{check: c, local: w}"], [2, 1]),
        ([], []),
    ],
    ids=[
        "independent",
        "when",
        "template",
        "expect",
        "the items of a loop",
        "a loop over a list",
        "capture",
        "later use of an earlier one",
        "two that wait for the same",
        "a mitigation stands alone",
        "verifies stand alone",
        "an escalation stands alone",
        "a person answers one question at a time",
        "a manual check joins nobody",
        "a branch stands alone",
        "nothing runs beside a critical check before it",
        "nothing",
    ],
)
def test_blocks(steps: list[str], expected: list[int]) -> None:
    lines = "".join(f"  - {step}\n" for step in steps)
    bound = Bound(f"steps:\n{lines}" if steps else "health: [{check: a, local: w}]\n")

    assert bound.found == []
    assert [len(block) for block in bound.plan.steps] == expected
    assert [step.path for block in bound.plan.steps for step in block] == [
        f"steps/{number}" for number in range(1, len(steps) + 1)
    ]


def test_health_checks_run_side_by_side_and_so_do_the_steps_of_a_road() -> None:
    bound = Bound(
        "health: [{check: a, local: w}, {check: b, local: w}]\n"
        "steps:\n"
        "  - branch: x\n"
        "    cases: [{when: 'true', steps: [{check: c, local: w}, {check: d, local: w}]}]\n"
        "    else: [{check: e, local: w}]\n"
    )
    (planned,) = bound.plan.steps[0]

    assert [len(block) for block in bound.plan.health] == [2]
    assert [[len(block) for block in case.blocks] for case in planned.cases] == [[2], [1]]  # type: ignore[union-attr]  # a branch


def test_critical_health_checks_run_side_by_side_too() -> None:
    """All are made in any case."""
    bound = Bound("health: [{check: a, local: w, critical: true}, {check: b, local: w}]\n")

    assert [len(block) for block in bound.plan.health] == [2]
