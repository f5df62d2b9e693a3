"""A graph for Mermaid, which GitHub and many wikis draw."""

from collections.abc import Iterator

from playbook_engine.report.graph.graph import Edge, Graph, Kind, Line, Node
from playbook_engine.visible import escape

_SHAPES = {
    Kind.START: ("([", "])"),
    Kind.HEALTH: ("{{", "}}"),
    Kind.CHECK: ("[", "]"),
    Kind.BRANCH: ("{", "}"),
    Kind.MITIGATE: ("[[", "]]"),
    Kind.VERIFY: ("[", "]"),
    Kind.ESCALATE: ("[/", "/]"),
    Kind.PLAY: ("[[", "]]"),
    Kind.UNDO: ("([", "])"),
    Kind.GOOD: ("([", "])"),
    Kind.BAD: ("([", "])"),
}
_STYLES = {
    Kind.BRANCH: "fill:#fff8c5,stroke:#9a6700,color:#1f2328",
    Kind.MITIGATE: "fill:#fdf0d5,stroke:#b45309,stroke-width:2px,color:#1f2328",
    Kind.VERIFY: "fill:#e6f4ea,stroke:#1a7f37,color:#1f2328",
    Kind.ESCALATE: "fill:#f3e8fd,stroke:#8250df,color:#1f2328",
    Kind.HEALTH: "fill:#ddf0ff,stroke:#0969da,color:#1f2328",
    Kind.UNDO: "fill:#ffebe9,stroke:#cf222e,stroke-dasharray:4 3,color:#1f2328",
    Kind.GOOD: "fill:#1a7f37,stroke:#1a7f37,color:#ffffff",
    Kind.BAD: "fill:#cf222e,stroke:#cf222e,color:#ffffff",
}
_HARMLESS = frozenset(" .,:!?-+/=%")
_ARROWS = {Line.FLOW: "-->", Line.ASIDE: "-.->"}


def mermaid(graph: Graph) -> str:
    """Return the graph as a flowchart."""
    return "".join(f"{line}\n" for line in _lines(graph))


def _lines(graph: Graph) -> Iterator[str]:
    yield "flowchart TD"
    yield f"  accTitle: {_plain(graph.title)}"
    grouped = {key for group in graph.groups for key in group.members}
    yield from (f"  {_node(node)}" for node in graph.nodes if node.key not in grouped)
    for group in graph.groups:
        yield f'  subgraph {group.key}_group["{_text(group.title)}"]'
        yield from (f"    {_node(node)}" for node in graph.nodes if node.key in group.members)
        yield "  end"
    yield from (f"  {_edge(edge)}" for edge in graph.edges)
    yield from (f"  {upper} ~~~ {lower}" for upper, lower in graph.stacked)
    yield from (f"  classDef {kind.value} {style}" for kind, style in _STYLES.items())
    for kind in _STYLES:
        members = [node.key for node in graph.nodes if node.kind is kind]
        if members:
            yield f"  class {','.join(members)} {kind.value}"


def _node(node: Node) -> str:
    opening, closing = _SHAPES[node.kind]
    lines = [f"<small>{_text(node.caption)}</small>"] if node.caption else []
    lines += [_text(node.title), *(f"<small>{_text(line)}</small>" for line in node.details)]
    return f'{node.key}{opening}"{"<br/>".join(lines)}"{closing}'


def _edge(edge: Edge) -> str:
    label = f'|"{_text(edge.label)}"|' if edge.label else ""
    return f"{edge.source} {_ARROWS[edge.line]}{label} {edge.target}"


def _text(words: str) -> str:
    """Return a text for a label in quotes: whatever has a meaning there, in HTML or in Markdown, as its number."""
    line = escape(" ".join(words.split()))
    return "".join(char if char.isalnum() or char in _HARMLESS else f"#{ord(char)};" for char in line)


def _plain(words: str) -> str:
    """Return a text for a line that knows no escapes: `;` and `#` would end it."""
    return escape(" ".join(words.split())).translate(str.maketrans(";#{}<>", ",·()‹›"))
