"""Begins the steps of a block: skipped, decided, asked for, or carried out."""

from dataclasses import replace
from typing import assert_never

from playbook_engine.engine import aiming, deciding
from playbook_engine.engine.commands import Ask, Command, Perform, Record, Rehearse, Tell
from playbook_engine.engine.index import branch_path
from playbook_engine.engine.prepare import Job, cause_of, jobs
from playbook_engine.engine.rehearsal import can_rehearse, would
from playbook_engine.engine.roads import hosts_now
from playbook_engine.engine.sight import Known, Sight
from playbook_engine.engine.state import RunState
from playbook_engine.model.events import ApprovalGranted, PlayStarted, RunPaused, StepFinished
from playbook_engine.model.expressions import ExpressionError
from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.plan import (
    ActingStep,
    PlannedBranch,
    PlannedCheck,
    PlannedEscalate,
    PlannedInput,
    PlannedMitigate,
    PlannedPlay,
    PlannedStep,
    PlannedVerify,
)
from playbook_engine.model.results import StepResult
from playbook_engine.model.scopes import scope_of
from playbook_engine.model.settings import Mode
from playbook_engine.model.steps import verb_of
from playbook_engine.model.translations import shown_text
from playbook_engine.values import StepPath, Value

Opened = tuple[RunState, tuple[Command, ...]]


def sight(state: RunState, path: StepPath) -> Sight:
    """Return what expressions of a step see at this moment: the names and results of its own playbook."""
    scope = scope_of(path)
    play = state.plays.get(scope)
    given = state.given.get(scope, {})
    bound = state.plan if play is None else play
    names = {**bound.names, **given} if given else bound.names
    known = Known(bound.playbook.name, names, bound.host_names, state.plan.made)
    return Sight(known, state.run, state.started, state.results.get(scope, {}))


def open_block(state: RunState, block: tuple[PlannedStep, ...]) -> Opened:
    """Begin the steps of a block; all are open until their events close them."""
    opened = frozenset(planned.path for planned in block)
    seen = sight(state, block[0].path)
    commands = tuple(_open(state, planned, seen) for planned in block)
    return replace(state, open=state.open | opened), commands


def _open(state: RunState, planned: PlannedStep, seen: Sight) -> Command:
    if planned.left_out is not None:
        return _skipped(planned, planned.left_out)
    match planned:
        case PlannedCheck() | PlannedVerify() | PlannedMitigate():
            aimed = _aim(state, planned)
            return finished(planned, aimed) if isinstance(aimed, StepResult) else _act(state, aimed, seen)
        case PlannedBranch():
            return _branch(state, planned, seen)
        case PlannedEscalate():
            return _escalate(state, planned, seen)
        case _:
            assert_never(planned)


def _act(state: RunState, planned: ActingStep, seen: Sight) -> Command:
    match planned:
        case PlannedCheck():
            return _check(state, planned, seen)
        case PlannedVerify():
            return _verify(state, planned, seen)
        case PlannedMitigate():
            return _mitigate(state, planned, seen)
        case _:
            assert_never(planned)


def _aim(state: RunState, planned: ActingStep) -> ActingStep | StepResult:
    """Return the step with the targets that it has now."""
    aimed = aiming.aim(planned, hosts_now(state), state.results.get(scope_of(planned.path), {}))
    if isinstance(aimed, PlannedMitigate) and state.plan.settings.mode is Mode.PLAY:
        return aiming.too_many(aimed, state.plan.environment.policy.max_hosts) or aimed
    return aimed


def finished(planned: PlannedStep, result: StepResult) -> Record:
    """Return the end of a step that nobody had to be asked for."""
    step = planned.step
    event = StepFinished(path=planned.path, verb=verb_of(step), title=step.title, id=step.id, result=result)
    return Record(event)


def aborted(planned: PlannedStep, cause: Cause) -> Record:
    """Return the end of a step that was not begun."""
    return finished(planned, StepResult(outcome=Outcome.ABORTED, cause=cause))


def _skipped(planned: PlannedStep, cause: Cause) -> Record:
    return finished(planned, StepResult(outcome=Outcome.SKIPPED, cause=cause))


def _check(state: RunState, planned: PlannedCheck, seen: Sight) -> Command:
    """Carry out a check; one that asks a person needs a person."""
    if planned.step.action.kind != "manual" or state.plan.settings.interactive:
        return _acting(planned, seen)
    if state.plan.settings.mode is Mode.PLAY:
        reason = f"'{planned.step.title}' needs an answer, and nobody is at a terminal to give it"
        return Record(RunPaused(path=planned.path, reason=reason))
    return _skipped(planned, Cause("manual", "nobody is at a terminal to answer"))


def _acting(planned: PlannedCheck | PlannedVerify, seen: Sight) -> Command:
    made = jobs(planned, seen)
    return finished(planned, made) if isinstance(made, StepResult) else Perform(planned, made)


def _verify(state: RunState, planned: PlannedVerify, seen: Sight) -> Command:
    if state.plan.settings.mode is Mode.CHECK:
        return _skipped(planned, Cause("check", "nothing was changed, so there is nothing to verify"))
    return _acting(planned, seen)


def _mitigate(state: RunState, planned: PlannedMitigate, seen: Sight) -> Command:
    made = jobs(planned, seen)
    if isinstance(made, StepResult):
        return finished(planned, made)
    if state.plan.settings.mode is Mode.CHECK:
        return Rehearse(planned, made) if any(map(can_rehearse, made)) else finished(planned, _would_run(made))
    if state.facts.record_lost:
        return aborted(planned, Cause("record", f"not begun: {state.facts.record_lost}"))
    if planned.needs_approval:
        return Ask(planned, made)
    how = planned.approved_by or "policy"
    return Record(ApprovalGranted(path=planned.path, by=how, how=how))


def _would_run(made: tuple[Job, ...]) -> StepResult:
    """Return what `--check` shows of a mitigation: each target's request, none of them sent."""
    targets = tuple(job.settled or job.result(Outcome.SKIPPED, Cause("check", would(job))) for job in made)
    return StepResult.of(targets)


def perform_approved(state: RunState, path: StepPath) -> Command:
    """Return what carries out a mitigation that has its yes."""
    planned = state.index[path]
    if not isinstance(planned, PlannedMitigate):
        raise TypeError(f"{path} is not a mitigation")
    if state.facts.signal:
        return aborted(planned, Cause("interrupted", f"not begun: {state.facts.signal}"))
    aimed = _aim(state, planned)
    if isinstance(aimed, StepResult):
        return finished(planned, aimed)
    made = jobs(aimed, sight(state, path))
    return finished(planned, made) if isinstance(made, StepResult) else Perform(aimed, made)


def _branch(state: RunState, planned: PlannedBranch, seen: Sight) -> Command:
    step = planned.step
    if step.per_host:
        return _branch_for_hosts(state, planned, seen)
    try:
        if step.when is not None and not step.when.holds(seen.names(step.when.references)):
            return _skipped(planned, Cause("when", f"when: {step.when.source} is false"))
        return Record(deciding.decide(planned, seen))
    except ExpressionError as error:
        return finished(planned, StepResult(outcome=Outcome.ERROR, cause=cause_of(error)))


def _branch_for_hosts(state: RunState, planned: PlannedBranch, seen: Sight) -> Command:
    results = state.results.get(scope_of(planned.path), {})
    hosts = aiming.deciding(planned.hosts, planned.chosen, hosts_now(state), results)
    if isinstance(hosts, Cause):
        return _skipped(planned, hosts)
    taken = deciding.decide_for_hosts(planned, hosts, seen)
    return finished(planned, taken) if isinstance(taken, StepResult) else Record(taken)


def branch_of(state: RunState, play: PlannedPlay) -> PlannedBranch:
    """Return the branch that leads to a playbook."""
    planned = state.index[branch_path(play.path)]
    if not isinstance(planned, PlannedBranch):
        raise TypeError(f"{planned.path} is not a branch")
    return planned


def play(state: RunState, planned: PlannedPlay) -> PlayStarted | StepResult:
    """Return the beginning of another playbook, or how its branch ends when its inputs have no value that fits."""
    hosts = hosts_now(state)
    seen = sight(state, planned.path)
    later: list[tuple[str, Value]] = []
    for given in planned.later:
        value = _given(planned, given, seen)
        if isinstance(value, Cause):
            return StepResult(outcome=Outcome.ERROR, cause=value)
        later.append((given.name, value))
    order = tuple(name for name in state.plan.host_names if hosts is not None and name in hosts)
    return PlayStarted(
        path=planned.path,
        playbook=planned.ref,
        inputs=(*planned.given, *later),
        hosts=None if hosts is None else order,
    )


def _given(planned: PlannedPlay, given: PlannedInput, seen: Sight) -> "Value | Cause":
    template = given.template
    what = f"the input '{given.name}' of '{planned.ref.name}'"
    try:
        return given.fit(template.value(seen.names(template.references)))
    except ExpressionError as error:
        return Cause("inputs", f"{what} has no value: {error.message}", error.hint, error.span)
    except ValueError as error:
        return Cause("inputs", f"{what} does not fit: {error}", span=template.span)


def _escalate(state: RunState, planned: PlannedEscalate, seen: Sight) -> Command:
    step = planned.step
    try:
        if step.when is not None and not step.when.holds(seen.names(step.when.references)):
            return _skipped(planned, Cause("when", f"when: {step.when.source} is false"))
    except ExpressionError as error:
        # Better to tell someone once too often: a condition that cannot be evaluated does not silence a notice.
        return Tell(planned.path, step.to, step.title, f"({error.message})", step.wait_for_ack)
    if state.plan.settings.mode is Mode.CHECK:
        return _skipped(planned, Cause("check", f"would tell {step.to}"))
    message, shown = _message(planned, seen), _shown(planned, seen)
    return Tell(planned.path, step.to, step.title, message, step.wait_for_ack, shown)


def _shown(planned: PlannedEscalate, seen: Sight) -> str:
    """Return the message in the reader's language; nothing where it has no translation."""
    template = planned.step.message
    if template is None:
        return ""
    try:
        text = shown_text(template, seen.names(template.references))
    except ExpressionError:
        return ""
    return "" if text is None else str(text)


def _message(planned: PlannedEscalate, seen: Sight) -> str:
    template = planned.step.message
    if template is None:
        return planned.step.title
    try:
        return str(template.text(seen.names(template.references)))
    except ExpressionError as error:
        return f"{planned.step.title} (its message could not be rendered: {error.message})"
