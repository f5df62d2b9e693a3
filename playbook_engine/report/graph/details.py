"""The small print of a node: what a reader of the picture should not miss."""

from collections.abc import Callable, Iterator
from typing import assert_never

from playbook_engine.model.expressions import Expression
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.repeating import Computed, Listed, Loop, Poll
from playbook_engine.model.steps import (
    Approve,
    AutoUndo,
    Branch,
    Check,
    Escalate,
    Irreversible,
    Mitigate,
    Step,
    Verify,
)
from playbook_engine.report.handbook.markdown import listed
from playbook_engine.report.handbook.values import value_text


def details(playbook: Playbook, step: Step, condition: Callable[[Expression], str]) -> tuple[str, ...]:
    """Return what is worth saying beyond verb and title, a line for each."""
    first = [f"only if {condition(step.when)}"] if step.when is not None else []
    return (*first, *_of(playbook, step, condition))


def _of(playbook: Playbook, step: Step, condition: Callable[[Expression], str]) -> Iterator[str]:
    match step:
        case Check():
            yield from _looped(step.loop)
            yield from _polled(step.poll)
            if step.critical:
                yield "all depends on it"
        case Mitigate():
            yield from _mitigate(step, condition)
        case Verify():
            if step.action is None:
                yield f"repeats {listed([f'H{count}' for count in range(1, len(playbook.health) + 1)])}"
            yield from _looped(step.loop)
            yield from _polled(step.poll)
        case Branch():
            if step.per_host:
                yield "each host takes its own case"
        case Escalate():
            yield f"to {step.to}"
            if step.wait_for_ack is not None:
                yield f"waits up to {step.wait_for_ack} for an answer"
        case _:
            assert_never(step)


def _mitigate(step: Mitigate, condition: Callable[[Expression], str]) -> Iterator[str]:
    if step.unless is not None:
        yield f"unless {condition(step.unless)}"
    if step.approve is not None:
        yield "asks first" if step.approve is Approve.REQUIRED else "does not ask"
    match step.undo:
        case AutoUndo():
            yield "undo: auto"
        case Irreversible():
            yield "irreversible"
        case action:
            yield f"undo: {action.kind}"
    yield from _looped(step.loop)
    if step.rolling.serial:
        yield f"{', then '.join(map(str, step.rolling.serial))} at a time"
    if step.cooldown is not None:
        yield f"not again within {step.cooldown}"


def _looped(loop: Loop | None) -> Iterator[str]:
    match loop:
        case Listed(values):
            yield f"for each of {listed([value_text(value) for value in values])}"
        case Computed(expression):
            yield f"for each of {expression.source}"
        case None:
            pass
        case _:
            assert_never(loop)


def _polled(poll: Poll | None) -> Iterator[str]:
    if poll is not None:
        yield f"within {poll.within}" + (f", stable for {poll.stable_for}" if poll.stable_for.ms else "")
