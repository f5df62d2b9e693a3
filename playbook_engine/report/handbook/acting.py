"""What check, mitigate and verify share: where, what to paste, what to expect, how often."""

from collections.abc import Iterator
from typing import assert_never

from playbook_engine.model.actions import Action, Addressing, ByHand, Clustered, addressing_of
from playbook_engine.model.expressions import Expression
from playbook_engine.model.repeating import Computed, Listed, Loop, Poll, Retry
from playbook_engine.model.rolling import Portion, Rolling
from playbook_engine.model.steps import ActingStep, Check, HostPattern, ResultHosts, Verify
from playbook_engine.model.targets import Target
from playbook_engine.phrases.handbook import Acting
from playbook_engine.phrases.lists import Lists, listed
from playbook_engine.phrases.words import Words
from playbook_engine.report.handbook.markdown import block, code, items, prose, text
from playbook_engine.report.handbook.reading import Reading
from playbook_engine.report.handbook.values import value_text
from playbook_engine.report.names import compact


def doing(reading: Reading, step: ActingStep, action: Action) -> Iterator[str]:
    """Yield where an action is carried out, and the action."""
    hand = reading.by_hand(step, action)
    limit = step.timeout or reading.playbook.defaults.timeout or action.default_timeout
    yield from looped(step.loop, reading.words)
    if hand.command is not None:
        yield reading.words(Acting.DO, where=where(reading, step, action), limit=limit)
    yield from pasting(hand, reading.words)
    if isinstance(step, Check | Verify) and step.reads:
        yield reading.words(Acting.ONLY_READS)


def pasting(hand: ByHand, words: Words) -> Iterator[str]:
    """Yield the command or the instruction."""
    if hand.command is not None:
        yield block(hand.command)
    if hand.instruction is not None:
        yield prose(hand.instruction)
        yield words(Acting.ANSWER, answers=listed(words, list(_answers(hand, words)), Lists.OR))


def _answers(hand: ByHand, words: Words) -> Iterator[str]:
    """Yield the answers, each with what it means in the reader's language where that is another one."""
    for number, answer in enumerate(hand.answers):
        meaning = hand.meanings[number] if hand.meanings else answer
        plain = code(answer)
        yield plain if meaning == answer else words(Acting.ANSWER_MEANS, answer=plain, meaning=text(meaning))


def where(reading: Reading, step: ActingStep, action: Action) -> str:
    """Return the place of an action as the beginning of a sentence."""
    targets = reading.place(step, action).targets
    match reading.addressing(step, action):
        case Addressing.HOSTS:
            here = addressing_of(action, reading.kinds) is Addressing.CONTROL
            each = Acting.HERE_FOR_EACH if here else Acting.ON_EACH
            return reading.words(each, which=_which(reading, step, targets))
        case Addressing.CLUSTER:
            own = action.cluster if isinstance(action, Clustered) else None
            name = str(targets[0].name) if targets else step.cluster or own
            if not name:
                return reading.words(Acting.WITH_A_CLUSTER)
            return reading.words(Acting.WITH_CLUSTER, name=code(name))
        case Addressing.CONTROL | Addressing.PERSON:
            return reading.words(Acting.HERE)
        case other:
            assert_never(other)


def _which(reading: Reading, step: ActingStep, targets: tuple[Target, ...]) -> str:
    hosts = step.hosts or reading.playbook.hosts
    if isinstance(hosts, ResultHosts):
        return reading.speech.hosts(hosts.step, hosts.which.value)
    return _pattern(hosts, text(compact(target.name for target in targets)), reading.words)


def _pattern(hosts: HostPattern | None, names: str, words: Words) -> str:
    if hosts is None:
        return words(Acting.OF_INVENTORY_NAMED, names=names) if names else words(Acting.OF_INVENTORY)
    return words(Acting.OF_HOSTS_NAMED if names else Acting.OF_HOSTS, hosts=code(hosts.text), names=names)


def looped(loop: Loop | None, words: Words) -> Iterator[str]:
    """Yield what a step is repeated for."""
    match loop:
        case Listed(values):
            among = listed(words, [code(value_text(value)) for value in values])
            yield words(Acting.LOOPED, item=code("item"), values=among)
        case Computed(expression):
            yield words(Acting.LOOPED, item=code("item"), values=code(expression.source))
        case None:
            pass
        case _:
            assert_never(loop)


def expected(reading: Reading, expect: tuple[Expression, ...], action: Action, hand: ByHand) -> Iterator[str]:
    """Yield what shows that it holds."""
    words = reading.words
    if not expect and hand.success.expression:
        written = code(hand.success.expression)
        yield words(Acting.EXPECTED_WRITTEN, words=words(hand.success.words), written=written)
    elif not expect:
        yield words(Acting.EXPECTED, words=words(hand.success.words))
    elif len(expect) == 1:
        yield words(Acting.EXPECTED, words=reading.condition(expect[0], action.kind))
    else:
        yield words(Acting.EXPECTED_ALL)
        yield items(reading.condition(each, action.kind) for each in expect)


def captured(step: ActingStep, words: Words) -> Iterator[str]:
    """Yield what to write down for later steps."""
    if step.capture:
        values = [(code(each.name), code(each.expression.source)) for each in step.capture]
        found = [words(Acting.NAME_IS, name=name, value=value) for name, value in values]
        yield words(Acting.WRITE_DOWN, values=listed(words, found))


def repeated(poll: Poll | None, words: Words) -> Iterator[str]:
    """Yield how often to try."""
    if poll is not None:
        phrase = Acting.REPEAT_STABLE if poll.stable_for.ms else Acting.REPEAT
        yield words(phrase, every=poll.every, within=poll.within, stable_for=poll.stable_for)


def retried(retry: Retry | None, words: Words) -> Iterator[str]:
    """Yield how often to try again after a fault."""
    if retry is not None:
        yield words(Acting.RETRY, details=words(Lists.COMMA_IN_SENTENCE).join(_details(retry, words)))


def _details(retry: Retry, words: Words) -> Iterator[str]:
    yield words.counted(retry.retries, Acting.RETRY_ONCE, Acting.RETRY_TIMES)
    yield words(Acting.RETRY_AFTER, delay=retry.delay) if retry.delay.ms else words(Acting.RETRY_AT_ONCE)
    if retry.backoff != 1:
        yield words(Acting.RETRY_GROWING, backoff=f"{retry.backoff:g}")
    if retry.deadline:
        yield words(Acting.RETRY_LIMIT, deadline=retry.deadline)


def rolled(rolling: Rolling, words: Words) -> Iterator[str]:
    """Yield how many targets are changed at once, and when to stop."""
    portions = [_portion(portion, words) for portion in rolling.serial]
    if portions:
        yield words(Acting.ROLLING, portions=words(Lists.THEN).join(portions))
    if rolling.span is not None and not rolling.max_failures.amount:
        yield words(Acting.STOP_WHEN_ANY)
    elif rolling.span is not None:
        yield words(Acting.STOP_WHEN_MORE, most=_portion(rolling.max_failures, words))


def _portion(portion: Portion, words: Words) -> str:
    if portion.percent:
        return words(Acting.PERCENT, portion=portion)
    return words(Acting.TARGETS if portion.amount > 1 else Acting.TARGET, portion=portion)
