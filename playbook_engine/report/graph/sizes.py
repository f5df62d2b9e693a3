"""How large texts and shapes are: measured on the safe side, for nobody knows which font will show them."""

from collections.abc import Iterable, Iterator
from math import fsum

from playbook_engine.frozen import dataclass
from playbook_engine.report.graph.graph import Edge, Kind, Node
from playbook_engine.report.widths import char_width
from playbook_engine.visible import escape

TITLE = 14
"""Size of a title's letters in pixels."""
SMALL = 11.5
LINE = 1.35
"""Height of a line, in heights of its letters."""
_NARROW = frozenset("iljtfrI.,:;'|!()[]{}/ -`")
_BROAD = frozenset("mwMW@%&—…")
_CLOSING = frozenset("，。、；：？！）》」』】％")
"""What does not begin a line."""
_NODE, _ENDING, _DECISION, _LABEL = 230, 170, 170, 150
"""How wide the text of each shape may become."""
_PADDING = 12
_STRONG = 1.16
"""How much wider bold letters are."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of text in a shape."""

    text: str
    size: float
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Lines of text and the size of the shape around them."""

    rows: tuple[Row, ...] = ()
    width: float = 0
    height: float = 0


def text_width(text: str, size: float, *, strong: bool = False) -> float:
    """Return how wide a text is at most, in pixels."""
    return size * fsum(map(_em, text)) * (_STRONG if strong else 1)


def _em(char: str) -> float:
    width = char_width(char)
    if width != 1:
        return 1.05 * width / 2
    if char in _NARROW:
        return 0.36
    if char in _BROAD:
        return 0.95
    return 0.7 if char.isupper() else 0.6


def wrapped(text: str, width: float, size: float, *, strong: bool = False) -> tuple[str, ...]:
    """Return a text in lines of at most a width, broken at blanks and between Chinese characters."""
    lines: list[str] = []
    line = ""
    for blank, unit in _units(escape(" ".join(text.split()))):
        joined = f"{line}{blank}{unit}" if line else unit
        if text_width(joined, size, strong=strong) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *whole, line = _pieces(unit, width / (_STRONG if strong else 1), size)
        lines += whole
    return (*lines, line)


def _units(text: str) -> Iterator[tuple[str, str]]:
    """Yield what stays together on a line, each with the blank before it."""
    blank, unit = "", ""
    for char in text:
        wide = char_width(char) == 2
        if unit and (char == " " or (wide and char not in _CLOSING) or (char_width(unit[-1]) == 2 and not wide)):
            yield blank, unit
            blank, unit = "", ""
        if char == " ":
            blank = " "
        else:
            unit += char
    yield blank, unit


def _pieces(word: str, width: float, size: float) -> list[str]:
    """Cut a word that is too long for a line."""
    pieces, piece = [], ""
    for char in word:
        if piece and text_width(piece + char, size) > width:
            pieces.append(piece)
            piece = ""
        piece += char
    return [*pieces, piece]


def node_box(node: Node) -> Box:
    """Return the lines of a node and the size of its shape."""
    ending = node.kind in (Kind.GOOD, Kind.BAD, Kind.UNDO)
    room = _DECISION if node.kind is Kind.BRANCH else _ENDING if ending else _NODE
    rows = [Row(node.caption, SMALL)] if node.caption else []
    rows += [Row(line, TITLE, strong=True) for line in wrapped(node.title, room, TITLE, strong=True)]
    rows += [Row(line, SMALL) for words in node.details for line in wrapped(words, room, SMALL)]
    width, height = _extent(rows)
    if node.kind is Kind.BRANCH:
        # A text of w × h fits into a diamond of the half axes w/2 + h and h/2 + w/4 (and a little more).
        return Box(rows=tuple(rows), width=width + 2 * height, height=1.15 * (height + width / 2))
    return Box(rows=tuple(rows), width=width + 2 * _PADDING, height=height + 1.4 * _PADDING)


def label_box(edge: Edge) -> Box:
    """Return the lines of an edge's label."""
    rows = tuple(Row(line, SMALL) for line in wrapped(edge.label, _LABEL, SMALL))
    width, height = _extent(rows)
    return Box(rows=rows, width=width + 8, height=height + 4)


def _extent(rows: Iterable[Row]) -> tuple[float, float]:
    sized = [(text_width(row.text, row.size, strong=row.strong), row.size * LINE) for row in rows]
    return max(width for width, _ in sized), fsum(height for _, height in sized)
