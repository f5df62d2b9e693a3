"""What check, mitigate and verify share: where, what to paste, what to expect, how often."""

from collections.abc import Iterator
from typing import assert_never

from playbook_engine.model.actions import Action, Addressing, ByHand, Clustered
from playbook_engine.model.expressions import Expression
from playbook_engine.model.repeating import Computed, Listed, Loop, Poll, Retry
from playbook_engine.model.rolling import Portion, Rolling
from playbook_engine.model.steps import ActingStep, Check, ResultHosts, Verify
from playbook_engine.model.targets import Target
from playbook_engine.report.handbook.markdown import block, code, items, listed, prose, text
from playbook_engine.report.handbook.reading import Reading
from playbook_engine.report.handbook.values import value_text
from playbook_engine.report.names import compact


def doing(reading: Reading, step: ActingStep, action: Action) -> Iterator[str]:
    """Yield where an action is carried out, and the action."""
    hand = reading.by_hand(step, action)
    limit = step.timeout or reading.playbook.defaults.timeout or action.default_timeout
    yield from looped(step.loop)
    if hand.command is not None:
        yield f"{where(reading, step, action)}, for at most {limit}:"
    yield from pasting(hand)
    if isinstance(step, Check | Verify) and step.reads:
        yield "This only reads, whatever it looks like."


def pasting(hand: ByHand) -> Iterator[str]:
    """Yield the command or the instruction."""
    if hand.command is not None:
        yield block(hand.command)
    if hand.instruction is not None:
        yield prose(hand.instruction)
        yield f"Answer with {listed([code(answer) for answer in hand.answers], 'or')}."


def where(reading: Reading, step: ActingStep, action: Action) -> str:
    """Return the place of an action as the beginning of a sentence."""
    targets = reading.place(step, action).targets
    match reading.addressing(step, action):
        case Addressing.HOSTS:
            here = reading.kinds[action.kind].addressing is Addressing.CONTROL
            each = "On your machine, once for each host" if here else "On each host"
            return f"{each} {_which(reading, step, targets)}"
        case Addressing.CLUSTER:
            own = action.cluster if isinstance(action, Clustered) else None
            name = str(targets[0].name) if targets else step.cluster or own
            return f"With access to the cluster {code(name)}" if name else "With access to the cluster"
        case Addressing.CONTROL | Addressing.PERSON:
            return "On your machine"
        case other:
            assert_never(other)


def _which(reading: Reading, step: ActingStep, targets: tuple[Target, ...]) -> str:
    hosts = step.hosts or reading.playbook.hosts
    if isinstance(hosts, ResultHosts):
        return reading.speech.hosts(hosts.step, hosts.which.value)
    names = f" ({text(compact(target.name for target in targets))})" if targets else ""
    return f"of {code(hosts.text) if hosts else 'the inventory'}{names}"


def looped(loop: Loop | None) -> Iterator[str]:
    """Yield what a step is repeated for."""
    match loop:
        case Listed(values):
            yield f"Once for each {code('item')} of {listed([code(value_text(value)) for value in values])}:"
        case Computed(expression):
            yield f"Once for each {code('item')} of {code(expression.source)}:"
        case None:
            pass
        case _:
            assert_never(loop)


def expected(reading: Reading, expect: tuple[Expression, ...], action: Action, hand: ByHand) -> Iterator[str]:
    """Yield what shows that it holds."""
    if not expect:
        written = f" ({code(hand.success.expression)})" if hand.success.expression else ""
        yield f"**Expected:** {hand.success.words}{written}."
    elif len(expect) == 1:
        yield f"**Expected:** {reading.condition(expect[0], action.kind)}."
    else:
        yield "**Expected**, all of it:"
        yield items(reading.condition(each, action.kind) for each in expect)


def captured(step: ActingStep) -> Iterator[str]:
    """Yield what to write down for later steps."""
    if step.capture:
        found = [f"{code(each.name)} is {code(each.expression.source)}" for each in step.capture]
        yield f"**Write down:** {listed(found)}."


def repeated(poll: Poll | None) -> Iterator[str]:
    """Yield how often to try."""
    if poll is not None:
        keep = f", and then it must keep holding for {poll.stable_for}" if poll.stable_for.ms else ""
        yield f"Try every {poll.every} until it holds, for at most {poll.within}{keep}."


def retried(retry: Retry | None) -> Iterator[str]:
    """Yield how often to try again after a fault."""
    if retry is None:
        return
    times = "once" if retry.retries == 1 else f"up to {retry.retries} times"
    longer = f", each pause {retry.backoff:g} times as long as the one before" if retry.backoff != 1 else ""
    limit = f", for at most {retry.deadline} in all" if retry.deadline else ""
    pause = f"after {retry.delay}" if retry.delay.ms else "at once"
    yield f"If it does not work, try again {times}, {pause}{longer}{limit}."


def rolled(rolling: Rolling) -> Iterator[str]:
    """Yield how many targets are changed at once, and when to stop."""
    portions = [_portion(portion) for portion in rolling.serial]
    if portions:
        yield f"Do not do it everywhere at once: {', then '.join(portions)} at a time."
    if rolling.span is not None:
        most = rolling.max_failures
        bound = f"more than {_portion(most)} did" if most.amount else "any target did"
        yield f"Go on only while it works: stop when {bound} not end well."


def _portion(portion: Portion) -> str:
    if portion.percent:
        return f"{portion} of the targets"
    return f"{portion} target{'s' if portion.amount > 1 else ''}"
