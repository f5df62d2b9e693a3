"""The five verbs, each as something that a person can do."""

from collections.abc import Iterator
from typing import assert_never

from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import Action
from playbook_engine.model.steps import (
    Approve,
    AutoUndo,
    Branch,
    Case,
    Check,
    Escalate,
    Irreversible,
    Mitigate,
    OnFailure,
    OnPass,
    Play,
    PlayInput,
    ResultHosts,
    Step,
    Verify,
)
from playbook_engine.phrases.actions import Restores
from playbook_engine.phrases.handbook import Acting, Steps, Verbs
from playbook_engine.phrases.lists import listed
from playbook_engine.phrases.words import Sentence, Words
from playbook_engine.report.handbook import acting, people
from playbook_engine.report.handbook.markdown import block, code, items, prose, quote, text
from playbook_engine.report.handbook.numbers import numbered, roads
from playbook_engine.report.handbook.reading import Reading
from playbook_engine.report.handbook.values import value_text

_DEEPEST = 6
"""Markdown has six levels of headings."""
_VERBS = {
    Check: Verbs.CHECK,
    Branch: Verbs.BRANCH,
    Mitigate: Verbs.MITIGATE,
    Verify: Verbs.VERIFY,
    Escalate: Verbs.ESCALATE,
}
_APPROVALS = {"approve": Steps.ASK_FIRST, "auto": Steps.ALLOWED_HERE, "forbid": Steps.FORBIDDEN}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a step stands: its list's prefix, how deep its heading is, the undoable changes before it on its road."""

    prefix: str
    level: int
    changed: tuple[str, ...] = ()


def listing(reading: Reading, steps: tuple[Step, ...], spot: Spot) -> Iterator[str]:
    """Yield the steps of one list, with all that is within them."""
    changed, words = spot.changed, reading.words
    for number, step in numbered(steps, spot.prefix):
        here = Spot(number, spot.level, changed)
        yield heading(words(_VERBS[type(step)], number=number, title=text(step.title)), spot.level)
        if step.when is not None and reading.never(step.when):
            yield words(Steps.NOT_HERE, condition=reading.condition(step.when))
            continue
        if step.when is not None:
            yield words(Steps.ONLY_IF, condition=reading.condition(step.when))
        if step.note:
            yield quote(prose(step.note))
        if step.tags:
            yield words(Steps.TAGS, tags=listed(words, [code(tag) for tag in step.tags]))
        yield from _step(reading, step, here)
        changed = _changes(step, number, changed)


def heading(words: str, level: int) -> str:
    """Return a heading; below the deepest one that there is, a line in bold."""
    return f"{'#' * level} {words}" if level <= _DEEPEST else f"**{words}**"


def _changes(step: Step, number: str, changed: tuple[str, ...]) -> tuple[str, ...]:
    """Return the changes that can be taken back behind a step, the newest first."""
    match step:
        case Mitigate():
            return changed if isinstance(step.undo, Irreversible) else (number, *changed)
        case Branch():
            inner = [_road_changes(steps, f"{road}.") for road, steps in roads(step, number)]
            return (*(each for road in inner for each in road), *changed)
        case _:
            return changed


def _road_changes(steps: tuple[Step, ...], prefix: str) -> tuple[str, ...]:
    changed: tuple[str, ...] = ()
    for number, step in numbered(steps, prefix):
        changed = _changes(step, number, changed)
    return changed


def _step(reading: Reading, step: Step, spot: Spot) -> Iterator[str]:
    match step:
        case Check():
            yield from _check(reading, step, spot)
        case Mitigate():
            yield from _mitigate(reading, step, spot)
        case Verify():
            yield from _verify(reading, step, spot)
        case Branch():
            yield from _branch(reading, step, spot)
        case Escalate():
            yield from _escalate(reading, step)
        case _:
            assert_never(step)


def _check(reading: Reading, step: Check, spot: Spot) -> Iterator[str]:
    yield from acting.doing(reading, step, step.action)
    yield from acting.expected(reading, step.expect, step.action, reading.by_hand(step, step.action))
    words = reading.words
    yield from acting.repeated(step.poll, words)
    yield from acting.retried(step.retry or (None if step.poll else reading.playbook.defaults.retry), words)
    yield from acting.captured(step, words)
    if spot.prefix.startswith("H"):
        if step.critical is False:
            yield words(Steps.MAY_FAIL)
    elif step.critical:
        yield words(Steps.CRITICAL)


def _mitigate(reading: Reading, step: Mitigate, spot: Spot) -> Iterator[str]:
    hand, words = reading.by_hand(step, step.action), reading.words
    if step.unless is not None:
        yield words(Steps.NOT_NEEDED, condition=reading.condition(step.unless))
    yield words(_approval(reading, step))
    if step.cooldown is not None:
        yield words(Steps.COOLDOWN, cooldown=step.cooldown)
    yield from acting.rolled(step.rolling, words)
    if isinstance(step.undo, AutoUndo) and hand.before:
        yield words(Steps.LOOK_BEFORE)
        yield block(hand.before)
    yield from acting.doing(reading, step, step.action)
    if step.expect or hand.success.expression is not None:
        yield from acting.expected(reading, step.expect, step.action, hand)
    yield from acting.retried(step.retry, words)
    if step.idempotent:
        yield words(Steps.IDEMPOTENT)
    yield from acting.captured(step, words)
    yield from _undo(reading, step, hand.restores)
    yield _after_failure(step, spot, words)


def _approval(reading: Reading, step: Mitigate) -> Steps:
    match step.approve:
        case Approve.REQUIRED:
            return Steps.ASK_FIRST
        case Approve.AUTO:
            return Steps.ALLOWED
        case None if reading.environment is None:
            return Steps.ASK_UNLESS
        case None:
            return _APPROVALS[reading.environment.policy.mitigate]
        case other:
            assert_never(other)


def _undo(reading: Reading, step: Mitigate, restores: Sentence | None) -> Iterator[str]:
    words = reading.words
    match step.undo:
        case Irreversible():
            yield words(Steps.IRREVERSIBLE)
        case AutoUndo():
            what = words.said(restores) if restores is not None else words(Restores.BEFORE)
            yield words(Steps.PUT_BACK, what=text(what))
        case _:
            action: Action = step.undo
            place = acting.where(reading, step, action)
            yield words(Steps.TAKE_BACK, where=f"{place[0].lower()}{place[1:]}")
            yield from acting.pasting(reading.by_hand(step, action), words)


def _after_failure(step: Mitigate, spot: Spot, words: Words) -> str:
    chosen = step.on_failure or (OnFailure.STOP if isinstance(step.undo, Irreversible) else OnFailure.UNDO)
    match chosen:
        case OnFailure.UNDO if spot.changed:
            return words(Steps.FAILS_UNDO_ALL, changes=_changes_of(spot.changed, words))
        case OnFailure.UNDO:
            return words(Steps.FAILS_UNDO)
        case OnFailure.STOP:
            return words(Steps.FAILS_STOP)
        case OnFailure.CONTINUE:
            return words(Steps.FAILS_GO_ON)
        case _:
            assert_never(chosen)


def _verify(reading: Reading, step: Verify, spot: Spot) -> Iterator[str]:
    words = reading.words
    if step.action is None:
        checks = [f"H{count}" for count in range(1, len(reading.playbook.health) + 1)]
        several = len(checks) > 1
        yield words(Steps.REPEAT_CHECKS if several else Steps.REPEAT_CHECK, checks=listed(words, checks))
        yield words(Steps.ALL_HOLD if several else Steps.HOLDS)
    else:
        yield from acting.doing(reading, step, step.action)
        yield from acting.expected(reading, step.expect, step.action, reading.by_hand(step, step.action))
    yield from acting.repeated(step.poll, words)
    yield from acting.captured(step, words)
    yield words(_after_pass(reading, step))
    yield _after_verify(step, spot, words)


def _after_pass(reading: Reading, step: Verify) -> Steps:
    match step.on_pass:
        case OnPass.RESOLVE:
            return Steps.PASS_SOLVED_FINALLY if reading.playbook.finally_ else Steps.PASS_SOLVED
        case OnPass.CONTINUE:
            return Steps.PASS_GO_ON
        case _:
            assert_never(step.on_pass)


def _after_verify(step: Verify, spot: Spot, words: Words) -> str:
    chosen = step.on_failure or (OnFailure.UNDO if spot.changed else OnFailure.STOP)
    match chosen:
        case OnFailure.UNDO if spot.changed:
            return words(Steps.FAIL_UNDO, changes=_changes_of(spot.changed, words))
        case OnFailure.UNDO | OnFailure.STOP:
            return words(Steps.FAIL_STOP)
        case OnFailure.CONTINUE:
            return words(Steps.FAIL_GO_ON)
        case _:
            assert_never(chosen)


def _changes_of(numbers: tuple[str, ...], words: Words) -> str:
    """Return the changes of several steps in words; on the way here not all of them may have been made."""
    phrase = Steps.CHANGES_OF if len(numbers) > 1 else Steps.CHANGE_OF
    return words(phrase, numbers=listed(words, numbers))


def _branch(reading: Reading, step: Branch, spot: Spot) -> Iterator[str]:
    words = reading.words
    if step.per_host:
        yield words(Steps.CASE_PER_HOST, which=_deciding(reading, step))
        yield words(Steps.CASE_PER_HOST_STEPS)
    else:
        yield words(Steps.FIRST_CASE)
    cases: list[Case | None] = [*step.cases, None]
    for (road, steps), case in zip(roads(step, spot.prefix), cases, strict=True):
        yield heading(_label(reading, road, case), spot.level + 1)
        if case is not None and case.play is not None:
            yield from _play(reading, case.play)
        elif not steps:
            yield words(Steps.NOTHING)
        yield from listing(reading, steps, Spot(f"{road}.", spot.level + 2, spot.changed))


def _label(reading: Reading, road: str, case: Case | None) -> str:
    """Return what stands above a road; None is `else`."""
    if case is None:
        return reading.words(Steps.ELSE, road=road)
    return reading.words(Steps.IF, road=road, condition=reading.condition(case.when))


def _deciding(reading: Reading, step: Branch) -> str:
    hosts = step.hosts or reading.playbook.hosts
    if isinstance(hosts, ResultHosts):
        return reading.speech.hosts(hosts.step, hosts.which.value)
    words = reading.words
    return words(Acting.OF_HOSTS, hosts=code(hosts.text)) if hosts else words(Acting.OF_INVENTORY)


def _play(reading: Reading, play: Play) -> Iterator[str]:
    words, command = reading.words, code(f"runbook show {play.playbook}")
    yield words(Steps.PLAY, name=code(play.playbook), command=command)
    if play.inputs:
        yield words(Steps.PLAY_INPUTS)
        given = ((code(each.name), code(_given(reading, each))) for each in play.inputs)
        yield items(words(Acting.NAME_IS, name=name, value=value) for name, value in given)


def _given(reading: Reading, given: PlayInput) -> str:
    if given.template is not None:
        return str(given.template.draft(reading.names))
    return value_text(given.value)


def _escalate(reading: Reading, step: Escalate) -> Iterator[str]:
    yield reading.words(Steps.TELL, person=people.person(reading.environment, step.to))
    message = people.said(reading, step)
    yield quote(f"**{text(step.title)}**" + (f"\n\n{prose(message)}" if message else ""))
    if step.wait_for_ack is not None:
        yield reading.words(Steps.WAIT, wait=step.wait_for_ack)
