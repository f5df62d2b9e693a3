"""How events are put on record, and which of them must be on disk before anything else happens."""

from collections.abc import Callable

from playbook_engine.model.events import (
    AttemptFinished,
    BatchFinished,
    BranchTaken,
    Event,
    RecordLost,
    StepStarted,
)

Publish = Callable[[Event], bool]
"""Records an event and lets the conductor decide; False when it could not be put on disk."""


def is_durable(event: Event) -> bool:
    """Return whether an event is fsynced: intents, ends, approvals and notices, but never one for each target."""
    match event:
        case AttemptFinished() | BatchFinished() | BranchTaken() | RecordLost():
            return False
        case StepStarted():
            return event.changes
        case _:
            return True
