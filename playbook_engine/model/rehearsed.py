"""What came of rehearsals: how each scenario went, and what of the playbooks was never played."""

from enum import StrEnum

from playbook_engine.diagnostics import Source, Span
from playbook_engine.frozen import dataclass
from playbook_engine.model.outcomes import Verdict
from playbook_engine.values import StepPath


class Mark(StrEnum):
    """What a line of a comparison is."""

    SAME = " "
    MISSING = "-"
    """Expected, and it did not happen."""
    EXTRA = "+"
    """It happened, and was not expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a comparison: a step and how it ended. `span` is where it is expected, `note` why it ended so."""

    mark: Mark
    text: str
    span: Span | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One way in which a scenario did not go as it should: what, where it stands, and what to do."""

    what: str
    message: str
    span: Span
    advice: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """How a scenario went; `took_ms` is by its own clock."""

    playbook: str
    scenario: str
    span: Span
    verdict: Verdict
    reason: str
    took_ms: int
    findings: tuple[Finding, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.findings


class EdgeKind(StrEnum):
    """What of a playbook can be taken or not."""

    STEP = "step"
    """A step is carried out."""
    BRANCH = "branch"
    """A case of a branch, or its `else`."""
    FAILURE = "on_failure"
    """A mitigation or a verify does not end well."""
    UNDO = "undo"
    """A mitigation is taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Something of a playbook that a rehearsal can take. `road` is the case of a branch."""

    kind: EdgeKind
    path: StepPath
    road: str = ""
    text: str
    span: Span

    @property
    def key(self) -> "EdgeKey":
        return EdgeKey(self.span.source.name, self.kind, self.path, self.road)


@dataclass(frozen=True, slots=True)
class EdgeKey:
    """What tells an edge from all others."""

    file: str
    kind: EdgeKind
    path: StepPath
    road: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """The edges of a playbook, and those of them that were taken. `rehearsed`: it has a rehearsal of its own."""

    name: str
    source: Source
    edges: tuple[Edge, ...]
    taken: frozenset[EdgeKey]
    rehearsed: bool

    def of(self, kind: EdgeKind) -> tuple[int, int]:
        """Return how many edges of a kind were taken, and how many there are."""
        found = [edge for edge in self.edges if edge.kind is kind]
        return sum(edge.key in self.taken for edge in found), len(found)

    @property
    def missed(self) -> tuple[Edge, ...]:
        """Return the edges that no scenario took, in file order."""
        left = (edge for edge in self.edges if edge.key not in self.taken)
        return tuple(sorted(left, key=lambda edge: (edge.span.line, edge.span.column)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that came of a test: scenarios in the order of files; coverage when it was asked for.

    `leftovers` are answers that scenarios share and none of them used.
    """

    scenarios: tuple[Rehearsed, ...]
    leftovers: tuple[Finding, ...] = ()
    coverage: tuple[Covered, ...] | None = None
    fail_under: float | None = None

    @property
    def branch_edges(self) -> tuple[int, int]:
        """Return how many cases and `else` of all branches were taken, and how many there are."""
        pairs = [covered.of(EdgeKind.BRANCH) for covered in self.coverage or ()]
        return sum(taken for taken, _ in pairs), sum(count for _, count in pairs)

    @property
    def percent(self) -> float:
        """Return the share of branch edges that were taken; without any branch, all of none."""
        taken, count = self.branch_edges
        return 100 * taken / count if count else 100.0

    @property
    def covered_enough(self) -> bool:
        return self.fail_under is None or self.percent >= self.fail_under

    @property
    def passed(self) -> bool:
        all_went = bool(self.scenarios) and all(each.passed for each in self.scenarios)
        return all_went and not self.leftovers and self.covered_enough
