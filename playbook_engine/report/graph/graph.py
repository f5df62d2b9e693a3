"""The decisions of a playbook as a graph: what a reader sees of it, before anybody draws it."""

from collections.abc import Iterator
from enum import StrEnum

from playbook_engine.frozen import dataclass


class Kind(StrEnum):
    """What a node is."""

    START = "start"
    HEALTH = "health"
    CHECK = "check"
    BRANCH = "branch"
    MITIGATE = "mitigate"
    VERIFY = "verify"
    ESCALATE = "escalate"
    PLAY = "play"
    UNDO = "undo"
    GOOD = "good"
    BAD = "bad"


class Line(StrEnum):
    """What an edge is."""

    FLOW = "flow"
    ASIDE = "aside"
    """Leads out of the way that is hoped for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A step, or how it ends; `key` is a name of letters, digits and `_`, `caption` is number and verb."""

    key: str
    kind: Kind
    title: str
    number: str = ""
    caption: str = ""
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    source: str
    target: str
    label: str = ""
    line: Line = Line.FLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Nodes that belong together, under a heading."""

    key: str
    title: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Nodes in the order in which a reader comes by them; the edges of a node from left to right."""

    name: str
    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    groups: tuple[Group, ...] = ()

    @property
    def stacked(self) -> Iterator[tuple[str, str]]:
        """Yield what stands above a group without leading to it, and the group's first node."""
        for group in self.groups:
            outside = [node.key for node in self.nodes if node.key not in group.members]
            if outside and group.members:
                yield outside[-1], group.members[0]
