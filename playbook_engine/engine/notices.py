"""What became of a notice, as the result that later steps see.

| the notice was | somebody was waited for | outcome of the step |
|---|---|---|
| delivered | no | ok |
| delivered, and taken | yes | ok |
| delivered, and not taken | yes | failed |
| not delivered | any | error |
"""

from dataclasses import replace
from typing import TypeAlias, assert_never

from playbook_engine.engine.state import TELL_PATH, RunState
from playbook_engine.model.events import (
    EscalationAcknowledged,
    EscalationDelivered,
    EscalationFailed,
    EscalationUnacknowledged,
)
from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.plan import PlannedEscalate
from playbook_engine.model.replies import NoticeReply
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.model.scopes import scope_of
from playbook_engine.values import StepPath, TargetName

NoticeEvent: TypeAlias = EscalationDelivered | EscalationFailed | EscalationAcknowledged | EscalationUnacknowledged


def absorb(state: RunState, event: NoticeEvent) -> RunState:
    """Take the end of a notice into the state, or the beginning of the wait for somebody to take it."""
    facts = state.facts
    match event:
        case EscalationDelivered():
            state = replace(state, facts=replace(facts, told=_add(facts.told, event.contact)))
            if event.wait_ms is not None and event.path is not None:
                return replace(state, awaited=state.awaited | {event.path})
        case EscalationFailed():
            state = replace(state, facts=replace(facts, not_told=_add(facts.not_told, event.contact)))
        case EscalationAcknowledged() | EscalationUnacknowledged():
            state = replace(state, awaited=state.awaited - {event.path})
    return _closed(_with_notice(state, event), _open_name(event.path, event.contact))


def result_of(event: NoticeEvent) -> StepResult:
    """Return what became of a notice, by the table above."""
    match event:
        case EscalationDelivered():
            return _result(event, Outcome.OK, NoticeReply(delivered=True))
        case EscalationAcknowledged():
            taken = NoticeReply(delivered=True, acknowledged=True, by=event.by, note=event.note)
            return _result(event, Outcome.OK, taken)
        case EscalationUnacknowledged():
            return _result(event, Outcome.FAILED, NoticeReply(delivered=True), Cause("ack", event.reason))
        case EscalationFailed():
            why = Cause("undelivered", "; ".join(event.reasons))
            return _result(event, Outcome.ERROR, NoticeReply(delivered=False), why)
        case _:
            assert_never(event)


def _result(event: NoticeEvent, outcome: Outcome, reply: NoticeReply, cause: Cause | None = None) -> StepResult:
    target = TargetName(event.contact)
    return StepResult.of((TargetResult(target=target, outcome=outcome, cause=cause, reply=reply, begun=True),))


def with_result(state: RunState, path: StepPath, name: str, result: StepResult) -> RunState:
    """Return the state in which the steps of the same playbook see a result."""
    scope = scope_of(path)
    return replace(state, results={**state.results, scope: {**state.results.get(scope, {}), name: result}})


def _with_notice(state: RunState, event: NoticeEvent) -> RunState:
    """Give the result of an escalate that has an id to the steps after it."""
    planned = state.index.get(event.path) if event.path is not None else None
    if isinstance(planned, PlannedEscalate) and planned.step.id is not None:
        return with_result(state, planned.path, planned.step.id, result_of(event))
    return state


def _open_name(path: StepPath | None, contact: str) -> StepPath:
    return path if path is not None else StepPath(f"{TELL_PATH}/{contact}")


def _closed(state: RunState, path: StepPath) -> RunState:
    return replace(state, open=state.open - {path})


def _add(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return names if name in names else (*names, name)
