"""What a scripted transport answers: at once, late, by the request, by the turn, by the time that has passed."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from playbook_engine.model.replies import Answer, Fault, FaultKind
from playbook_engine.model.requests import Request
from playbook_engine.values import Duration, TargetName


@dataclass(frozen=True, slots=True)
class Delayed:
    """An answer that takes its time; when that is longer than the request's timeout, the answer is a Fault."""

    answer: Answer
    delay: Duration


@dataclass(frozen=True, slots=True)
class Computed:
    """An answer made from the request."""

    make: Callable[[Request], Answer]


Single: TypeAlias = Answer | Delayed | Computed


class Timeline:
    """An answer that changes while time passes, counted from the first request that it answers.

    `first` is the answer until the first of `changes`; each of them says when, and what the answer is from then on.
    """

    def __init__(self, first: Single, *changes: tuple[Duration, Single]) -> None:
        self._steps = ((Duration(0), first), *sorted(changes, key=lambda change: change[0].ms))

    def after(self, seconds: float) -> Single:
        """Return the answer of a moment."""
        return next(answer for since, answer in reversed(self._steps) if since.seconds <= seconds)


Scripted: TypeAlias = Single | Timeline
SILENT: Final = Delayed(Fault(kind=FaultKind.ERROR, message="never said"), Duration(sys.maxsize))
"""No answer at all: the request's own deadline ends the wait."""


@dataclass(slots=True)
class _Turns:
    """How often a rule was used, and when first: for one target, or for all together."""

    used: int = 0
    since: float | None = None


@dataclass(slots=True)
class Rule:
    fits: Callable[[Request], bool]
    answers: tuple[Scripted, ...]
    each_target: bool
    turns: dict[TargetName | None, _Turns] = field(default_factory=dict)

    def next(self, request: Request, now: float) -> Single:
        turns = self.turns.setdefault(request.target.name if self.each_target else None, _Turns())
        answer = self.answers[min(turns.used, len(self.answers) - 1)]
        turns.used += 1
        if not isinstance(answer, Timeline):
            return answer
        turns.since = now if turns.since is None else turns.since
        return answer.after(now - turns.since)
