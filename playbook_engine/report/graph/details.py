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
from playbook_engine.phrases.graph import Details
from playbook_engine.phrases.lists import Lists, listed
from playbook_engine.phrases.words import Words
from playbook_engine.report.handbook.values import value_text


def details(playbook: Playbook, step: Step, condition: Callable[[Expression], str], words: Words) -> tuple[str, ...]:
    """Return what is worth saying beyond verb and title, a line for each."""
    first = [words(Details.ONLY_IF, condition=condition(step.when))] if step.when is not None else []
    return (*first, *_of(playbook, step, condition, words))


def _of(playbook: Playbook, step: Step, condition: Callable[[Expression], str], words: Words) -> Iterator[str]:
    match step:
        case Check():
            yield from _looped(step.loop, words)
            yield from _polled(step.poll, words)
            if step.critical:
                yield words(Details.CRITICAL)
        case Mitigate():
            yield from _mitigate(step, condition, words)
        case Verify():
            if step.action is None:
                checks = [f"H{count}" for count in range(1, len(playbook.health) + 1)]
                yield words(Details.REPEATS, checks=listed(words, checks))
            yield from _looped(step.loop, words)
            yield from _polled(step.poll, words)
        case Branch():
            if step.per_host:
                yield words(Details.PER_HOST)
        case Escalate():
            yield words(Details.TO, contact=step.to)
            if step.wait_for_ack is not None:
                yield words(Details.WAITS, wait=step.wait_for_ack)
        case _:
            assert_never(step)


def _mitigate(step: Mitigate, condition: Callable[[Expression], str], words: Words) -> Iterator[str]:
    if step.unless is not None:
        yield words(Details.UNLESS, condition=condition(step.unless))
    if step.approve is not None:
        yield words(Details.ASKS if step.approve is Approve.REQUIRED else Details.ASKS_NOT)
    match step.undo:
        case AutoUndo():
            yield words(Details.UNDO_AUTO)
        case Irreversible():
            yield words(Details.IRREVERSIBLE)
        case action:
            yield words(Details.UNDO, kind=action.kind)
    yield from _looped(step.loop, words)
    if step.rolling.serial:
        yield words(Details.AT_A_TIME, portions=words(Lists.THEN).join(map(str, step.rolling.serial)))
    if step.cooldown is not None:
        yield words(Details.COOLDOWN, cooldown=step.cooldown)


def _looped(loop: Loop | None, words: Words) -> Iterator[str]:
    match loop:
        case Listed(values):
            yield words(Details.FOR_EACH, values=listed(words, [value_text(value) for value in values]))
        case Computed(expression):
            yield words(Details.FOR_EACH, values=expression.source)
        case None:
            pass
        case _:
            assert_never(loop)


def _polled(poll: Poll | None, words: Words) -> Iterator[str]:
    if poll is not None:
        phrase = Details.WITHIN_STABLE if poll.stable_for.ms else Details.WITHIN
        yield words(phrase, within=poll.within, stable_for=poll.stable_for)
