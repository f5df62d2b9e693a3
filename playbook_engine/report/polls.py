"""Which steps of a plan poll, so that a screen can say how long they may still take."""

from collections.abc import Iterator, Mapping

from playbook_engine.model.plan import Blocks, Plan, PlannedBranch, PlannedCheck, PlannedStep, PlannedVerify
from playbook_engine.model.repeating import Poll
from playbook_engine.values import StepPath


def polls(plan: Plan) -> Mapping[StepPath, Poll]:
    """Return how each polling step of a plan polls, by its path."""
    every = (step for blocks in (plan.health, plan.steps, plan.finally_) for step in _steps(blocks))
    return {
        planned.path: planned.step.poll
        for planned in every
        if isinstance(planned, PlannedCheck | PlannedVerify) and planned.step.poll is not None
    }


def _steps(blocks: Blocks) -> Iterator[PlannedStep]:
    for planned in (planned for block in blocks for planned in block):
        yield planned
        if isinstance(planned, PlannedBranch):
            for case in planned.cases:
                yield from _steps(case.blocks)
