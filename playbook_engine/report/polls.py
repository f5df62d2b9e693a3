"""Which steps poll, so that a screen can say how often they have asked, and how long they may still take."""

from collections.abc import Iterable, Mapping

from playbook_engine.model.events import AttemptFinished, Event, StepFinished
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


def seen_polling(events: Iterable[Event]) -> Mapping[StepPath, Poll | None]:
    """Return the steps of a run that polled; for how long they were to, events do not say.

    Where a step polls, none of its answers is settled; where it tries again, the last one is.
    """
    open_answers: dict[StepPath, bool] = {}
    found: dict[StepPath, Poll | None] = {}
    for event in events:
        match event:
            case AttemptFinished():
                open_answers[event.path] = not event.settled
            case StepFinished() if open_answers.pop(event.path, False):
                found[event.path] = None
            case _:
                pass
    return found
