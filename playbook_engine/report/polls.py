"""Which steps of a plan poll, so that a screen can say how long they may still take."""

from collections.abc import Mapping

from playbook_engine.model.plan import Plan, PlannedCheck, PlannedVerify, planned_steps
from playbook_engine.model.repeating import Poll
from playbook_engine.values import StepPath


def polls(plan: Plan) -> Mapping[StepPath, Poll]:
    """Return how each polling step of a plan polls, by its path."""
    return {
        planned.path: planned.step.poll
        for planned in planned_steps(plan.blocks)
        if isinstance(planned, PlannedCheck | PlannedVerify) and planned.step.poll is not None
    }
