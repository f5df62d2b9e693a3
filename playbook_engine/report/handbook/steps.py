"""The five verbs, each as something that a person can do."""

from collections.abc import Iterator
from typing import assert_never

from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import Action
from playbook_engine.model.steps import (
    Approve,
    AutoUndo,
    Branch,
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
from playbook_engine.report.handbook import acting, people
from playbook_engine.report.handbook.markdown import block, code, items, listed, prose, quote, text
from playbook_engine.report.handbook.numbers import numbered, roads
from playbook_engine.report.handbook.reading import Reading
from playbook_engine.report.handbook.values import value_text

_DEEPEST = 6
"""Markdown has six levels of headings."""
_VERBS = {Check: "Check", Branch: "Decide", Mitigate: "Change", Verify: "Verify", Escalate: "Tell"}
_APPROVALS = {
    "approve": "**Ask first:** somebody has to say yes before this is done.",
    "auto": "The environment allows this without asking.",
    "forbid": "**The environment forbids changes.** Whoever has the right to allow one must say so first.",
}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a step stands: its list's prefix, how deep its heading is, the undoable changes before it on its road."""

    prefix: str
    level: int
    changed: tuple[str, ...] = ()


def listing(reading: Reading, steps: tuple[Step, ...], spot: Spot) -> Iterator[str]:
    """Yield the steps of one list, with all that is within them."""
    changed = spot.changed
    for number, step in numbered(steps, spot.prefix):
        here = Spot(number, spot.level, changed)
        yield heading(f"{number}. {_VERBS[type(step)]}: {text(step.title)}", spot.level)
        if step.when is not None:
            yield f"**Only if** {reading.condition(step.when)}; else skip this step."
        if step.note:
            yield quote(prose(step.note))
        if step.tags:
            yield f"Tags: {listed([code(tag) for tag in step.tags])}."
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
    yield from acting.repeated(step.poll)
    yield from acting.retried(step.retry or (None if step.poll else reading.playbook.defaults.retry))
    yield from acting.captured(step)
    if spot.prefix.startswith("H"):
        if step.critical is False:
            yield "All may be well even if this one does not hold."
    elif step.critical:
        yield "**All depends on this check:** if it does not hold, stop here."


def _mitigate(reading: Reading, step: Mitigate, spot: Spot) -> Iterator[str]:
    hand = reading.by_hand(step, step.action)
    if step.unless is not None:
        yield f"**Not needed if** {reading.condition(step.unless)}."
    yield _approval(reading, step)
    if step.cooldown is not None:
        yield f"Not again in the same place within {step.cooldown} of the last time."
    yield from acting.rolled(step.rolling)
    if isinstance(step.undo, AutoUndo) and hand.before:
        yield "First write down what is there now, so that it can be put back:"
        yield block(hand.before)
    yield from acting.doing(reading, step, step.action)
    if step.expect or hand.success.expression is not None:
        yield from acting.expected(reading, step.expect, step.action, hand)
    yield from acting.retried(step.retry)
    if step.idempotent:
        yield "Doing it twice does no harm."
    yield from acting.captured(step)
    yield from _undo(reading, step, hand.restores)
    yield _after_failure(step, spot)


def _approval(reading: Reading, step: Mitigate) -> str:
    match step.approve:
        case Approve.REQUIRED:
            return _APPROVALS["approve"]
        case Approve.AUTO:
            return "This may be done without asking."
        case None if reading.environment is None:
            return "**Ask first**, unless your environment allows changes without it."
        case None:
            return _APPROVALS[reading.environment.policy.mitigate]
        case other:
            assert_never(other)


def _undo(reading: Reading, step: Mitigate, restores: str | None) -> Iterator[str]:
    match step.undo:
        case Irreversible():
            yield "**This cannot be taken back.**"
        case AutoUndo():
            yield f"**To take it back:** put back {text(restores or 'what was there before')}."
        case _:
            action: Action = step.undo
            place = acting.where(reading, step, action)
            yield f"**To take it back:** {place[0].lower()}{place[1:]}:"
            yield from acting.pasting(reading.by_hand(step, action))


def _after_failure(step: Mitigate, spot: Spot) -> str:
    chosen = step.on_failure or (OnFailure.STOP if isinstance(step.undo, Irreversible) else OnFailure.UNDO)
    match chosen:
        case OnFailure.UNDO:
            earlier = f", then {_changes_of(spot.changed)}" if spot.changed else ""
            return f"If it fails, take it back{earlier}, and stop: this did not solve it."
        case OnFailure.STOP:
            return "If it fails, stop: this did not solve it."
        case OnFailure.CONTINUE:
            return "If it fails, go on all the same."
        case _:
            assert_never(chosen)


def _verify(reading: Reading, step: Verify, spot: Spot) -> Iterator[str]:
    if step.action is None:
        checks = [f"H{count}" for count in range(1, len(reading.playbook.health) + 1)]
        plural = "s" if len(checks) > 1 else ""
        yield f"Repeat the health check{plural} {listed(checks)}."
        yield f"**Expected:** {'all of them hold' if plural else 'it holds'}."
    else:
        yield from acting.doing(reading, step, step.action)
        yield from acting.expected(reading, step.expect, step.action, reading.by_hand(step, step.action))
    yield from acting.repeated(step.poll)
    yield from acting.captured(step)
    yield f"**If it holds:** {_after_pass(reading, step)}"
    yield f"**If it does not hold:** {_after_verify(step, spot)}"


def _after_pass(reading: Reading, step: Verify) -> str:
    match step.on_pass:
        case OnPass.RESOLVE:
            closing = " Leave out the other steps" + (" and do F1." if reading.playbook.finally_ else ".")
            return f"it is solved.{closing}"
        case OnPass.CONTINUE:
            return "go on."
        case _:
            assert_never(step.on_pass)


def _after_verify(step: Verify, spot: Spot) -> str:
    chosen = step.on_failure or (OnFailure.UNDO if spot.changed else OnFailure.STOP)
    match chosen:
        case OnFailure.UNDO if spot.changed:
            return f"take back {_changes_of(spot.changed)}, and stop: this did not solve it."
        case OnFailure.UNDO | OnFailure.STOP:
            return "stop: this did not solve it."
        case OnFailure.CONTINUE:
            return "go on with the next step."
        case _:
            assert_never(chosen)


def _changes_of(numbers: tuple[str, ...]) -> str:
    """Return the changes of several steps in words; on the way here not all of them may have been made."""
    plural = "s" if len(numbers) > 1 else ""
    return f"the change{plural} of step{plural} {listed(numbers)}" + (", as far as you made them" if plural else "")


def _branch(reading: Reading, step: Branch, spot: Spot) -> Iterator[str]:
    if step.per_host:
        yield f"Decide for each host {_deciding(reading, step)}: it takes the first case that fits it, and only that."
        yield "The steps of a case are then done on the hosts that took it."
    else:
        yield "Take the first case that fits, and only that one."
    labels = [f"If {reading.condition(case.when)}" for case in step.cases]
    plays = [*(case.play for case in step.cases), None]
    for (road, steps), label, play in zip(roads(step, spot.prefix), [*labels, "Else"], plays, strict=True):
        yield heading(f"{road}. {label}", spot.level + 1)
        if play is not None:
            yield from _play(reading, play)
        elif not steps:
            yield "Nothing is done here; go on."
        yield from listing(reading, steps, Spot(f"{road}.", spot.level + 2, spot.changed))


def _deciding(reading: Reading, step: Branch) -> str:
    hosts = step.hosts or reading.playbook.hosts
    if isinstance(hosts, ResultHosts):
        return reading.speech.hosts(hosts.step, hosts.which.value)
    return f"of {code(hosts.text)}" if hosts else "of the inventory"


def _play(reading: Reading, play: Play) -> Iterator[str]:
    yield f"Continue with the playbook {code(play.playbook)}; {code(f'runbook show {play.playbook}')} prints it."
    if play.inputs:
        yield "Its inputs:"
        yield items(f"{code(each.name)} is {code(_given(reading, each))}" for each in play.inputs)


def _given(reading: Reading, given: PlayInput) -> str:
    if given.template is not None:
        return str(given.template.draft(reading.names))
    return value_text(given.value)


def _escalate(reading: Reading, step: Escalate) -> Iterator[str]:
    yield f"Tell {people.person(reading.environment, step.to)}:"
    message = people.said(reading, step)
    yield quote(f"**{text(step.title)}**" + (f"\n\n{prose(message)}" if message else ""))
    if step.wait_for_ack is not None:
        yield f"Wait up to {step.wait_for_ack} for somebody to take it; go on as soon as somebody has."
