"""Takes an event into the state; decides nothing."""

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from playbook_engine.engine import notices, roads
from playbook_engine.engine.batches import tolerated
from playbook_engine.engine.index import branch_path, is_health
from playbook_engine.engine.notices import with_result
from playbook_engine.engine.roads import stop
from playbook_engine.engine.state import Facts, Phase, RunState
from playbook_engine.model.events import (
    AnswersLost,
    ApprovalDeclined,
    ApprovalGranted,
    ApprovalRequested,
    AttemptFinished,
    BatchFinished,
    BranchTaken,
    EscalationAcknowledged,
    EscalationDelivered,
    EscalationFailed,
    EscalationIntended,
    EscalationUnacknowledged,
    PlayFinished,
    PlayStarted,
    Recorded,
    RecordLost,
    RunFinished,
    RunInterrupted,
    RunPaused,
    RunStarted,
    StepFinished,
    StepStarted,
    UndoFinished,
    UndoStarted,
)
from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.plan import (
    PlannedBranch,
    PlannedCheck,
    PlannedEscalate,
    PlannedMitigate,
    PlannedStep,
    PlannedVerify,
)
from playbook_engine.model.results import TargetResult
from playbook_engine.model.settings import Mode
from playbook_engine.model.steps import OnFailure, OnPass
from playbook_engine.values import StepPath

FINE = (Outcome.OK, Outcome.SKIPPED)


def absorb(state: RunState, recorded: Recorded) -> RunState:  # noqa: C901, PLR0911, PLR0912  one case for each event
    """Return the state after the event."""
    event = recorded.event
    match event:
        case RunStarted():
            return replace(state, started=recorded.at.isoformat(), started_ms=recorded.mono_ms)
        case StepFinished():
            return _step_finished(state, event)
        case BranchTaken():
            return _branch_taken(state, event)
        case PlayStarted():
            given = {**state.given, event.path: dict(event.inputs)}
            state = replace(_closed(state, branch_path(event.path)), given=given)
            return roads.begin_play(state, event.path, recorded.mono_ms)
        case PlayFinished():
            return replace(_closed(state, event.path), frames=state.frames[:-1])
        case ApprovalDeclined():
            return _with(state, lambda facts: stop(facts, f"{event.by} stopped the run")) if event.stop else state
        case EscalationDelivered() | EscalationFailed() | EscalationAcknowledged() | EscalationUnacknowledged():
            return notices.absorb(state, event)
        case UndoFinished():
            return _undo_finished(state, event)
        case RunPaused():
            return _with(_closed(state, event.path), lambda facts: replace(facts, waiting=event.reason))
        case RunInterrupted():
            text = f"{event.signal} again" if event.again else event.signal
            return _with(state, lambda facts: replace(facts, signal=text))
        case RecordLost():
            return _with(state, lambda facts: replace(facts, record_lost=event.reason))
        case (
            AnswersLost()
            | StepStarted()
            | AttemptFinished()
            | BatchFinished()
            | ApprovalRequested()
            | ApprovalGranted()
            | EscalationIntended()
            | UndoStarted()
            | RunFinished()
        ):
            return state
        case _:
            assert_never(event)


def _closed(state: RunState, path: StepPath) -> RunState:
    return replace(state, open=state.open - {path})


def _with(state: RunState, change: Callable[[Facts], Facts]) -> RunState:
    return replace(state, facts=change(state.facts))


def _step_finished(state: RunState, event: StepFinished) -> RunState:
    state = _closed(state, event.path)
    if event.id is not None:
        state = with_result(state, event.path, event.id, event.result)
    elif any(target.captured for target in event.result.targets):
        state = with_result(state, event.path, event.path, event.result)
    planned = state.index[event.path]
    if state.phase is Phase.HEALTH or is_health(event.path):
        return _health_made(state, planned, event)
    match planned:
        case PlannedMitigate():
            return _mitigated(state, planned, event)
        case PlannedVerify():
            return _verified(state, planned, event)
        case PlannedBranch() if event.result.outcome is Outcome.ERROR:
            return _with(roads.not_played(state, event.path), lambda facts: stop(facts, _why_no_road(event)))
        case PlannedCheck() if planned.step.critical and state.phase is Phase.STEPS:
            return _critical(state, event)
        case PlannedBranch() | PlannedCheck() | PlannedEscalate():
            return state
        case _:
            assert_never(planned)


def _health_made(state: RunState, planned: PlannedStep, event: StepFinished) -> RunState:
    """Note how well it is; a check that is not critical says nothing about that."""
    if isinstance(planned, PlannedCheck) and not planned.probes[0].counts:
        return state
    if state.phase is Phase.HEALTH:
        return _with(state, lambda facts: replace(facts, health=(*facts.health, event.result.outcome)))
    return roads.add_health(state, event.path, event.result.outcome)


def _critical(state: RunState, event: StepFinished) -> RunState:
    """End the steps where a critical check is not well, as a failed verify does."""
    outcome = event.result.outcome
    if outcome in FINE:
        return state
    why = f"the critical check '{event.title}' ended {outcome.value}"
    return _with(state, lambda facts: replace(stop(facts, why), verified=False, doubt=None))


def _branch_taken(state: RunState, event: BranchTaken) -> RunState:
    planned = state.index[event.path]
    if not isinstance(planned, PlannedBranch):
        raise TypeError(f"{event.path} is not a branch")
    return roads.take(_closed(state, event.path), planned, event)


def _why_no_road(event: StepFinished) -> str:
    cause = event.result.cause
    if cause is not None and cause.kind == "inputs":
        return f"the branch '{event.title}' could not play what it leads to: {cause.message}"
    return f"the branch '{event.title}' could not be decided"


def _mitigated(state: RunState, planned: PlannedMitigate, event: StepFinished) -> RunState:
    if any(target.begun and not _changed_nothing(target) for target in event.result.targets):
        state = replace(state, undo=(*state.undo, planned))
        state = _with(state, lambda facts: replace(facts, changed=(*facts.changed, event.title)))
    if event.result.outcome in (*FINE, Outcome.ABORTED) or state.plan.settings.mode is not Mode.PLAY:
        return state
    if tolerated(planned.step.rolling, event.result):
        return state
    if state.facts.verified and planned.on_failure is not OnFailure.CONTINUE:
        # An earlier verify spoke of a state that is no more.
        state = _with(state, lambda facts: replace(facts, verified=False))
    return _failed(state, planned.on_failure, f"the mitigation '{event.title}' ended {event.result.outcome.value}")


def _changed_nothing(target: TargetResult) -> bool:
    """Return whether the target itself says that all was already as it should be.

    Of several attempts it only says that of the last one: an earlier one may have made it so.
    """
    return target.attempts == 1 and target.reply is not None and target.reply.changed is False


def _verified(state: RunState, planned: PlannedVerify, event: StepFinished) -> RunState:
    if event.result.outcome in (Outcome.SKIPPED, Outcome.ABORTED):
        return state
    passed = event.result.outcome is Outcome.OK
    state = _with(state, lambda facts: replace(facts, verified=passed, doubt=None))
    if not passed:
        return _failed(state, planned.on_failure, f"'{event.title}' ended {event.result.outcome.value}")
    if planned.step.on_pass is OnPass.RESOLVE:
        return roads.resolved(state)
    return state


def _failed(state: RunState, policy: OnFailure, why: str) -> RunState:
    match policy:
        case OnFailure.CONTINUE:
            return state
        case OnFailure.STOP:
            return _with(state, lambda facts: stop(facts, why))
        case OnFailure.UNDO:
            return replace(_with(state, lambda facts: stop(facts, why)), failed=True)
        case _:
            assert_never(policy)


def _undo_finished(state: RunState, event: UndoFinished) -> RunState:
    state = _closed(state, event.path)
    if event.result.outcome in FINE:
        return _with(state, lambda facts: replace(facts, undone=(*facts.undone, event.title)))
    return _with(state, lambda facts: replace(facts, not_undone=(*facts.not_undone, event.title)))
