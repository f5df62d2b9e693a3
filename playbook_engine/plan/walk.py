"""Walks over a playbook's steps in file order."""

from collections.abc import Iterator
from typing import assert_never

from playbook_engine.model.actions import Action
from playbook_engine.model.expressions import Reference
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.repeating import Computed
from playbook_engine.model.steps import (
    AutoUndo,
    Branch,
    Check,
    Escalate,
    Irreversible,
    Mitigate,
    Play,
    ResultHosts,
    Step,
    Verify,
)


def all_steps(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Yield the steps and those within their branches, in file order."""
    for step in steps:
        yield step
        if isinstance(step, Branch):
            for case in step.cases:
                yield from all_steps(case.steps)
            yield from all_steps(step.otherwise)


def playbook_steps(playbook: Playbook) -> Iterator[Step]:
    """Yield every step of a playbook: health, steps, finally."""
    yield from playbook.health
    yield from all_steps(playbook.steps)
    yield from all_steps(playbook.finally_)


def actions_of(step: Step) -> tuple[Action, ...]:
    """Return the actions that the step itself may carry out, its undo included."""
    match step:
        case Check():
            return (step.action,)
        case Mitigate():
            undo = step.undo
            return (step.action,) if isinstance(undo, AutoUndo | Irreversible) else (step.action, undo)
        case Verify():
            return (step.action,) if step.action else ()
        case Branch() | Escalate():
            return ()
        case _:
            assert_never(step)


def before(step: Step) -> tuple[Reference, ...]:
    """Return the names that must have a value before the step can begin."""
    found: list[Reference] = list(step.when.references) if step.when else []
    found += _chosen_by(step)
    for action in actions_of(step):
        found += action.references
    found += looped(step)
    match step:
        case Mitigate():
            found += step.unless.references if step.unless else ()
        case Branch():
            for case in step.cases:
                found += case.when.references
                found += _given_to(case.play)
        case Escalate():
            found += step.message.references if step.message else ()
        case Check() | Verify():
            pass
        case _:
            assert_never(step)
    return tuple(found)


def looped(step: Step) -> tuple[Reference, ...]:
    """Return the names that the items of the step's loop come from."""
    loop = step.loop if isinstance(step, Check | Mitigate | Verify) else None
    return loop.expression.references if isinstance(loop, Computed) else ()


def _chosen_by(step: Step) -> Iterator[Reference]:
    """Yield the earlier result that says on which hosts the step is carried out."""
    if not isinstance(step, Escalate) and isinstance(step.hosts, ResultHosts):
        yield Reference(step.hosts.step, (step.hosts.which.value,), step.hosts.span)


def _given_to(play: Play | None) -> Iterator[Reference]:
    """Yield the names that a playbook uses for the inputs of the one it plays."""
    for given in play.inputs if play is not None else ():
        if given.template is not None:
            yield from given.template.references


def after(step: Step) -> tuple[Reference, ...]:
    """Return the names used once the answer is there: those of `expect` and `capture`."""
    if not isinstance(step, Check | Mitigate | Verify):
        return ()
    found: list[Reference] = []
    for expectation in step.expect:
        found += expectation.references
    for capture in step.capture:
        found += capture.expression.references
    return tuple(found)


def gives(step: Step) -> tuple[str, ...]:
    """Return the names that the step adds for those after it: its id and what it captures."""
    names: tuple[str, ...] = (step.id,) if step.id else ()
    if isinstance(step, Check | Mitigate | Verify):
        names += tuple(capture.name for capture in step.capture)
    return names
