"""A run as its viewers see it: a fold of events. Screens only draw it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from playbook_engine.model.events import (
    ApprovalDeclined,
    ApprovalGranted,
    ApprovalRequested,
    AttemptFinished,
    BranchTaken,
    EscalationDelivered,
    EscalationFailed,
    EscalationIntended,
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
from playbook_engine.values import StepPath, TargetName


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A step that has begun: what it is, since when, and how far it is."""

    path: StepPath
    verb: str
    title: str
    since_ms: int
    targets: tuple[TargetName, ...] = ()
    answered: Mapping[TargetName, Outcome] = field(default_factory=dict)
    attempt: int = 1
    asking: bool = False
    """It waits for a yes."""

    @property
    def pending(self) -> tuple[TargetName, ...]:
        """Return the targets that have not answered in this attempt."""
        return tuple(name for name in self.targets if name not in self.answered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What is going on, and what has been done."""

    started_ms: int = 0
    now_ms: int = 0
    title: str = ""
    running: Mapping[StepPath, Running] = field(default_factory=dict)
    done: int = 0
    interrupted: str | None = None
    finished: RunFinished | None = None


def fold(progress: Progress, recorded: Recorded) -> Progress:  # noqa: C901, PLR0911, PLR0912  one case for each event
    """Return the progress after an event."""
    event = recorded.event
    now = replace(progress, now_ms=recorded.mono_ms)
    match event:
        case RunStarted():
            return replace(now, started_ms=recorded.mono_ms, title=event.playbook.title)
        case StepStarted():
            targets = tuple(dict.fromkeys(each.target for each in event.inputs))
            return _begin(now, event.path, event.verb, event.title, targets)
        case AttemptFinished():
            return _answered(now, event)
        case StepFinished():
            return _end(now, event.path)
        case ApprovalRequested():
            asked = _begin(now, event.path, "mitigate", event.title, ())
            return _update(asked, replace(asked.running[event.path], asking=True))
        case ApprovalGranted() | ApprovalDeclined() | RunPaused():
            return _end(now, event.path)
        case UndoStarted():
            targets = tuple(dict.fromkeys(each.target for each in event.inputs))
            return _begin(now, event.path, "undo", event.title, targets)
        case UndoFinished():
            return _end(now, event.path)
        case EscalationIntended():
            return _begin(now, _notice(event.path, event.contact), "escalate", f"telling {event.contact}", ())
        case EscalationDelivered() | EscalationFailed():
            return _end(now, _notice(event.path, event.contact))
        case RunInterrupted():
            return replace(now, interrupted=event.signal)
        case RunFinished():
            return replace(now, finished=event, running={})
        case BranchTaken() | RecordLost():
            return now
        case _:
            assert_never(event)


def _notice(path: StepPath | None, contact: str) -> StepPath:
    return path if path is not None else StepPath(f"end/{contact}")


def _begin(progress: Progress, path: StepPath, verb: str, title: str, targets: tuple[TargetName, ...]) -> Progress:
    running = Running(path=path, verb=verb, title=title, since_ms=progress.now_ms, targets=targets)
    return _update(progress, running)


def _update(progress: Progress, running: Running) -> Progress:
    return replace(progress, running={**progress.running, running.path: running})


def _answered(progress: Progress, event: AttemptFinished) -> Progress:
    running = progress.running.get(event.path)
    if running is None:
        return progress
    before = running.answered if event.attempt == running.attempt else {}
    answered = {**before, event.result.target: event.result.outcome}
    return _update(progress, replace(running, answered=answered, attempt=event.attempt))


def _end(progress: Progress, path: StepPath) -> Progress:
    left = {key: value for key, value in progress.running.items() if key != path}
    return replace(progress, running=left, done=progress.done + (len(left) < len(progress.running)))
