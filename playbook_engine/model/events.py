"""What happened, in order: the audit record is these, and every view is made from them.

Bodies carry facts only. Whoever records them adds sequence number, time and run id (`Recorded`).
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, TypeAlias

from playbook_engine.frozen import dataclass
from playbook_engine.model.outcomes import Verdict
from playbook_engine.model.plan import InventoryRef, PlaybookRef
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.model.rolling import Batches
from playbook_engine.values import RunId, StepPath, TargetName, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who runs this: `kind` is `user`, `cron` or `ci`."""

    kind: str
    user: str
    uid: int
    host: str
    tty: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    type: ClassVar[str] = "run.started"
    mode: str
    playbook: PlaybookRef
    inventory: InventoryRef
    environment: str
    actor: Actor
    tool: str
    inputs: tuple[tuple[str, str], ...] = ()
    """Name and shown value of each input; secrets masked."""
    notes: tuple[str, ...] = ()
    """What should be known about the run from its beginning: a record that could not be read, for example."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetInput:
    """What a target is about to be asked, resolved, secrets masked; `undo` is how it would be taken back."""

    target: TargetName
    transport: str
    address: str
    request: str
    timeout_ms: int
    undo: str | None = None
    on: TargetName | None = None
    """The target itself, when this is a turn of a loop."""
    item: str | None = None
    """What the turn is for, as it may be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """For a mitigation this is the intent: it is on disk before anything is sent."""

    type: ClassVar[str] = "step.started"
    path: StepPath
    verb: str
    title: str
    id: str | None
    inputs: tuple[TargetInput, ...]
    changes: bool = False
    batches: Batches | None = None
    """How a mitigation rolls over its targets, when it does not change all at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFinished:
    """One target answered, or did not. `probe` names the health check that a verify repeats."""

    type: ClassVar[str] = "attempt.finished"
    path: StepPath
    attempt: int
    result: TargetResult
    duration_ms: int
    probe: str | None = None
    settled: bool = True
    """False while polling goes on, and when the target is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFinished:
    """A batch of a rolling mitigation is over; `failed` counts all targets by now that are not ok.

    `goes_on` says whether the next batch begins; `not_begun` is how many targets it and those after it have.
    """

    type: ClassVar[str] = "batch.finished"
    path: StepPath
    number: int
    of: int
    targets: tuple[TargetName, ...]
    failed: int
    max_failures: int
    not_begun: int
    goes_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinished:
    """A step is over. `cause` says why it was skipped, declined or could not begin."""

    type: ClassVar[str] = "step.finished"
    path: StepPath
    verb: str
    title: str
    id: str | None
    result: StepResult
    duration_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HostsRoad:
    """Hosts that took the same road for the same reason.

    `taken` is None for hosts that take none: the branch is not for them (`when`), or, when `failed`, the question
    could not be answered there.
    """

    taken: str | None
    hosts: tuple[TargetName, ...]
    trace: str
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchTaken:
    """Which road was taken, why (`trace`), and the roads that were not.

    Where every host takes its own (`for: host`), `roads` says which hosts took which, and why; `taken` names all
    roads that are taken.
    """

    type: ClassVar[str] = "branch.taken"
    path: StepPath
    title: str
    id: str | None
    taken: str
    trace: str
    not_taken: tuple[str, ...]
    roads: tuple[HostsRoad, ...] = ()


class PlayEnd(StrEnum):
    """How another playbook ended that was played."""

    HEALTHY = "healthy"
    """Its health held, so its steps were left out."""
    DONE = "done"
    """All its steps were carried out."""
    RESOLVED = "resolved"
    """A verify passed."""
    STOPPED = "stopped"
    """Its steps ended early."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayStarted:
    """A branch led to another playbook; `path` is the beginning of the paths of its steps."""

    type: ClassVar[str] = "play.started"
    path: StepPath
    playbook: PlaybookRef
    inputs: tuple[tuple[str, Value], ...] = ()
    """What it was given; secrets are masked wherever this is shown."""
    hosts: tuple[TargetName, ...] | None = None
    """The hosts that took this road; None where it was not a question of hosts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayFinished:
    """The other playbook is over, but for its `finally`, which is carried out with that of the run."""

    type: ClassVar[str] = "play.finished"
    path: StepPath
    name: str
    title: str
    ended: PlayEnd
    duration_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRequested:
    type: ClassVar[str] = "approval.requested"
    path: StepPath
    title: str
    id: str | None
    inputs: tuple[TargetInput, ...]
    batches: Batches | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalGranted:
    """`how` is `prompt`, `--yes`, `--approve` or `policy`."""

    type: ClassVar[str] = "approval.granted"
    path: StepPath
    by: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalDeclined:
    """A person said no; `stop` when they want the whole run to end here."""

    type: ClassVar[str] = "approval.declined"
    path: StepPath
    by: str
    stop: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationIntended:
    """Someone is about to be told; on disk before the message leaves. `path` is None at the end of a run."""

    type: ClassVar[str] = "escalation.intended"
    path: StepPath | None
    contact: str
    reason: str
    message: str
    key: str
    """The idempotency key: the same on every try."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationDelivered:
    type: ClassVar[str] = "escalation.delivered"
    path: StepPath | None
    contact: str
    channel: str
    address: str
    receipt: str
    tries: int
    wait_ms: int | None = None
    """How long the run waits for somebody to take it; None when it goes on at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationAcknowledged:
    """Somebody took it; `how` says by what means: `runbook ack`."""

    type: ClassVar[str] = "escalation.acknowledged"
    path: StepPath
    contact: str
    by: str
    how: str
    note: str = ""
    waited_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationUnacknowledged:
    """Nobody took it, and the run waits no longer; `reason` is a sentence."""

    type: ClassVar[str] = "escalation.unacknowledged"
    path: StepPath
    contact: str
    reason: str
    waited_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationFailed:
    """Nobody could be told on any channel; `reasons` has one sentence for each channel tried."""

    type: ClassVar[str] = "escalation.failed"
    path: StepPath | None
    contact: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoStarted:
    """`path` is the mitigation that is being taken back; on disk before anything is sent."""

    type: ClassVar[str] = "undo.started"
    path: StepPath
    title: str
    inputs: tuple[TargetInput, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoFinished:
    type: ClassVar[str] = "undo.finished"
    path: StepPath
    title: str
    result: StepResult
    duration_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPaused:
    """An approval or an answer is needed and nobody is here to give it."""

    type: ClassVar[str] = "run.paused"
    path: StepPath
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInterrupted:
    """`signal` is `SIGINT` or `SIGTERM`; `again` when it came a second time and undo is given up."""

    type: ClassVar[str] = "run.interrupted"
    signal: str
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLost:
    """The record cannot be written any more; nothing is changed from here on. Never on disk itself."""

    type: ClassVar[str] = "record.lost"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersLost:
    """Full answers are not kept any longer; the record itself goes on."""

    type: ClassVar[str] = "answers.lost"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished:
    """`changed`, `undone`, `not_undone` are titles of mitigations; `told` are contacts."""

    type: ClassVar[str] = "run.finished"
    verdict: Verdict
    exit_code: int
    reason: str
    changed: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    not_undone: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    not_told: tuple[str, ...] = ()
    duration_ms: int = 0


Event: TypeAlias = (
    RunStarted
    | StepStarted
    | AttemptFinished
    | BatchFinished
    | StepFinished
    | BranchTaken
    | PlayStarted
    | PlayFinished
    | ApprovalRequested
    | ApprovalGranted
    | ApprovalDeclined
    | EscalationIntended
    | EscalationDelivered
    | EscalationFailed
    | EscalationAcknowledged
    | EscalationUnacknowledged
    | UndoStarted
    | UndoFinished
    | RunPaused
    | RunInterrupted
    | RecordLost
    | AnswersLost
    | RunFinished
)
"""Closed: match it exhaustively."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event with its place in the run: sequence number, wall clock (UTC), monotonic clock."""

    seq: int
    at: datetime
    mono_ms: int
    run: RunId
    event: Event
