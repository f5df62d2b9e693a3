"""Begins the steps of a block: skipped, decided, asked for, or carried out."""

from dataclasses import replace
from typing import assert_never

from playbook_engine.engine.commands import Ask, Command, Perform, Record, Tell
from playbook_engine.engine.prepare import Job, cause_of, jobs
from playbook_engine.engine.sight import Sight
from playbook_engine.engine.state import RunState
from playbook_engine.model.events import ApprovalGranted, BranchTaken, RunPaused, StepFinished
from playbook_engine.model.expressions import ExpressionError
from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.plan import (
    PlannedBranch,
    PlannedCheck,
    PlannedEscalate,
    PlannedMitigate,
    PlannedStep,
    PlannedVerify,
)
from playbook_engine.model.results import StepResult
from playbook_engine.model.settings import Mode
from playbook_engine.model.steps import verb_of
from playbook_engine.values import StepPath

Opened = tuple[RunState, tuple[Command, ...]]


def sight(state: RunState) -> Sight:
    """Return what expressions see at this moment."""
    return Sight(state.plan, state.run, state.started, state.results)


def open_block(state: RunState, block: tuple[PlannedStep, ...]) -> Opened:
    """Begin the steps of a block; all are open until their events close them."""
    opened = frozenset(planned.path for planned in block)
    seen = sight(state)
    commands = tuple(_open(state, planned, seen) for planned in block)
    return replace(state, open=state.open | opened), commands


def _open(state: RunState, planned: PlannedStep, seen: Sight) -> Command:
    match planned:
        case PlannedCheck():
            return _check(state, planned, seen)
        case PlannedVerify():
            return _verify(state, planned, seen)
        case PlannedMitigate():
            return _mitigate(state, planned, seen)
        case PlannedBranch():
            return _branch(planned, seen)
        case PlannedEscalate():
            return _escalate(state, planned, seen)
        case _:
            assert_never(planned)


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
        return finished(planned, _would_run(made))
    if state.facts.record_lost:
        return aborted(planned, Cause("record", f"not begun: {state.facts.record_lost}"))
    if planned.needs_approval:
        return Ask(planned, made)
    how = planned.approved_by or "policy"
    return Record(ApprovalGranted(path=planned.path, by=how, how=how))


def _would_run(made: tuple[Job, ...]) -> StepResult:
    """Return what `--check` shows of a mitigation: each target's request, none of them sent."""
    targets = tuple(job.settled or job.result(Outcome.SKIPPED, Cause("check", _would(job))) for job in made)
    return StepResult.of(targets)


def _would(job: Job) -> str:
    request = job.request
    return f"would run: {request.transport}: {request.summary()}" if request else "would run nothing"


def perform_approved(state: RunState, path: StepPath) -> Command:
    """Return what carries out a mitigation that has its yes."""
    planned = state.index[path]
    if not isinstance(planned, PlannedMitigate):
        raise TypeError(f"{path} is not a mitigation")
    if state.facts.signal:
        return aborted(planned, Cause("interrupted", f"not begun: {state.facts.signal}"))
    made = jobs(planned, sight(state))
    return finished(planned, made) if isinstance(made, StepResult) else Perform(planned, made)


def _branch(planned: PlannedBranch, seen: Sight) -> Command:
    step = planned.step
    try:
        if step.when is not None and not step.when.holds(seen.names(step.when.references)):
            return _skipped(planned, Cause("when", f"when: {step.when.source} is false"))
        return Record(_decide(planned, seen))
    except ExpressionError as error:
        return finished(planned, StepResult(outcome=Outcome.ERROR, cause=cause_of(error)))


def _decide(planned: PlannedBranch, seen: Sight) -> BranchTaken:
    """Return the first case that holds, with the reason; raises ExpressionError when one cannot be decided."""
    tried: list[str] = []
    for case in planned.cases:
        if case.when is None:
            trace = "; ".join(tried)
        else:
            names = seen.names(case.when.references)
            trace = case.when.trace(names)
            if not case.when.holds(names):
                tried.append(f"not {trace}")
                continue
        others = tuple(other.label for other in planned.cases if other is not case)
        step = planned.step
        return BranchTaken(
            path=planned.path, title=step.title, id=step.id, taken=case.label, trace=trace, not_taken=others
        )
    raise AssertionError("a branch always ends with else")


def _escalate(state: RunState, planned: PlannedEscalate, seen: Sight) -> Command:
    step = planned.step
    try:
        if step.when is not None and not step.when.holds(seen.names(step.when.references)):
            return _skipped(planned, Cause("when", f"when: {step.when.source} is false"))
    except ExpressionError as error:
        # Better to tell someone once too often: a condition that cannot be evaluated does not silence a notice.
        return Tell(planned.path, step.to, step.title, f"({error.message})")
    if state.plan.settings.mode is Mode.CHECK:
        return _skipped(planned, Cause("check", f"would tell {step.to}"))
    return Tell(planned.path, step.to, step.title, _message(planned, seen))


def _message(planned: PlannedEscalate, seen: Sight) -> str:
    template = planned.step.message
    if template is None:
        return planned.step.title
    try:
        return str(template.text(seen.names(template.references)))
    except ExpressionError as error:
        return f"{planned.step.title} (its message could not be rendered: {error.message})"
