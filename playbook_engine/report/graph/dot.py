"""A graph for Graphviz."""

from collections.abc import Iterator

from playbook_engine.report.graph.graph import Edge, Graph, Kind, Line, Node
from playbook_engine.report.widths import wrap
from playbook_engine.visible import escape

_WIDTH = 34
_LABEL = 26
_STYLES = {
    Kind.START: 'shape=box, style="rounded,filled", fillcolor="#f6f8fa"',
    Kind.HEALTH: 'shape=hexagon, style=filled, fillcolor="#ddf0ff", color="#0969da"',
    Kind.CHECK: 'shape=box, style="rounded,filled", fillcolor="#ffffff"',
    Kind.BRANCH: 'shape=diamond, style=filled, fillcolor="#fff8c5", color="#9a6700", margin="0.02,0.02"',
    Kind.MITIGATE: 'shape=box, style="filled,bold", fillcolor="#fdf0d5", color="#b45309"',
    Kind.VERIFY: 'shape=box, style="rounded,filled", fillcolor="#e6f4ea", color="#1a7f37"',
    Kind.ESCALATE: 'shape=box, style="rounded,filled", fillcolor="#f3e8fd", color="#8250df"',
    Kind.PLAY: 'shape=box, peripheries=2, style=filled, fillcolor="#f6f8fa"',
    Kind.UNDO: 'shape=box, style="rounded,filled,dashed", fillcolor="#ffebe9", color="#cf222e"',
    Kind.GOOD: 'shape=box, style="rounded,filled", fillcolor="#1a7f37", color="#1a7f37", fontcolor="#ffffff"',
    Kind.BAD: 'shape=box, style="rounded,filled", fillcolor="#cf222e", color="#cf222e", fontcolor="#ffffff"',
}


def dot(graph: Graph) -> str:
    """Return the graph in the DOT language."""
    return "".join(f"{line}\n" for line in _lines(graph))


def _lines(graph: Graph) -> Iterator[str]:
    yield f"digraph {_quoted(graph.name)} {{"
    yield '  graph [fontname="Helvetica,Arial,sans-serif", fontsize=12, nodesep=0.4, ranksep=0.4, labelloc=t];'
    yield f"  label={_quoted(graph.title)};"
    yield '  node [fontname="Helvetica,Arial,sans-serif", fontsize=11];'
    yield '  edge [fontname="Helvetica,Arial,sans-serif", fontsize=10];'
    grouped = {key for group in graph.groups for key in group.members}
    yield from (f"  {_node(node)}" for node in graph.nodes if node.key not in grouped)
    for group in graph.groups:
        yield f"  subgraph cluster_{group.key} {{"
        yield f"    label={_quoted(group.title)}; style=dashed;"
        yield from (f"    {_node(node)}" for node in graph.nodes if node.key in group.members)
        yield "  }"
    yield from (f"  {_edge(edge)}" for edge in graph.edges)
    yield from (f"  {upper} -> {lower} [style=invis];" for upper, lower in graph.stacked)
    yield "}"


def _node(node: Node) -> str:
    lines = [node.caption] if node.caption else []
    lines += [line for words in (node.title, *node.details) for line in wrap(escape(words), _WIDTH)]
    return f"{node.key} [label={_quoted(*lines)}, {_STYLES[node.kind]}];"


def _edge(edge: Edge) -> str:
    known = [f"label={_quoted(*wrap(escape(edge.label), _LABEL))}"] if edge.label else []
    known += ["style=dashed"] if edge.line is Line.ASIDE else []
    attributes = f" [{', '.join(known)}]" if known else ""
    return f"{edge.source} -> {edge.target}{attributes};"


def _quoted(*lines: str) -> str:
    r"""Return lines as one quoted string: a backslash and a quote are escaped, `\n` parts the lines."""
    safe = (escape(line).replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(safe) + '"'
