"""What is known of a run so far; a fold of its events."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import TypeAlias

from playbook_engine.frozen import dataclass
from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.plan import Blocks, Plan, PlannedMitigate, PlannedPlay, PlannedStep
from playbook_engine.model.results import StepResult
from playbook_engine.values import Names, RunId, StepPath, TargetName


class Phase(StrEnum):
    """Where a run is; `engine.transitions` says what follows what."""

    START = "start"
    HEALTH = "health"
    STEPS = "steps"
    UNDO = "undo"
    FINALLY = "finally"
    TELL = "tell"
    DONE = "done"


Hosts: TypeAlias = frozenset[TargetName] | None
"""The hosts that a road is for; None where it is not a question of hosts."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A list of blocks and how many of them have begun: those of a phase, of a road, of another playbook."""

    blocks: Blocks
    begun: int = 0
    hosts: Hosts = None


class Part(StrEnum):
    """How far another playbook is that is played."""

    ASKED = "asked"
    """A branch led to it, and it has not begun."""
    HEALTH = "health"
    STEPS = "steps"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayMark:
    """Another playbook is being played: what comes when the frame above has ended."""

    path: StepPath
    part: Part = Part.ASKED
    hosts: Hosts = None
    since_ms: int = 0


@dataclass(frozen=True, slots=True)
class RoadEnd:
    """How a road ended: what the last verify on it said, and whether one resolved it."""

    verified: bool | None
    resolved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadsMark:
    """Hosts take their own roads, one road after the other: what comes when the frame above has ended.

    `before` is what the last verify said before the branch.
    """

    path: StepPath
    waiting: tuple[tuple[str, frozenset[TargetName]], ...]
    """The roads that have not begun, with the hosts that take them."""
    under_way: str | None = None
    ended: tuple[RoadEnd, ...] = ()
    """The ends of the roads on which there was something to do."""
    undecided: tuple[tuple[TargetName, str], ...] = ()
    """Hosts on which the question could not be answered, and why."""
    hosts: Hosts = None
    before: bool | None = None


Framed: TypeAlias = Frame | PlayMark | RoadsMark
"""Closed: match it exhaustively."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A playbook that was played and whose `finally` is still to come."""

    path: StepPath
    hosts: Hosts


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the verdict is made of."""

    health: tuple[Outcome, ...] = ()
    verified: bool | None = None
    """The last verify's answer; None before any."""
    doubt: str | None = None
    """Why it counts as not verified although some verify passed."""
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
    """Everything that decides what comes next.

    `results` holds, for each playbook of the run by the path at which it is played, its finished steps that have an
    id; `index` and `plays` are the plan's steps and other playbooks by path, and never change.
    """

    plan: Plan
    run: RunId
    index: Mapping[StepPath, PlannedStep]
    plays: Mapping[StepPath, PlannedPlay] = field(default_factory=dict)
    started: str = ""
    started_ms: int = 0
    phase: Phase = Phase.START
    frames: tuple[Framed, ...] = ()
    open: frozenset[StepPath] = frozenset()
    """Steps, approvals, undos and notices that have begun and not ended."""
    awaited: frozenset[StepPath] = frozenset()
    """Notices that were delivered and that somebody is to take."""
    results: Mapping[StepPath, Mapping[str, StepResult]] = field(default_factory=dict)
    given: Mapping[StepPath, Names] = field(default_factory=dict)
    """What each playbook that was played got for its inputs."""
    healths: Mapping[StepPath, tuple[Outcome, ...]] = field(default_factory=dict)
    """How the health checks of each playbook that was played ended."""
    endings: tuple[Ending, ...] = ()
    """The latest last."""
    road_over: bool = False
    """A verify resolved the road that is under way, and the rest of it is left out."""
    undo: tuple[PlannedMitigate, ...] = ()
    """Mitigations that began and could be taken back, the latest last."""
    failed: bool = False
    """Something failed whose policy is undo."""
    facts: Facts = field(default_factory=Facts)


RESOLVED = "resolved"
"""Why the steps ended early, when it is over."""

TELL_PATH = StepPath("end")
"""The path under which the notice at the end of a run is open."""
