"""A graph as a picture: one SVG file, without scripts and without anything from elsewhere."""

from collections.abc import Iterator
from html import escape as as_html
from itertools import pairwise
from math import fsum

from playbook_engine.report.graph.graph import Graph, Kind, Line, Node
from playbook_engine.report.graph.layout import Drawn, Frame, Layout, Spot, layout
from playbook_engine.report.graph.sizes import LINE, Row
from playbook_engine.visible import escape

_STYLE = """\
svg { --paper: #ffffff; --ink: #1f2328; --faint: #59636e; --line: #6e7781; --plain: #f6f8fa; --blue: #0969da;
  --pale-blue: #ddf0ff; --amber: #9a6700; --pale-amber: #fff5d1; --orange: #bc4c00; --pale-orange: #ffe8d6;
  --green: #1a7f37; --pale-green: #dff5e4; --violet: #8250df; --pale-violet: #f3e8fd; --red: #cf222e;
  --pale-red: #ffebe9; --on-colour: #ffffff;
  font-family: system-ui, "Segoe UI", Helvetica, Arial, "Noto Sans", "PingFang SC", "Microsoft YaHei",
    "Noto Sans CJK SC", sans-serif; }
@media (prefers-color-scheme: dark) { svg { --paper: #0d1117; --ink: #e6edf3; --faint: #9198a1; --line: #7d8590;
  --plain: #161b22; --blue: #4493f8; --pale-blue: #0c2d4d; --amber: #d29922; --pale-amber: #352a09;
  --orange: #f0883e; --pale-orange: #45260f; --green: #3fb950; --pale-green: #0f3a1c; --violet: #ab7df8;
  --pale-violet: #2c1d4d; --red: #f85149; --pale-red: #4c1613; --on-colour: #0d1117; } }
.paper { fill: var(--paper); }
text { fill: var(--ink); text-anchor: middle; }
.small { fill: var(--faint); }
.strong { font-weight: 600; }
.shape { stroke-width: 1.5; fill: var(--plain); stroke: var(--line); }
.health .shape { fill: var(--pale-blue); stroke: var(--blue); }
.branch .shape { fill: var(--pale-amber); stroke: var(--amber); }
.mitigate .shape { fill: var(--pale-orange); stroke: var(--orange); stroke-width: 3; }
.verify .shape { fill: var(--pale-green); stroke: var(--green); }
.escalate .shape { fill: var(--pale-violet); stroke: var(--violet); }
.undo .shape { fill: var(--pale-red); stroke: var(--red); stroke-dasharray: 5 3; }
.good .shape { fill: var(--green); stroke: var(--green); }
.bad .shape { fill: var(--red); stroke: var(--red); }
.good text, .bad text { fill: var(--on-colour); }
.edge { fill: none; stroke: var(--line); stroke-width: 1.5; }
.aside { stroke-dasharray: 5 4; }
.head { fill: var(--line); }
.label { fill: var(--paper); }
.frame { fill: none; stroke: var(--line); stroke-dasharray: 3 4; }
.group { fill: var(--faint); text-anchor: start; font-size: 12px; }
"""
_ENDINGS = (Kind.START, Kind.GOOD, Kind.BAD, Kind.UNDO)
_ROUND = 7
_ARROW = 7


def svg(graph: Graph) -> str:
    """Return the picture."""
    return "".join(f"{line}\n" for line in _lines(graph, layout(graph)))


def _lines(graph: Graph, drawn: Layout) -> Iterator[str]:
    size = f'width="{drawn.width:.0f}" height="{drawn.height:.0f}" viewBox="0 0 {drawn.width:.0f} {drawn.height:.0f}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title desc">'
    yield f'<title id="title">{_text(graph.title)}</title>'
    yield f'<desc id="desc">{_text(_described(graph))}</desc>'
    yield f"<style>\n{_STYLE}</style>"
    yield f'<rect class="paper" width="{drawn.width:.0f}" height="{drawn.height:.0f}"/>'
    for frame in drawn.frames:
        yield from _frame(frame)
    yield from (_edge(edge) for edge in drawn.edges)
    for edge in drawn.edges:
        yield from _label(edge)
    for node, spot in drawn.nodes:
        yield from _node(node, spot)
    yield "</svg>"


def _described(graph: Graph) -> str:
    """Return the steps in words, for those who do not see the picture."""
    steps = [f"{node.caption}: {node.title}" for node in graph.nodes if node.number]
    return f"The decisions of the playbook {graph.name}. " + "; ".join(steps)


def _frame(frame: Frame) -> Iterator[str]:
    size = f'width="{frame.right - frame.left:.1f}" height="{frame.bottom - frame.top:.1f}"'
    yield f'<rect class="frame" x="{frame.left:.1f}" y="{frame.top:.1f}" {size} rx="{_ROUND}"/>'
    yield f'<text class="group" x="{frame.left + 10:.1f}" y="{frame.top + 19:.1f}">{_text(frame.title)}</text>'


def _edge(drawn: Drawn) -> str:
    (x, y), *_ = drawn.points
    path = f"M{x:.1f} {y:.1f}"
    *_, (end_x, end_y) = drawn.points
    points = (*drawn.points[:-1], (end_x, end_y - _ARROW))
    for (from_x, from_y), (to_x, to_y) in pairwise(points):
        half = (from_y + to_y) / 2
        straight = abs(from_x - to_x) < 0.5
        path += (
            f"V{to_y:.1f}" if straight else f"C{from_x:.1f} {half:.1f} {to_x:.1f} {half:.1f} {to_x:.1f} {to_y:.1f}"
        )
    style = "edge aside" if drawn.edge.line is Line.ASIDE else "edge"
    head = f"M{end_x:.1f} {end_y:.1f}l-4.5 -{_ARROW + 1}h9z"
    return f'<path class="{style}" d="{path}"/><path class="head" d="{head}"/>'


def _label(drawn: Drawn) -> Iterator[str]:
    spot = drawn.label
    if spot is not None:
        size = f'width="{spot.box.width:.1f}" height="{spot.box.height:.1f}"'
        yield f'<rect class="label" x="{spot.left:.1f}" y="{spot.top:.1f}" {size} rx="3"/>'
        yield from _rows(spot.box.rows, spot)


def _node(node: Node, spot: Spot) -> Iterator[str]:
    yield f'<g class="{node.kind.value}">{_shape(node.kind, spot)}'
    yield from _rows(spot.box.rows, spot)
    yield "</g>"


def _shape(kind: Kind, spot: Spot) -> str:
    left, top, width, height = spot.left, spot.top, spot.box.width, spot.box.height
    if kind is Kind.BRANCH:
        corners = ((spot.x, top), (spot.right, spot.y), (spot.x, spot.bottom), (left, spot.y))
        return f'<polygon class="shape" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in corners)}"/>'
    radius = min(height / 2, 18) if kind in _ENDINGS else 2 if kind is Kind.MITIGATE else _ROUND
    outer = _rectangle(left, top, width, height, radius)
    return outer + _rectangle(left + 4, top + 4, width - 8, height - 8, radius) if kind is Kind.PLAY else outer


def _rectangle(left: float, top: float, width: float, height: float, radius: float) -> str:
    size = f'width="{width:.1f}" height="{height:.1f}" rx="{radius:.0f}"'
    return f'<rect class="shape" x="{left:.1f}" y="{top:.1f}" {size}/>'


def _rows(rows: tuple[Row, ...], spot: Spot) -> Iterator[str]:
    """Yield lines of text, centred around the middle of a spot."""
    y = spot.y - fsum(row.size * LINE for row in rows) / 2
    for row in rows:
        style = "strong" if row.strong else "small"
        at = f'x="{spot.x:.1f}" y="{y + row.size * 1.02:.1f}" font-size="{row.size:g}"'
        yield f'<text class="{style}" {at}>{_text(row.text)}</text>'
        y += row.size * LINE


def _text(words: str) -> str:
    return as_html(escape(words), quote=True)
