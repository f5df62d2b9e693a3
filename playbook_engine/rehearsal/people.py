"""The people of a rehearsal: who says yes, who is told, who takes an escalation."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from playbook_engine.model.events import ApprovalRequested, Recorded, TargetInput
from playbook_engine.model.rehearsal import Ack, Approvals, Consent
from playbook_engine.model.rolling import Batches
from playbook_engine.ports import Awaited, Clock, Story, Taken
from playbook_engine.values import StepPath

PERSON = "operator"


@dataclass(frozen=True, slots=True)
class Said:
    """A person's answer (`ports.ApprovalAnswer`)."""

    consent: Consent

    @property
    def yes(self) -> bool:
        return self.consent is Consent.YES

    @property
    def stop(self) -> bool:
        return self.consent is Consent.STOP

    @property
    def by(self) -> str:
        return PERSON


@dataclass(slots=True)
class ScriptedPerson:
    """Says yes or no by step. It watches the events to know which step it is asked about."""

    approvals: Approvals
    names: Mapping[StepPath, str]
    asked: set[str] = field(default_factory=set)
    _about: StepPath | None = None

    def emit(self, recorded: Recorded) -> None:
        """See which step the next question is about."""
        if isinstance(recorded.event, ApprovalRequested):
            self._about = recorded.event.path

    async def approve(self, title: str, inputs: tuple[TargetInput, ...], batches: Batches | None) -> Said:
        """Say what the scenario says."""
        del inputs, batches
        name = title if self._about is None else self.names[self._about]
        self.asked.add(name)
        by_step = {word.text: consent for word, consent in self.approvals.by_step}
        return Said(by_step.get(name, self.approvals.otherwise))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How telling a contact ended (`ports.Told`)."""

    channel: str | None
    address: str = "rehearsal"
    receipt: str = "ok"
    tries: int = 1
    reasons: tuple[str, ...] = ()


@dataclass(slots=True)
class ScriptedTeller:
    """Tells everybody but those who cannot be told."""

    cannot_be_told: Sequence[str]
    tried: set[str] = field(default_factory=set)

    def key(self, path: StepPath | None, contact: str) -> str:
        """Return a key that tells notices apart."""
        return f"{path}|{contact}"

    async def tell(self, contact: str, story: Story, key: str) -> Told:
        """Tell a contact, or not."""
        del story, key
        self.tried.add(contact)
        if contact in self.cannot_be_told:
            return Told(channel=None, reasons=("the scenario says that nobody can be told there",))
        return Told(channel="rehearsal")


@dataclass(slots=True)
class ScriptedAcks:
    """Somebody takes what the run waits for, after a while; or nobody does."""

    ack: Ack | None
    clock: Clock
    waited: bool = False

    @contextmanager
    def opened(self, awaited: Awaited) -> Iterator["ScriptedBox"]:
        """Let the scenario's person take a notice."""
        del awaited
        self.waited = True
        yield ScriptedBox(self.ack, self.clock, self.clock.monotonic_ms())


@dataclass(frozen=True, slots=True)
class ScriptedBox:
    """What has been said by now (`ports.AckBox`)."""

    ack: Ack | None
    clock: Clock
    since_ms: int

    @property
    def pause_s(self) -> float:
        """Return how long it is until somebody takes it: nobody need look before that."""
        return math.inf if self.ack is None else max(self._left_ms(self.ack), 1) / 1000

    def _left_ms(self, ack: Ack) -> int:
        return self.since_ms + ack.after.ms - self.clock.monotonic_ms()

    def taken(self) -> Taken | None:
        """Return who took it, once the time has come."""
        if self.ack is None or self._left_ms(self.ack) > 0:
            return None
        return Taken(by=self.ack.by, how="rehearsal", note=self.ack.note)
