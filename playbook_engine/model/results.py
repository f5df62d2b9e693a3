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
    """Whether the request may have reached the target, on any attempt."""
    counts: bool = True
    """False for a health check that is not critical: it is shown, and nothing hangs on it."""
    on: TargetName | None = None
    """The target that a turn of a loop is carried out on; None outside a loop, where `target` says it."""
    item: str | None = None
    """What the turn is for, as it may be shown."""

    @property
    def place(self) -> TargetName:
        """Return the target itself, also for a turn of a loop: `api-1` for `api-1[nginx]`."""
        return self.target if self.on is None else self.on


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """A finished step over all its targets."""

    outcome: Outcome
    targets: tuple[TargetResult, ...] = ()
    cause: Cause | None = None

    @classmethod
    def of(cls, targets: tuple[TargetResult, ...]) -> "StepResult":
        """Return the result of all targets; those that do not count decide only when there are no others."""
        counting = [result.outcome for result in targets if result.counts]
        return cls(outcome=combine(counting or (result.outcome for result in targets)), targets=targets)
