"""Which neighbouring checks may run side by side."""

from playbook_engine.model.plan import Blocks, PlannedCheck, PlannedStep
from playbook_engine.plan.walk import after, before, gives


def group(steps: tuple[PlannedStep, ...], *, health: bool = False) -> Blocks:
    """Put neighbouring checks that do not name each other's results into one block; the rest keeps file order.

    A manual check asks a person, who can only answer one question at a time: it stays alone. Nothing runs beside a
    critical check that stands behind it, for it may be where the steps end; in `health` all are made in any case.
    """
    blocks: list[list[PlannedStep]] = []
    given: set[str] = set()
    for planned in steps:
        uses = {reference.name for reference in before(planned.step) + after(planned.step)}
        ends = not health and bool(blocks) and _may_end(blocks[-1][-1])
        if blocks and _joins(blocks[-1], planned) and not uses & given and not ends:
            blocks[-1].append(planned)
        else:
            blocks.append([planned])
            given = set()
        given |= set(gives(planned.step))
    return tuple(tuple(block) for block in blocks)


def _may_end(planned: PlannedStep) -> bool:
    return isinstance(planned, PlannedCheck) and planned.step.critical is True


def _joins(block: list[PlannedStep], planned: PlannedStep) -> bool:
    return all(isinstance(step, PlannedCheck) and step.step.action.kind != "manual" for step in (*block, planned))
