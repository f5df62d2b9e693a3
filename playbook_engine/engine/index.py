"""Finds planned steps by their path."""

from collections.abc import Iterator, Mapping

from playbook_engine.model.plan import Blocks, Plan, PlannedBranch, PlannedStep
from playbook_engine.values import StepPath


def by_path(plan: Plan) -> Mapping[StepPath, PlannedStep]:
    """Return every step of a plan, those of every road included, by path."""
    parts = (plan.health, plan.steps, plan.finally_)
    return {planned.path: planned for part in parts for planned in _walk(part)}


def _walk(blocks: Blocks) -> Iterator[PlannedStep]:
    for block in blocks:
        for planned in block:
            yield planned
            if isinstance(planned, PlannedBranch):
                for case in planned.cases:
                    yield from _walk(case.blocks)
