"""What is known of a run so far; a fold of its events."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from playbook_engine.frozen import dataclass
from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.plan import Blocks, Plan, PlannedMitigate, PlannedStep
from playbook_engine.model.results import StepResult
from playbook_engine.values import RunId, StepPath


class Phase(StrEnum):
    """Where a run is; `engine.transitions` says what follows what."""

    START = "start"
    HEALTH = "health"
    STEPS = "steps"
    UNDO = "undo"
    FINALLY = "finally"
    TELL = "tell"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Frame:
    """A list of blocks and how many of them have begun; branches push a frame."""

    blocks: Blocks
    begun: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the verdict is made of."""

    health: tuple[Outcome, ...] = ()
    verified: bool | None = None
    """The last verify's answer; None before any."""
    changed: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    not_undone: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    not_told: tuple[str, ...] = ()
    waiting: str | None = None
    """What nobody is here to answer."""
    stopped: str | None = None
    """Why the steps ended early."""
    signal: str | None = None
    record_lost: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState:
    """Everything that decides what comes next. `results` holds finished steps that have an id."""

    plan: Plan
    run: RunId
    index: Mapping[StepPath, PlannedStep]
    started: str = ""
    started_ms: int = 0
    phase: Phase = Phase.START
    frames: tuple[Frame, ...] = ()
    open: frozenset[StepPath] = frozenset()
    """Steps, approvals, undos and notices that have begun and not ended."""
    results: Mapping[str, StepResult] = field(default_factory=dict)
    undo: tuple[PlannedMitigate, ...] = ()
    """Mitigations that began and could be taken back, the latest last."""
    failed: bool = False
    """Something failed whose policy is undo."""
    facts: Facts = field(default_factory=Facts)


TELL_PATH = StepPath("end")
"""The path under which the notice at the end of a run is open."""
