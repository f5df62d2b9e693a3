"""Which neighbouring checks may run side by side."""

from playbook_engine.model.plan import Blocks, PlannedCheck, PlannedStep
from playbook_engine.plan.walk import after, before, gives


def group(steps: tuple[PlannedStep, ...]) -> Blocks:
    """Put neighbouring checks that do not name each other's results into one block; the rest keeps file order.

    A manual check asks a person, who can only answer one question at a time: it stays alone.
    """
    blocks: list[list[PlannedStep]] = []
    given: set[str] = set()
    for planned in steps:
        uses = {reference.name for reference in before(planned.step) + after(planned.step)}
        if blocks and _joins(blocks[-1], planned) and not uses & given:
            blocks[-1].append(planned)
        else:
            blocks.append([planned])
            given = set()
        given |= set(gives(planned.step))
    return tuple(tuple(block) for block in blocks)


def _joins(block: list[PlannedStep], planned: PlannedStep) -> bool:
    return all(isinstance(step, PlannedCheck) and step.step.action.kind != "manual" for step in (*block, planned))
