"""An event as the fields of `runbook-audit/1`: this format is frozen.

A line keeps its meaning for ever: fields may be added at the end of an event in a later version of this project, but
none changes its name, its type or its sense. `docs/reference/record.md` describes them for readers.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import assert_never

from playbook_engine.audit.jsontext import Json, JsonObject, canonical
from playbook_engine.audit.replies_v1 import cause_fields, clip, outcome_fields, target_fields, turn_fields
from playbook_engine.model.events import (
    Actor,
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
    Event,
    HostsRoad,
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
    TargetInput,
    UndoFinished,
    UndoStarted,
)
from playbook_engine.model.plan import InventoryRef, PlaybookRef
from playbook_engine.model.rolling import Batches
from playbook_engine.values import Secret, SecretText, Value

VERSION = 1

_TO_MICROSECONDS = len("2026-11-23T19:04:05.123456")


def encode(recorded: Recorded) -> JsonObject:
    """Return an event with its place in the run, in the order in which the fields stand in a line."""
    return {
        "v": VERSION,
        "seq": recorded.seq,
        "ts": timestamp(recorded.at),
        "mono_ms": recorded.mono_ms,
        "run": recorded.run,
        "type": recorded.event.type,
        **event_fields(recorded.event),
    }


def timestamp(at: datetime) -> str:
    """Return a moment in UTC with microseconds and `Z`; ValueError for a time without a zone."""
    offset = at.utcoffset()
    if offset is None:
        raise ValueError("a time on record needs its zone")
    if offset:
        at = at.astimezone(UTC)
    return f"{at.isoformat(timespec='microseconds')[:_TO_MICROSECONDS]}Z"


def event_fields(event: Event) -> JsonObject:  # noqa: C901, PLR0911, PLR0912  a table: one row for each type of event
    """Return what an event says of itself."""
    match event:
        case AttemptFinished():
            return _attempt_finished(event)
        case BatchFinished():
            return _batch_finished(event)
        case StepStarted():
            return _step_started(event)
        case StepFinished():
            return _step_finished(event)
        case BranchTaken():
            return _branch_taken(event)
        case PlayStarted():
            return _play_started(event)
        case PlayFinished():
            return _play_finished(event)
        case RunStarted():
            return _run_started(event)
        case RunFinished():
            return _run_finished(event)
        case RunPaused():
            return {"path": event.path, "reason": clip(event.reason)}
        case RunInterrupted():
            return {"signal": event.signal, "again": event.again}
        case RecordLost() | AnswersLost():
            return {"reason": clip(event.reason)}
        case ApprovalRequested():
            return _approval_requested(event)
        case ApprovalGranted():
            return {"path": event.path, "by": clip(event.by), "how": event.how}
        case ApprovalDeclined():
            return {"path": event.path, "by": clip(event.by), "stop": event.stop}
        case EscalationIntended():
            return _escalation_intended(event)
        case EscalationDelivered():
            return _escalation_delivered(event)
        case EscalationFailed():
            return {"path": event.path, "contact": event.contact, "reasons": _texts(event.reasons)}
        case EscalationAcknowledged():
            return _escalation_acknowledged(event)
        case EscalationUnacknowledged():
            return _escalation_unacknowledged(event)
        case UndoStarted():
            return {"path": event.path, "title": clip(event.title), "targets": _inputs(event.inputs)}
        case UndoFinished():
            return _undo_finished(event)
        case _:
            assert_never(event)


def _run_started(event: RunStarted) -> JsonObject:
    return {
        "mode": event.mode,
        "playbook": _playbook(event.playbook),
        "inventory": _inventory(event.inventory),
        "environment": event.environment,
        "actor": _actor(event.actor),
        "tool": event.tool,
        "inputs": [{"name": name, "value": clip(value)} for name, value in event.inputs],
        **({"notes": _texts(event.notes)} if event.notes else {}),
    }


def _playbook(ref: PlaybookRef) -> JsonObject:
    return {
        "name": ref.name,
        "version": ref.version,
        "title": clip(ref.title),
        "path": ref.path,
        "sha256": ref.sha256,
        "git": ref.git,
    }


def _inventory(ref: InventoryRef) -> JsonObject:
    return {
        "name": ref.name,
        "path": ref.path,
        "sha256": ref.sha256,
        "hosts": ref.hosts,
        "limit": ref.limit,
        "selected": list(ref.selected),
    }


def _actor(actor: Actor) -> JsonObject:
    return {"kind": actor.kind, "user": actor.user, "uid": actor.uid, "host": actor.host, "tty": actor.tty}


def _step_started(event: StepStarted) -> JsonObject:
    return {
        "path": event.path,
        "verb": event.verb,
        "title": clip(event.title),
        "id": event.id,
        "changes": event.changes,
        "targets": _inputs(event.inputs),
        **_batches(event.batches),
    }


def _batches(batches: Batches | None) -> JsonObject:
    if batches is None:
        return {}
    return {"batches": list(batches.sizes), "max_failures": batches.max_failures}


def _batch_finished(event: BatchFinished) -> JsonObject:
    return {
        "path": event.path,
        "number": event.number,
        "of": event.of,
        "targets": _texts(event.targets),
        "failed": event.failed,
        "max_failures": event.max_failures,
        "not_begun": event.not_begun,
        "goes_on": event.goes_on,
    }


def _attempt_finished(event: AttemptFinished) -> JsonObject:
    return {
        "path": event.path,
        "attempt": event.attempt,
        "probe": event.probe,
        "settled": event.settled,
        "duration_ms": event.duration_ms,
        **target_fields(event.result),
    }


def _step_finished(event: StepFinished) -> JsonObject:
    """Return a step's end; the answers stand in its attempts, so they are not repeated here."""
    return {
        "path": event.path,
        "verb": event.verb,
        "title": clip(event.title),
        "id": event.id,
        "outcome": event.result.outcome.value,
        "cause": cause_fields(event.result.cause),
        "duration_ms": event.duration_ms,
        "targets": [outcome_fields(result) for result in event.result.targets],
    }


def _branch_taken(event: BranchTaken) -> JsonObject:
    """Return which road was taken; `roads` is there only where every host took its own."""
    fields: JsonObject = {
        "path": event.path,
        "title": clip(event.title),
        "id": event.id,
        "taken": event.taken,
        "trace": clip(event.trace),
        "not_taken": _texts(event.not_taken),
    }
    return {**fields, "roads": [_hosts_road(road) for road in event.roads]} if event.roads else fields


def _hosts_road(road: HostsRoad) -> JsonObject:
    return {"taken": road.taken, "hosts": list(road.hosts), "trace": clip(road.trace), "failed": road.failed}


def _play_started(event: PlayStarted) -> JsonObject:
    return {
        "path": event.path,
        "playbook": _playbook(event.playbook),
        "inputs": [{"name": name, "value": clip(_shown(value))} for name, value in event.inputs],
        "hosts": None if event.hosts is None else list(event.hosts),
    }


def _shown(value: Value) -> str:
    """Return a value as a text: texts and secrets as they may be shown, everything else as JSON."""
    return str(value) if isinstance(value, str | Secret | SecretText) else canonical(value)


def _play_finished(event: PlayFinished) -> JsonObject:
    return {
        "path": event.path,
        "name": event.name,
        "title": clip(event.title),
        "ended": event.ended.value,
        "duration_ms": event.duration_ms,
    }


def _approval_requested(event: ApprovalRequested) -> JsonObject:
    return {
        "path": event.path,
        "title": clip(event.title),
        "id": event.id,
        "targets": _inputs(event.inputs),
        **_batches(event.batches),
    }


def _escalation_intended(event: EscalationIntended) -> JsonObject:
    return {
        "path": event.path,
        "contact": event.contact,
        "reason": clip(event.reason),
        "message": clip(event.message),
        "key": event.key,
    }


def _escalation_delivered(event: EscalationDelivered) -> JsonObject:
    """Return what was delivered; `wait_ms` is there only where somebody is to take it."""
    fields: JsonObject = {
        "path": event.path,
        "contact": event.contact,
        "channel": event.channel,
        "address": clip(event.address),
        "receipt": clip(event.receipt),
        "tries": event.tries,
    }
    return fields if event.wait_ms is None else {**fields, "wait_ms": event.wait_ms}


def _escalation_acknowledged(event: EscalationAcknowledged) -> JsonObject:
    return {
        "path": event.path,
        "contact": event.contact,
        "by": clip(event.by),
        "how": event.how,
        "note": clip(event.note),
        "waited_ms": event.waited_ms,
    }


def _escalation_unacknowledged(event: EscalationUnacknowledged) -> JsonObject:
    return {
        "path": event.path,
        "contact": event.contact,
        "reason": clip(event.reason),
        "waited_ms": event.waited_ms,
    }


def _undo_finished(event: UndoFinished) -> JsonObject:
    """Return the end of an undo, answers included: an undo has no attempts of its own."""
    return {
        "path": event.path,
        "title": clip(event.title),
        "outcome": event.result.outcome.value,
        "cause": cause_fields(event.result.cause),
        "duration_ms": event.duration_ms,
        "targets": [target_fields(result) for result in event.result.targets],
    }


def _run_finished(event: RunFinished) -> JsonObject:
    return {
        "verdict": event.verdict.value,
        "exit_code": int(event.exit_code),
        "reason": clip(event.reason),
        "changed": _texts(event.changed),
        "undone": _texts(event.undone),
        "not_undone": _texts(event.not_undone),
        "told": _texts(event.told),
        "not_told": _texts(event.not_told),
        "duration_ms": event.duration_ms,
    }


def _inputs(inputs: Iterable[TargetInput]) -> list[Json]:
    return [
        {
            "target": given.target,
            "transport": given.transport,
            "address": given.address,
            "request": clip(given.request),
            "timeout_ms": given.timeout_ms,
            "undo": None if given.undo is None else clip(given.undo),
            **turn_fields(given.on, given.item),
        }
        for given in inputs
    ]


def _texts(texts: Iterable[str]) -> list[Json]:
    return [clip(text) for text in texts]


__all__ = ["VERSION", "encode", "event_fields", "timestamp"]
