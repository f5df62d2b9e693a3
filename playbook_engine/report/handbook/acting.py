"""What check, mitigate and verify share: where, what to paste, what to expect, how often."""

from collections.abc import Iterator
from typing import assert_never

from playbook_engine.model.actions import Action, Addressing, ByHand
from playbook_engine.model.expressions import Expression
from playbook_engine.model.steps import ActingStep, HostPattern, Poll
from playbook_engine.model.targets import Target
from playbook_engine.report.handbook.markdown import block, code, items, listed, prose, text
from playbook_engine.report.handbook.reading import Reading
from playbook_engine.report.names import compact


def doing(reading: Reading, step: ActingStep, action: Action) -> Iterator[str]:
    """Yield where an action is carried out, and the action."""
    hand = reading.by_hand(action, step.hosts, step.cluster)
    limit = f", for at most {step.timeout or action.default_timeout}"
    if hand.command is not None:
        yield f"{where(reading, action, step.hosts, step.cluster)}{limit}:"
    yield from pasting(hand)


def pasting(hand: ByHand) -> Iterator[str]:
    """Yield the command or the instruction."""
    if hand.command is not None:
        yield block(hand.command)
    if hand.instruction is not None:
        yield prose(hand.instruction)
        yield f"Answer with {listed([code(answer) for answer in hand.answers], 'or')}."


def where(reading: Reading, action: Action, hosts: HostPattern | None, cluster: str | None) -> str:
    """Return the place of an action as the beginning of a sentence."""
    targets = reading.place(action, hosts, cluster).targets
    match reading.addressing(action, hosts):
        case Addressing.HOSTS:
            return _on_hosts(reading, action, hosts, targets)
        case Addressing.CLUSTER:
            name = str(targets[0].name) if targets else cluster
            return f"With access to the cluster {code(name)}" if name else "With access to the cluster"
        case Addressing.CONTROL | Addressing.PERSON:
            return "On your machine"
        case other:
            assert_never(other)


def _on_hosts(reading: Reading, action: Action, hosts: HostPattern | None, targets: tuple[Target, ...]) -> str:
    chosen = hosts or reading.playbook.hosts
    pattern = code(chosen.text) if chosen else "the inventory"
    here = reading.kinds[action.kind].addressing is Addressing.CONTROL
    names = f" ({text(compact(target.name for target in targets))})" if targets else ""
    each = "On your machine, once for each host of" if here else "On each host of"
    return f"{each} {pattern}{names}"


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
