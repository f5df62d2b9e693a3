"""A run as its viewers see it: what is going on, folded from events. Screens only draw it.

It is folded in place. A step on a thousand targets sends a thousand events, and a new value for each of them would
cost a thousand copies.
"""

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import assert_never

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
    TargetInput,
    UndoFinished,
    UndoStarted,
)
from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.results import TargetResult
from playbook_engine.model.rolling import Batches
from playbook_engine.phrases import screen
from playbook_engine.phrases.words import Phrase
from playbook_engine.values import StepPath, TargetName


@dataclass(slots=True, kw_only=True)
class Running:
    """A step that has begun: since when, and how far it is."""

    verb: str
    title: str
    """What is done; of a notice, who is told, which `phrase` says in words."""
    since_ms: int
    phrase: Phrase | None = None
    polls: bool = False
    """It asks in rounds; without that, an answer that is not settled means that the target is tried again."""
    batches: Batches | None = None
    asked: Counter[TargetName] = field(default_factory=Counter)
    """How many answers each target owes in a round; several where a verify repeats several checks."""
    missing: Counter[TargetName] = field(init=False)
    """How many of them are still to come in this round."""
    attempt: int = 1
    retried: set[TargetName] = field(default_factory=set)
    """Targets that did not end well and are tried again."""
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

    @property
    def batch(self) -> int:
        """Return the number of the batch that is under way."""
        sizes = self.batches.sizes if self.batches is not None else ()
        ends = accumulate(sizes)
        return next((number for number, end in enumerate(ends, 1) if self.answered < end), len(sizes))

    def take(self, event: AttemptFinished, now_ms: int) -> None:
        """Take in one answer."""
        if self.polls:
            self._take_in_round(event, now_ms)
        elif event.settled:
            self.retried.discard(event.result.target)
            self.failing = None if not self.retried else self.failing
            self._answer(event.result.target)
        else:
            self.retried.add(event.result.target)
            self.attempt = max(self.attempt, event.attempt)
            self.failing = _why(event.result)

    def _take_in_round(self, event: AttemptFinished, now_ms: int) -> None:
        if event.attempt != self.attempt:
            self.attempt, self.missing = event.attempt, Counter(self.asked)
        if len(self.missing) == len(self.asked):
            self._round_ms, self._holds = now_ms - event.duration_ms, True
        self._answer(event.result.target)
        result = event.result
        if result.outcome is not Outcome.OK:
            self.failing = _why(result)
            self._holds, self.holding_since_ms = False, None
        elif self._holds and not self.missing:
            self.failing = None
            if self.holding_since_ms is None:
                self.holding_since_ms = self._round_ms

    def _answer(self, target: TargetName) -> None:
        self.missing[target] -= 1
        if self.missing[target] <= 0:
            del self.missing[target]


def _why(result: TargetResult) -> str:
    return result.cause.message if result.cause else result.outcome.value


class Progress:
    """What is going on, by the path of each step; `polls` are the steps that ask in rounds."""

    def __init__(self, polls: Container[StepPath] = ()) -> None:
        self._polls = polls
        self.running: dict[StepPath, Running] = {}

    def take(self, recorded: Recorded) -> None:  # noqa: C901, PLR0912  one case for each event
        """Take an event in."""
        event, now = recorded.event, recorded.mono_ms
        match event:
            case AttemptFinished():
                if event.path in self.running:
                    self.running[event.path].take(event, now)
            case StepStarted():
                self._begin(event.path, event.verb, event.title, now, event.inputs)
                self.running[event.path].batches = event.batches
                self.running[event.path].polls = event.path in self._polls
            case ApprovalRequested():
                self._begin(event.path, "approval", f"waiting for a yes: {event.title}", now)
            case ApprovalGranted() | ApprovalDeclined() | RunPaused():
                self.running.pop(event.path, None)
            case UndoStarted():
                self._begin(event.path, "undo", event.title, now, event.inputs)
            case EscalationIntended():
                self._tell(event.path, event.contact, screen.Running.TELLING, now)
            case EscalationDelivered() if event.wait_ms is not None:
                self.running.pop(_notice(event.path, event.contact), None)
                self._tell(event.path, event.contact, screen.Running.WAITING_TAKEN, now)
            case EscalationDelivered() | EscalationFailed() | EscalationAcknowledged() | EscalationUnacknowledged():
                self.running.pop(_notice(event.path, event.contact), None)
            case StepFinished() | UndoFinished():
                self.running.pop(event.path, None)
            case RunFinished():
                self.running.clear()
            case (
                RunStarted()
                | RunInterrupted()
                | BatchFinished()
                | BranchTaken()
                | PlayStarted()
                | PlayFinished()
                | RecordLost()
                | AnswersLost()
            ):
                pass
            case _:
                assert_never(event)

    def _begin(self, path: StepPath, verb: str, title: str, now_ms: int, inputs: Iterable[TargetInput] = ()) -> None:
        asked = Counter(each.target for each in inputs)
        self.running[path] = Running(verb=verb, title=title, since_ms=now_ms, asked=asked)

    def _tell(self, path: StepPath | None, contact: str, phrase: Phrase, now_ms: int) -> None:
        self.running[_notice(path, contact)] = Running(verb="escalate", title=contact, phrase=phrase, since_ms=now_ms)


def _notice(path: StepPath | None, contact: str) -> StepPath:
    return StepPath(f"{path or 'end'} to {contact}")
