"""Where nodes, labels and edges of the picture are, in pixels."""

from collections.abc import Mapping

from playbook_engine.frozen import dataclass
from playbook_engine.report.graph.graph import Edge, Graph, Kind, Node
from playbook_engine.report.graph.layers import Chain, Item, Layers, layers
from playbook_engine.report.graph.placing import placed
from playbook_engine.report.graph.sizes import Box

MARGIN = 24
_ROW_GAP = 20
_HEAD = 44
"""Room for the heading of a group."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A box and its middle."""

    box: Box
    x: float
    y: float

    @property
    def top(self) -> float:
        return self.y - self.box.height / 2

    @property
    def bottom(self) -> float:
        return self.y + self.box.height / 2

    @property
    def left(self) -> float:
        return self.x - self.box.width / 2

    @property
    def right(self) -> float:
        return self.x + self.box.width / 2


@dataclass(frozen=True, slots=True)
class Drawn:
    """An edge: the points that it passes, and where its label is."""

    edge: Edge
    points: tuple[tuple[float, float], ...]
    label: Spot | None


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle around a group."""

    title: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The whole picture."""

    width: float
    height: float
    nodes: tuple[tuple[Node, Spot], ...]
    edges: tuple[Drawn, ...]
    frames: tuple[Frame, ...]


def layout(graph: Graph) -> Layout:
    """Lay a graph out."""
    found = layers(graph)
    kinds = {node.key: node.kind for node in graph.nodes}
    middles = placed(found, kinds)
    heads = {group.members[0] for group in graph.groups}
    spots, height = _spots(found, middles, heads)
    frames = tuple(_frame(group.title, [spots[key] for key in group.members]) for group in graph.groups)
    return Layout(
        width=max([*(spot.right for spot in spots.values()), *(frame.right for frame in frames)]) + MARGIN,
        height=height + MARGIN,
        nodes=tuple((node, spots[node.key]) for node in graph.nodes),
        edges=tuple(_drawn(chain, spots, kinds) for chain in found.chains),
        frames=frames,
    )


def _spots(found: Layers, middles: Mapping[str, float], heads: set[str]) -> tuple[dict[str, Spot], float]:
    """Return where each item is, and where the last row ends."""
    left = min(middles[item.key] - item.box.width / 2 for row in found.rows for item in row)
    shift = MARGIN - left
    spots: dict[str, Spot] = {}
    top = float(MARGIN)
    for row in found.rows:
        top += _HEAD if any(item.key in heads for item in row) else 0
        height = max((item.box.height for item in row), default=0)
        spots |= {item.key: Spot(item.box, middles[item.key] + shift, _level(item, top, height)) for item in row}
        top += height + (_ROW_GAP if row else 0)
    return spots, top


def _level(item: Item, top: float, height: float) -> float:
    """Return the middle of an item in its row: nodes hang from its upper edge, all else is centred."""
    return top + (item.box.height if item.rank % 2 == 0 and item.box.rows else height) / 2


def _frame(title: str, spots: list[Spot]) -> Frame:
    return Frame(
        title,
        min(spot.left for spot in spots) - 14,
        min(spot.top for spot in spots) - _HEAD + 10,
        max(spot.right for spot in spots) + 14,
        max(spot.bottom for spot in spots) + 12,
    )


def _drawn(chain: Chain, spots: Mapping[str, Spot], kinds: Mapping[str, Kind]) -> Drawn:
    source, *between, target = (spots[key] for key in chain.keys)
    label = between[0] if chain.edge.label and between else None
    towards = between[0].x if between else target.x
    reach = 0.0 if kinds[chain.edge.source] is Kind.BRANCH else source.box.width / 3
    start = min(max(towards, source.x - reach), source.x + reach)
    points = [(start, source.bottom)]
    for spot in between:
        points += [(spot.x, spot.top), (spot.x, spot.bottom)] if spot.box.height else [(spot.x, spot.y)]
    return Drawn(chain.edge, (*points, (target.x, target.top)), label)
