"""What a request is sent for: the step, the target, and to what end."""

from enum import StrEnum

from playbook_engine.frozen import dataclass
from playbook_engine.model.steps import ActingStep
from playbook_engine.values import StepPath, TargetName


class Purpose(StrEnum):
    """To what end a step sends a request."""

    DO = "do"
    """The step's own action."""
    LOOK = "look"
    """What a change is about to replace."""
    TRY = "try"
    """What a change would do (`--check`)."""
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Where a request comes from. `path` and `step` are a health check's own where a verify repeats it.

    `target` is the name under which the answer is kept: in a loop that of the turn, and `place` is the target itself.
    """

    path: StepPath
    step: ActingStep
    target: TargetName
    place: TargetName
    purpose: Purpose = Purpose.DO
