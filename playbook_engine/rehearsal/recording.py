"""The record of a rehearsal: events in memory."""

from dataclasses import dataclass, field

from playbook_engine.model.events import Event, Recorded
from playbook_engine.ports import Clock
from playbook_engine.values import RunId, Secret

RUN = RunId("01REHEARSAL000000000000000")


@dataclass(slots=True)
class MemoryRecorder:
    """A `ports.Recorder` that never fails; nothing that it holds leaves the process."""

    clock: Clock
    events: list[Event] = field(default_factory=list)

    @property
    def available(self) -> bool:
        return True

    def hide(self, secret: Secret) -> None:
        """Do nothing: there is no real secret here."""

    def record(self, event: Event, *, durable: bool = False) -> Recorded:
        """Number an event."""
        del durable
        self.events.append(event)
        return Recorded(
            seq=len(self.events),
            at=self.clock.now(),
            mono_ms=self.clock.monotonic_ms(),
            run=RUN,
            event=event,
        )
