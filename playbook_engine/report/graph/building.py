"""From a playbook to its graph."""

from collections.abc import Callable
from typing import assert_never

from playbook_engine.frozen import dataclass
from playbook_engine.model.expressions import Expression
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.shapes import Shape
from playbook_engine.model.steps import (
    Branch,
    Case,
    Check,
    Escalate,
    Irreversible,
    Mitigate,
    OnFailure,
    OnPass,
    Step,
    Verify,
)
from playbook_engine.phrases.graph import Edges, Ends, Kinds
from playbook_engine.phrases.lists import listed
from playbook_engine.phrases.words import ENGLISH, Words
from playbook_engine.report.graph.details import details
from playbook_engine.report.graph.graph import Edge, Graph, Group, Kind, Line, Node
from playbook_engine.report.handbook.numbers import Numbers, numbered, roads
from playbook_engine.report.handbook.speech import Speech

_KINDS = {
    Check: (Kind.CHECK, Kinds.CHECK),
    Branch: (Kind.BRANCH, Kinds.BRANCH),
    Mitigate: (Kind.MITIGATE, Kinds.MITIGATE),
    Verify: (Kind.VERIFY, Kinds.VERIFY),
    Escalate: (Kind.ESCALATE, Kinds.ESCALATE),
}


@dataclass(frozen=True, slots=True)
class Loose:
    """An edge that waits for the node it leads to; `order` tells which of a node's edges is further to the left."""

    source: str
    order: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """Where one is: the edges that lead on, and the changes that can be taken back, the newest first."""

    ends: tuple[Loose, ...]
    changed: tuple[str, ...] = ()


def graph_of(playbook: Playbook, shape_of: Callable[[str], Shape], words: Words = ENGLISH) -> Graph:
    """Return the decisions of a playbook as a graph."""
    speech = Speech(Numbers.of(playbook), lambda code: words(Edges.QUOTED, words=code), words)

    def condition(expression: Expression) -> str:
        return speech.sentence(shape_of(expression.source)) or expression.source

    builder = _Builder(playbook, condition, words)
    builder.whole()
    groups = [Group(key="finally", title=words(Ends.FINALLY), members=tuple(builder.closing))]
    return Graph(
        name=playbook.name,
        title=playbook.title,
        nodes=tuple(builder.nodes),
        edges=tuple(edge for _, edge in sorted(builder.edges, key=lambda each: each[0])),
        groups=tuple(group for group in groups if group.members),
    )


class _Builder:
    """Collects nodes and edges on a walk through the playbook."""

    def __init__(self, playbook: Playbook, condition: Callable[[Expression], str], words: Words) -> None:
        self.playbook = playbook
        self.condition = condition
        self.words = words
        self.nodes: list[Node] = []
        self.edges: list[tuple[int, Edge]] = []
        self.closing: list[str] = []
        self._order = 0

    def whole(self) -> None:
        """Draw health, steps and finally."""
        way = self._node(Node(key="start", kind=Kind.START, title=self.playbook.title), Way(()))
        if self.playbook.health:
            way = self._health(way)
        way = self.steps(self.playbook.steps, "", way)
        if way.ends:
            self._node(Node(key="unsolved", kind=Kind.BAD, title=self.words(Ends.UNSOLVED)), way)
        before = len(self.nodes)
        self.steps(self.playbook.finally_, "F", Way(()))
        self.closing = [node.key for node in self.nodes[before:]]

    def _health(self, way: Way) -> Way:
        lines = tuple(f"{number} {step.title}" for number, step in numbered(self.playbook.health, "H"))
        words = self.words
        way = self._node(Node(key="health", kind=Kind.HEALTH, title=words(Ends.ALL_WELL), details=lines), way)
        self._aside("health", words(Edges.YES), Node(key="healthy", kind=Kind.GOOD, title=words(Ends.HEALTHY)))
        return Way((self._loose("health", words(Edges.NO)),))

    def steps(self, steps: tuple[Step, ...], prefix: str, way: Way) -> Way:
        """Draw steps one after the other; return where they lead."""
        for number, step in numbered(steps, prefix):
            way = self._step(number, step, way)
        return way

    def _step(self, number: str, step: Step, way: Way) -> Way:
        kind, caption = _KINDS[type(step)]
        node = Node(
            key=_key(number),
            kind=kind,
            number=number,
            caption=self.words(caption, number=number),
            title=step.title,
            details=details(self.playbook, step, self.condition, self.words),
        )
        after = self._node(node, way)
        match step:
            case Check():
                if step.critical:
                    self._stop(node, Edges.DOES_NOT_HOLD, ())
                return after
            case Branch():
                return self._branch(number, step, after)
            case Mitigate():
                return self._mitigate(node, step, after)
            case Verify():
                return self._verify(node, step, after)
            case Escalate():
                return after
            case _:
                assert_never(step)

    def _mitigate(self, node: Node, step: Mitigate, way: Way) -> Way:
        reversible = not isinstance(step.undo, Irreversible)
        changed = (node.number, *way.changed) if reversible else way.changed
        chosen = step.on_failure or (OnFailure.UNDO if reversible else OnFailure.STOP)
        if chosen is not OnFailure.CONTINUE:
            self._stop(node, Edges.FAILS, changed if chosen is OnFailure.UNDO else ())
        return Way(way.ends, changed)

    def _verify(self, node: Node, step: Verify, way: Way) -> Way:
        chosen = step.on_failure or (OnFailure.UNDO if way.changed else OnFailure.STOP)
        resolves, goes_on = step.on_pass is OnPass.RESOLVE, chosen is OnFailure.CONTINUE
        ends: list[Loose] = []
        if resolves:
            solved = Node(key=f"{node.key}_solved", kind=Kind.GOOD, title=self.words(Ends.SOLVED))
            self._aside(node.key, self.words(Edges.HOLDS), solved, Line.FLOW)
        if not resolves:
            ends.append(self._loose(node.key, "" if goes_on else self.words(Edges.HOLDS)))
        if goes_on and resolves:
            ends.append(self._loose(node.key, self.words(Edges.DOES_NOT_HOLD)))
        if step.when is not None and (resolves or not goes_on):
            ends.append(self._loose(node.key, self.words(Edges.SKIPPED)))
        if not goes_on:
            self._stop(node, Edges.DOES_NOT_HOLD, way.changed if chosen is OnFailure.UNDO else ())
        return Way(tuple(ends), way.changed)

    def _branch(self, number: str, branch: Branch, way: Way) -> Way:
        source = way.ends[0].source
        ends: list[Loose] = []
        changed: tuple[str, ...] = ()
        cases: list[Case | None] = [*branch.cases, None]
        for (road, steps), case in zip(roads(branch, number), cases, strict=True):
            label = self.condition(case.when) if case else self.words(Edges.ELSE)
            taken = Way((self._loose(source, label),), way.changed)
            if case is not None and case.play is not None:
                title = self.words(Ends.CONTINUE, playbook=case.play.playbook)
                taken = self._node(Node(key=f"{_key(road)}_play", kind=Kind.PLAY, title=title), taken)
            taken = self.steps(steps, f"{road}.", taken)
            ends += taken.ends
            changed += tuple(each for each in taken.changed if each not in way.changed)
        return Way(tuple(ends), (*changed, *way.changed))

    def _node(self, node: Node, way: Way) -> Way:
        """Add a node behind all that leads to it."""
        self.nodes.append(node)
        self.edges += [(end.order, Edge(source=end.source, target=node.key, label=end.label)) for end in way.ends]
        return Way((self._loose(node.key),), way.changed)

    def _loose(self, source: str, label: str = "") -> Loose:
        self._order += 1
        return Loose(source, self._order, label)

    def _aside(self, source: str, label: str, node: Node, line: Line = Line.ASIDE) -> None:
        """Add a node in which a run ends."""
        self.nodes.append(node)
        order = self._loose(source).order
        self.edges.append((order, Edge(source=source, target=node.key, label=label, line=line)))

    def _stop(self, node: Node, label: Edges, undone: tuple[str, ...]) -> None:
        """Add the end without a solution, and the undo on the way to it."""
        unsolved = self.words(Ends.UNSOLVED)
        title = self.words(Ends.TAKE_BACK, numbers=listed(self.words, undone)) if undone else unsolved
        details = (unsolved,) if undone else ()
        kind = Kind.UNDO if undone else Kind.BAD
        end = Node(key=f"{node.key}_stop", kind=kind, title=title, details=details)
        self._aside(node.key, self.words(label), end)


def _key(number: str) -> str:
    return f"s{number.replace('.', '_')}"
