"""What earlier runs changed, put into the plan of a run whose steps have a cooldown."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from playbook_engine.audit.history import Wanted, history
from playbook_engine.model.plan import Plan, PlannedMitigate, planned_plays, planned_steps
from playbook_engine.model.settings import Mode
from playbook_engine.ports import Clock
from playbook_engine.values import Duration


def counted(plan: Plan, state: Path, clock: Clock) -> tuple[Plan, tuple[str, ...]]:
    """Return the plan with what its cooldowns are counted from, and what could not be read of it.

    Nobody else may begin such a run meanwhile: the lock on playbook and environment is held.
    """
    longest = max((cooldown.ms for cooldown in _cooldowns(plan)), default=0)
    if not longest or plan.settings.mode is Mode.SWEEP:
        return plan, ()
    wanted = Wanted(
        playbooks=frozenset({plan.playbook.name, *(play.playbook.name for play in planned_plays(plan.blocks))}),
        environment=plan.environment.name,
        now=clock.now(),
        back=timedelta(milliseconds=longest),
    )
    found = history(state, wanted)
    notes = tuple(f"a cooldown may be missed: the record {problem}" for problem in found.unreadable)
    return replace(plan, made=found.made), notes


def _cooldowns(plan: Plan) -> Iterator[Duration]:
    for planned in planned_steps(plan.blocks):
        if isinstance(planned, PlannedMitigate) and planned.step.cooldown is not None:
            yield planned.step.cooldown
