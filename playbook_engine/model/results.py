"""What later expressions see of a finished step."""

from collections.abc import Mapping
from dataclasses import field

from playbook_engine.frozen import dataclass
from playbook_engine.model.outcomes import Cause, Outcome, combine
from playbook_engine.model.replies import Reply
from playbook_engine.values import TargetName, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetResult:
    """How one target ended: the last attempt's outcome, its answer if one came, and what was captured."""

    target: TargetName
    outcome: Outcome
    cause: Cause | None = None
    reply: Reply | None = None
    captured: Mapping[str, Value] = field(default_factory=dict)
    attempts: int = 1
    begun: bool = False
    """Whether the request may have reached the target."""

    @property
    def place(self) -> TargetName:
        """Return the target itself."""
        return self.target


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """A finished step over all its targets."""

    outcome: Outcome
    targets: tuple[TargetResult, ...] = ()
    cause: Cause | None = None

    @classmethod
    def of(cls, targets: tuple[TargetResult, ...]) -> "StepResult":
        return cls(outcome=combine(result.outcome for result in targets), targets=targets)
