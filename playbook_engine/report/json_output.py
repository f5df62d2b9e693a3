"""A run for machines: one JSON document at its end, or the stream of its events. Key names are stable."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from playbook_engine.model.events import (
    BranchTaken,
    EscalationAcknowledged,
    EscalationUnacknowledged,
    PlayFinished,
    PlayStarted,
    Recorded,
    RunFinished,
    RunStarted,
    StepFinished,
    UndoFinished,
)
from playbook_engine.model.outcomes import Cause
from playbook_engine.model.results import TargetResult
from playbook_engine.values import RunId, StepPath

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


class JsonLines:
    """An event sink that writes each event as a line; `encode` is that of the record."""

    def __init__(
        self,
        write: Callable[[str], object],
        encode: Callable[[Recorded], Mapping[str, object]],
        *,
        ascii_only: bool = False,
    ) -> None:
        self._write = write
        self._encode = encode
        self._ascii_only = ascii_only

    def emit(self, recorded: Recorded) -> None:
        """Write one line."""
        fields = self._encode(recorded)
        self._write(json.dumps(fields, ensure_ascii=self._ascii_only, separators=(",", ":")) + "\n")


class JsonDocument:
    """An event sink that keeps what the document at the end needs."""

    def __init__(self) -> None:
        self._steps: list[Json] = []
        self._started: RunStarted | None = None
        self._plays: dict[StepPath, PlayStarted] = {}

    def emit(self, recorded: Recorded) -> None:
        """Keep a step, a decision, an undo."""
        event = recorded.event
        match event:
            case RunStarted():
                self._started = event
            case StepFinished():
                self._steps.append(_step(event, event.verb, event.id))
            case UndoFinished():
                self._steps.append(_step(event, "undo", None))
            case BranchTaken():
                self._steps.append(_branch(event))
            case PlayStarted():
                self._plays[event.path] = event
            case PlayFinished():
                self._steps.append(_play(event, self._plays.get(event.path)))
            case EscalationAcknowledged() | EscalationUnacknowledged():
                self._steps.append(_wait(event))
            case _:
                pass

    def document(
        self, finished: RunFinished, *, run: RunId, record: Path | None, head: str | None
    ) -> dict[str, Json]:
        """Return the whole run as one value."""
        started = self._started
        return {
            "run": run,
            "playbook": {"name": started.playbook.name, "version": started.playbook.version} if started else None,
            "environment": started.environment if started else None,
            "mode": started.mode if started else None,
            "notes": list(started.notes) if started else [],
            "verdict": finished.verdict.value,
            "exit_code": finished.exit_code,
            "reason": finished.reason,
            "steps": self._steps,
            "changed": list(finished.changed),
            "undone": list(finished.undone),
            "not_undone": list(finished.not_undone),
            "told": list(finished.told),
            "not_told": list(finished.not_told),
            "duration_ms": finished.duration_ms,
            "record": str(record) if record else None,
            "head": head,
        }


def _step(event: StepFinished | UndoFinished, verb: str, name: str | None) -> dict[str, Json]:
    result = event.result
    return {
        "path": event.path,
        "id": name,
        "verb": verb,
        "title": event.title,
        "outcome": result.outcome.value,
        "cause": _cause(result.cause),
        "duration_ms": event.duration_ms,
        "targets": [_target(each) for each in result.targets],
    }


def _branch(event: BranchTaken) -> dict[str, Json]:
    return {
        "path": event.path,
        "id": event.id,
        "verb": "branch",
        "title": event.title,
        "taken": event.taken,
        "why": event.trace,
        "not_taken": list(event.not_taken),
        "roads": [
            {"taken": road.taken, "hosts": list(road.hosts), "why": road.trace, "failed": road.failed}
            for road in event.roads
        ],
    }


def _play(event: PlayFinished, started: PlayStarted | None) -> dict[str, Json]:
    return {
        "path": event.path,
        "id": None,
        "verb": "play",
        "title": event.title,
        "playbook": {"name": event.name, "version": started.playbook.version if started else None},
        "hosts": list(started.hosts) if started and started.hosts is not None else None,
        "outcome": event.ended.value,
        "duration_ms": event.duration_ms,
    }


def _wait(event: EscalationAcknowledged | EscalationUnacknowledged) -> dict[str, Json]:
    """Return whether somebody took a notice that the run waited for."""
    taken = event if isinstance(event, EscalationAcknowledged) else None
    return {
        "path": event.path,
        "verb": "escalate",
        "contact": event.contact,
        "acknowledged": taken is not None,
        "by": taken.by if taken else None,
        "note": taken.note if taken else None,
        "reason": event.reason if isinstance(event, EscalationUnacknowledged) else None,
        "duration_ms": event.waited_ms,
    }


def _target(result: TargetResult) -> Json:
    return {
        "target": result.target,
        "on": result.place,
        "item": result.item,
        "counts": result.counts,
        "outcome": result.outcome.value,
        "attempts": result.attempts,
        "cause": _cause(result.cause),
    }


def _cause(cause: Cause | None) -> Json:
    return {"kind": cause.kind, "message": cause.message} if cause else None
