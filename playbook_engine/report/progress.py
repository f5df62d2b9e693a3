"""A run as its viewers see it: what is going on, folded from events. Screens only draw it.

It is folded in place. A step on a thousand targets sends a thousand events, and a new value for each of them would
cost a thousand copies.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import assert_never

from playbook_engine.model.events import (
    ApprovalDeclined,
    ApprovalGranted,
    ApprovalRequested,
    AttemptFinished,
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
    TargetInput,
    UndoFinished,
    UndoStarted,
)
from playbook_engine.model.outcomes import Outcome
from playbook_engine.values import StepPath, TargetName


@dataclass(slots=True, kw_only=True)
class Running:
    """A step that has begun: since when, and how far it is."""

    verb: str
    title: str
    since_ms: int
    asked: Counter[TargetName] = field(default_factory=Counter)
    """How many answers each target owes in a round; several where a verify repeats several checks."""
    missing: Counter[TargetName] = field(init=False)
    """How many of them are still to come in this round."""
    attempt: int = 1
    failing: str | None = None
    """Why the latest answers do not hold; None once a whole round does."""
    holding_since_ms: int | None = None
    """When the first of the rounds began that held without a break; None while it fails."""
    _round_ms: int = 0
    _holds: bool = True

    def __post_init__(self) -> None:
        self.missing = Counter(self.asked)

    @property
    def answered(self) -> int:
        """Return how many targets have answered in this round."""
        return len(self.asked) - len(self.missing)

    def take(self, event: AttemptFinished, now_ms: int) -> None:
        """Take in one answer."""
        if event.attempt != self.attempt:
            self.attempt, self.missing = event.attempt, Counter(self.asked)
        if len(self.missing) == len(self.asked):
            self._round_ms, self._holds = now_ms - event.duration_ms, True
        self._answer(event.result.target)
        result = event.result
        if result.outcome is not Outcome.OK:
            self.failing = result.cause.message if result.cause else result.outcome.value
            self._holds, self.holding_since_ms = False, None
        elif self._holds and not self.missing:
            self.failing = None
            if self.holding_since_ms is None:
                self.holding_since_ms = self._round_ms

    def _answer(self, target: TargetName) -> None:
        self.missing[target] -= 1
        if self.missing[target] <= 0:
            del self.missing[target]


class Progress:
    """What is going on, by the path of each step."""

    def __init__(self) -> None:
        self.running: dict[StepPath, Running] = {}

    def take(self, recorded: Recorded) -> None:  # noqa: C901  one case for each event
        """Take an event in."""
        event, now = recorded.event, recorded.mono_ms
        match event:
            case AttemptFinished():
                if event.path in self.running:
                    self.running[event.path].take(event, now)
            case StepStarted():
                self._begin(event.path, event.verb, event.title, now, event.inputs)
            case UndoStarted():
                self._begin(event.path, "undo", event.title, now, event.inputs)
            case EscalationIntended():
                title = f"telling {event.contact}"
                self._begin(_notice(event.path, event.contact), "escalate", title, now)
            case EscalationDelivered() if event.wait_ms is not None:
                self.running.pop(_notice(event.path, event.contact), None)
                title = f"waiting for somebody to take what {event.contact} was told"
                self._begin(_notice(event.path, event.contact), "escalate", title, now)
            case EscalationDelivered() | EscalationFailed() | EscalationAcknowledged() | EscalationUnacknowledged():
                self.running.pop(_notice(event.path, event.contact), None)
            case StepFinished() | UndoFinished():
                self.running.pop(event.path, None)
            case RunFinished():
                self.running.clear()
            case (
                RunStarted()
                | ApprovalRequested()
                | ApprovalGranted()
                | ApprovalDeclined()
                | RunPaused()
                | RunInterrupted()
                | BranchTaken()
                | PlayStarted()
                | PlayFinished()
                | RecordLost()
            ):
                pass
            case _:
                assert_never(event)

    def _begin(self, path: StepPath, verb: str, title: str, now_ms: int, inputs: Iterable[TargetInput] = ()) -> None:
        asked = Counter(each.target for each in inputs)
        self.running[path] = Running(verb=verb, title=title, since_ms=now_ms, asked=asked)


def _notice(path: StepPath | None, contact: str) -> StepPath:
    return StepPath(f"{path or 'end'} to {contact}")
