"""What the conductor asks the executor to do; each is answered by events."""

from typing import TypeAlias

from playbook_engine.engine.prepare import Job
from playbook_engine.frozen import dataclass
from playbook_engine.model.events import Event
from playbook_engine.model.plan import ActingStep, PlannedMitigate
from playbook_engine.values import Duration, StepPath


@dataclass(frozen=True, slots=True)
class Record:
    """A decision that needs nobody's help: it becomes an event at once."""

    event: Event


@dataclass(frozen=True, slots=True)
class Perform:
    """Carry out a step; answered by StepStarted, AttemptFinished… and StepFinished."""

    step: ActingStep
    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class Rehearse:
    """Find out what a mitigation would do; answered by StepFinished."""

    step: PlannedMitigate
    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the person for a yes; answered by ApprovalGranted, ApprovalDeclined or RunPaused."""

    step: PlannedMitigate
    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Undo a mitigation where it began; answered by UndoStarted and UndoFinished."""

    step: PlannedMitigate


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell a contact; answered by EscalationIntended and EscalationDelivered or EscalationFailed.

    Where the run waits, EscalationAcknowledged or EscalationUnacknowledged follows on the delivery.
    """

    path: StepPath | None
    contact: str
    reason: str
    message: str
    wait: Duration | None = None
    """How long to wait for somebody to take it."""
    shown: str = ""
    """The message in the language of whoever reads it; what goes on record is `message`."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """End what is under way on the targets; every open step still ends with its own event."""


Command: TypeAlias = Record | Perform | Rehearse | Ask | TakeBack | Tell | Cancel
