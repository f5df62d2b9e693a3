"""A run for machines: one JSON document at its end, or the stream of its events. Key names are stable."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from playbook_engine.model.events import BranchTaken, Recorded, RunFinished, RunStarted, StepFinished, UndoFinished
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.values import RunId

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"


class JsonLines:
    """An event sink that writes each event as a line; `encode` is that of the record."""

    def __init__(self, write: Callable[[str], object], encode: Callable[[Recorded], Mapping[str, object]]) -> None:
        self._write = write
        self._encode = encode

    def emit(self, recorded: Recorded) -> None:
        """Write one line."""
        self._write(json.dumps(self._encode(recorded), ensure_ascii=False, separators=(",", ":")) + "\n")


class JsonDocument:
    """An event sink that keeps what the document at the end needs."""

    def __init__(self) -> None:
        self._steps: list[Json] = []
        self._started: RunStarted | None = None

    def emit(self, recorded: Recorded) -> None:
        """Keep a step, a decision, an undo."""
        event = recorded.event
        match event:
            case RunStarted():
                self._started = event
            case StepFinished():
                entry = _step(event.path, event.verb, event.title, event.result, event.duration_ms)
                self._steps.append({**entry, "id": event.id})
            case UndoFinished():
                self._steps.append(_step(event.path, "undo", event.title, event.result, event.duration_ms))
            case BranchTaken():
                self._steps.append(
                    {
                        "path": event.path,
                        "verb": "branch",
                        "title": event.title,
                        "taken": event.taken,
                        "why": event.trace,
                    }
                )
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


def _step(path: str, verb: str, title: str, result: StepResult, duration_ms: int) -> dict[str, Json]:
    return {
        "path": path,
        "verb": verb,
        "title": title,
        "outcome": result.outcome.value,
        "cause": result.cause.message if result.cause else None,
        "duration_ms": duration_ms,
        "targets": [_target(each) for each in result.targets],
    }


def _target(result: TargetResult) -> Json:
    cause = result.cause
    return {
        "target": result.target,
        "outcome": result.outcome.value,
        "attempts": result.attempts,
        "cause": {"kind": cause.kind, "message": cause.message} if cause else None,
    }
