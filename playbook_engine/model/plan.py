"""A playbook bound to an inventory: targets, names and policies resolved, nothing contacted yet."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import TypeAlias

from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import Action
from playbook_engine.model.expressions import Expression, Template
from playbook_engine.model.inventory import Environment
from playbook_engine.model.outcomes import Cause
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.repeating import Retry
from playbook_engine.model.settings import RunSettings
from playbook_engine.model.steps import Branch, Check, Escalate, Mitigate, OnFailure, ResultHosts, Verify
from playbook_engine.model.targets import Target
from playbook_engine.values import Duration, Names, RunId, StepPath, TargetName, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One action with its expectations on its targets: what check, mitigate and verify are made of.

    A verify that repeats the health checks has one probe for each of them; every other step has one. `chosen` is
    the earlier result that says which of the targets are meant once it is there.
    """

    path: StepPath
    step: "Check | Mitigate | Verify"
    action: Action
    targets: tuple[Target, ...]
    timeout: Duration
    chosen: ResultHosts | None = None
    retry: Retry | None = None
    """How a target is tried again: the step's own way, else that of the playbook's defaults."""
    counts: bool = True
    """False for a health check that is not critical."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCheck:
    """`left_out`, here and in the other steps, says why this run leaves the step out: `--tags`, `--skip-tags`."""

    path: StepPath
    step: Check
    probes: tuple[Probe, ...]
    left_out: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMitigate:
    """`needs_approval` is the resolved policy: step, environment, `--yes` and `--approve` taken together."""

    path: StepPath
    step: Mitigate
    probes: tuple[Probe, ...]
    needs_approval: bool
    approved_by: str | None
    on_failure: OnFailure
    left_out: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedVerify:
    path: StepPath
    step: Verify
    probes: tuple[Probe, ...]
    on_failure: OnFailure
    left_out: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCase:
    """A road of a branch with its label for people (`case 1`), its condition (None for else) and its blocks.

    With `play` it has no steps of its own: another playbook is what it leads to.
    """

    label: str
    when: Expression | None
    blocks: "Blocks"
    play: "PlannedPlay | None" = None

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to do on this road."""
        return not self.blocks and self.play is None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedBranch:
    """`hosts` are those that take their own case (`for: host`); `chosen` is the result that narrows them down."""

    path: StepPath
    step: Branch
    cases: tuple[PlannedCase, ...]
    hosts: tuple[TargetName, ...] = ()
    chosen: ResultHosts | None = None
    left_out: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEscalate:
    path: StepPath
    step: Escalate
    left_out: Cause | None = None


PlannedStep: TypeAlias = PlannedCheck | PlannedMitigate | PlannedVerify | PlannedBranch | PlannedEscalate
ActingStep: TypeAlias = PlannedCheck | PlannedMitigate | PlannedVerify
Blocks: TypeAlias = tuple[tuple[PlannedStep, ...], ...]
"""Steps in order; the steps within one block are independent checks that run side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedInput:
    """A value that a playbook gives to the one it plays, known only when it comes to that.

    `fit` returns the value as the input takes it; ValueError says why it does not fit.
    """

    name: str
    template: Template
    fit: Callable[[Value], Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryRef:
    """Which inventory it was, for the record."""

    name: str
    path: str
    sha256: str
    hosts: int
    limit: str | None
    selected: tuple[TargetName, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybookRef:
    """Which playbook it was, for the record; `git` is the commit, with `+dirty` when the file differs from it."""

    name: str
    version: str
    title: str
    path: str
    sha256: str
    git: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A mitigation that an earlier run began on a target: which run, and how long before this one began.

    `ago_ms` is below zero when the record speaks of a time that is still to come.
    """

    run: RunId
    ago_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPlay:
    """Another playbook that a branch may lead to, bound like the one that plays it.

    `path` is where it stands, and the beginning of the paths of its steps: `steps/3/case 2/play`. Its names are its
    own: of those that play it, it sees only what they give to its inputs (`given`, and `later` when it begins).
    """

    path: StepPath
    playbook: Playbook
    ref: PlaybookRef
    health: Blocks
    steps: Blocks
    finally_: Blocks
    names: Names
    host_names: Mapping[TargetName, Names] = field(default_factory=dict)
    given: tuple[tuple[str, Value], ...] = ()
    later: tuple[PlannedInput, ...] = ()


def planned_steps(blocks: Blocks) -> Iterator[PlannedStep]:
    """Yield all steps in file order, those on every road and in every other playbook included."""
    for planned in (planned for block in blocks for planned in block):
        yield planned
        for road in _roads_of(planned):
            yield from planned_steps(road)


def planned_plays(blocks: Blocks) -> Iterator[PlannedPlay]:
    """Yield all other playbooks that the steps may lead to, those that these lead to included."""
    for planned in planned_steps(blocks):
        if isinstance(planned, PlannedBranch):
            yield from (case.play for case in planned.cases if case.play is not None)


def _roads_of(planned: PlannedStep) -> Iterator[Blocks]:
    if isinstance(planned, PlannedBranch):
        for case in planned.cases:
            yield case.blocks
            if case.play is not None:
                yield from (case.play.health, case.play.steps, case.play.finally_)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that a run needs; the engine asks nobody else."""

    playbook: Playbook
    playbook_ref: PlaybookRef
    inventory_ref: InventoryRef
    environment: Environment
    settings: RunSettings
    health: Blocks
    steps: Blocks
    finally_: Blocks
    names: Names
    """What every step sees: inputs, vars, variables of group `all`, `env`, `secret`, `playbook`."""
    host_names: Mapping[TargetName, Names] = field(default_factory=dict)
    """What a step sees in addition on a host; these win over `names`."""
    made: Mapping[tuple[str, str, TargetName], Made] = field(default_factory=dict)
    """What earlier runs changed, by playbook, step (its id, else its title) and target:
    what cooldowns are counted from."""

    @property
    def blocks(self) -> Blocks:
        """Return the blocks of all three parts."""
        return (*self.health, *self.steps, *self.finally_)
