"""Finds planned steps, and the playbooks that others play, by their path."""

from collections.abc import Mapping

from playbook_engine.model.plan import Plan, PlannedPlay, PlannedStep, planned_plays, planned_steps
from playbook_engine.model.scopes import scope_of
from playbook_engine.values import StepPath


def by_path(plan: Plan) -> Mapping[StepPath, PlannedStep]:
    """Return every step of a plan, those of every road and every other playbook included, by path."""
    return {planned.path: planned for planned in planned_steps(plan.blocks)}


def plays_by_path(plan: Plan) -> Mapping[StepPath, PlannedPlay]:
    """Return every other playbook that a run may come to, by path."""
    return {play.path: play for play in planned_plays(plan.blocks)}


def branch_path(play: StepPath) -> StepPath:
    """Return the branch that leads to a playbook: its path stands before the road's label and `play`."""
    return StepPath(play.rsplit("/", 2)[0])


def is_health(path: StepPath) -> bool:
    """Return whether the step is one of the health checks of its playbook."""
    scope = scope_of(path)
    return path.removeprefix(f"{scope}/").startswith("health/") if scope else path.startswith("health/")
