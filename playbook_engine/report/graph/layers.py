"""Which row each node belongs to, and in which order the nodes of a row stand.

Rows with even numbers hold nodes, those between them the labels of edges. An edge that is longer than one row
passes each of them at a bend of its own, so that nothing stands in its way.
"""

from playbook_engine.frozen import dataclass
from playbook_engine.report.graph.crossings import untangle
from playbook_engine.report.graph.graph import Edge, Graph, Line
from playbook_engine.report.graph.sizes import Box, label_box, node_box

BEND = Box(width=14)


@dataclass(frozen=True, slots=True)
class Item:
    """Something with a place of its own: a node, a label or a bend."""

    key: str
    box: Box
    rank: int


@dataclass(frozen=True, slots=True)
class Chain:
    """An edge and all that it passes, its ends included."""

    edge: Edge
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layers:
    """The rows from top to bottom, each from left to right, and the edges through them."""

    rows: tuple[tuple[Item, ...], ...]
    chains: tuple[Chain, ...]


def layers(graph: Graph) -> Layers:
    """Put a graph in rows."""
    ranks = _ranks(graph)
    items = {node.key: Item(node.key, node_box(node), ranks[node.key]) for node in graph.nodes}
    chains = []
    # What leads out of the way goes to the right.
    for number, edge in enumerate(sorted(graph.edges, key=lambda edge: edge.line is Line.ASIDE)):
        bends = _bends(edge, number, ranks)
        items |= {bend.key: bend for bend in bends}
        chains.append(Chain(edge, (edge.source, *(bend.key for bend in bends), edge.target)))
    rows: list[list[Item]] = [[] for _ in range(max(ranks.values()) + 1)]
    for key in _walk(graph, chains):
        rows[items[key].rank].append(items[key])
    untangled = untangle([[item.key for item in row] for row in rows], [chain.keys for chain in chains])
    return Layers(tuple(tuple(items[key] for key in row) for row in untangled), tuple(chains))


def _ranks(graph: Graph) -> dict[str, int]:
    """Return the row of each node: below all that lead to it.

    Where roads meet again is below all that stands on them, so that ways which end do not cross those which go on.
    What nothing leads to comes below all before it.
    """
    before: dict[str, list[str]] = {node.key: [] for node in graph.nodes}
    for edge in graph.edges:
        before[edge.target].append(edge.source)
    ranks: dict[str, int] = {}
    for node in graph.nodes:
        sources = before[node.key]
        higher = sources if len(sources) == 1 else ranks
        ranks[node.key] = max((ranks[key] for key in higher), default=-2) + 2
    return ranks


def _bends(edge: Edge, number: int, ranks: dict[str, int]) -> list[Item]:
    """Return what an edge passes: its label in the first row between its ends, then bends."""
    between = range(ranks[edge.source] + 1, ranks[edge.target])
    boxes = [label_box(edge) if edge.label and rank == between.start else BEND for rank in between]
    return [Item(f"{number}:{rank}", box, rank) for rank, box in zip(between, boxes, strict=True)]


def _walk(graph: Graph, chains: list[Chain]) -> list[str]:
    """Return all keys in the order of a walk that goes down each edge, from left to right, before the next one.

    The rows that come of it have no crossings where the graph has none: branches that end, or meet again.
    """
    leaving: dict[str, list[Chain]] = {node.key: [] for node in graph.nodes}
    for chain in chains:
        leaving[chain.edge.source].append(chain)
    found: dict[str, None] = {}
    for root in graph.nodes:
        waiting: list[tuple[str, ...]] = [(root.key,)]
        while waiting:
            keys = waiting.pop()
            new = keys[-1] not in found
            found |= dict.fromkeys(keys)
            if new:
                waiting += [chain.keys[1:] for chain in reversed(leaving[keys[-1]])]
    return list(found)
