"""What the engine needs of the world, as protocols; `app` fills them."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from playbook_engine.diagnostics import Problems, Source
from playbook_engine.frozen import dataclass
from playbook_engine.model.document import Document
from playbook_engine.model.errands import Errand
from playbook_engine.model.events import Event, Recorded, TargetInput
from playbook_engine.model.inventory import Channel
from playbook_engine.model.replies import Answer
from playbook_engine.model.requests import Request
from playbook_engine.model.rolling import Batches
from playbook_engine.values import Duration, Secret, StepPath


class Clock(Protocol):
    """The only source of time; tests bring their own."""

    def now(self) -> datetime:
        """Return the wall clock in UTC."""
        ...

    def monotonic_ms(self) -> int: ...

    async def sleep(self, seconds: float) -> None: ...


class Transport(Protocol):
    """Carries requests of one kind; keeps one warm connection per target until `close`.

    `perform` never raises for what goes wrong on the way or on the target: that is a Fault. It ends by the
    request's own timeout. When it is cancelled it ends what it began on the target before it returns.

    `close` may be called at any time and more than once. It ends what is under way, which is answered with a Fault,
    and takes bounded time; afterwards nothing is sent any more.
    """

    async def perform(self, request: Request) -> Answer: ...

    async def close(self) -> None: ...


class Carrier(Protocol):
    """Takes each request of a run to the transport that carries it; told what the request is for."""

    async def carry(self, request: Request, errand: Errand) -> Answer: ...


class EventSink(Protocol):
    """Sees every event after it has been recorded; a sink that fails is dropped, the run goes on."""

    def emit(self, recorded: Recorded) -> None: ...


class Recorder(Protocol):
    """Puts events on disk in order.

    `durable` events are fsynced before `record` returns. When the disk refuses, `record` raises
    RecordUnavailable once; afterwards it only numbers events, so that screens go on. When full answers cannot be kept
    any longer it raises AnswersUnavailable once, before it has written anything of the event.
    """

    def record(self, event: Event, *, durable: bool = False) -> Recorded: ...

    def hide(self, secret: Secret) -> None:
        """Mask a secret that came up during the run in all that is recorded from here on."""
        ...

    @property
    def available(self) -> bool: ...


class Approver(Protocol):
    """Asks the person at the terminal."""

    async def approve(
        self, title: str, inputs: tuple[TargetInput, ...], batches: Batches | None
    ) -> "ApprovalAnswer": ...


class ApprovalAnswer(Protocol):
    """`yes`, or no; `stop` when the whole run should end here."""

    @property
    def yes(self) -> bool: ...
    @property
    def stop(self) -> bool: ...
    @property
    def by(self) -> str: ...


class Notice(Protocol):
    """What someone is told: short text for people, and fields for machines."""

    @property
    def text(self) -> str: ...
    @property
    def fields(self) -> Mapping[str, str]: ...
    @property
    def key(self) -> str: ...


class Notifier(Protocol):
    """Sends one notice on one channel once; the answer is a receipt or a failure."""

    async def send(
        self, channel: Channel, address: str, notice: Notice, secrets: Mapping[str, Secret]
    ) -> "Delivery": ...


class Delivery(Protocol):
    """What the channel said; `retry_after_s` is None when another try is pointless."""

    @property
    def delivered(self) -> bool: ...
    @property
    def detail(self) -> str: ...
    @property
    def retry_after_s(self) -> float | None: ...


class ReadYaml(Protocol):
    """Reads YAML text into a tree with positions; None when it cannot be read at all."""

    def __call__(self, source: Source, problems: Problems) -> Document | None: ...


class Told(Protocol):
    """How telling a contact ended: on which channel, or why on none."""

    @property
    def channel(self) -> str | None:
        """Return the channel that took it; None when nobody could be told."""
        ...

    @property
    def address(self) -> str: ...
    @property
    def receipt(self) -> str: ...
    @property
    def tries(self) -> int: ...
    @property
    def reasons(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What there is to tell: why, what the playbook's author wants said, and what was done by now."""

    path: StepPath | None
    reason: str
    message: str
    changed: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    wait: Duration | None = None
    """How long the run waits for somebody to take it."""
    shown: str = ""
    """The message in the language of whoever reads it, when that is another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A notice that somebody is to take, and for how long the run waits for that."""

    path: StepPath
    contact: str
    title: str
    wait: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Who took a notice; `how` says by what means, `note` what they added."""

    by: str
    how: str
    note: str = ""


class Acknowledgements(Protocol):
    """Where people say that they take what a run waits for."""

    def opened(self, awaited: Awaited) -> AbstractContextManager["AckBox | str"]:
        """Let people take a notice while this lasts; a sentence when that cannot be."""
        ...


class AckBox(Protocol):
    """What people have said by now."""

    @property
    def pause_s(self) -> float:
        """Return after how many seconds another look is worth while."""
        ...

    def taken(self) -> Taken | None: ...


class Teller(Protocol):
    """Tells a contact on the first channel that works; never raises, and ends within its channels' budgets."""

    def key(self, path: StepPath | None, contact: str) -> str:
        """Return the idempotency key under which a receiver knows this notice again."""
        ...

    async def tell(self, contact: str, story: Story, key: str) -> Told: ...
