"""The three ways to write a graph. `UPDATE_GOLDEN=1` writes the golden files anew; look at the pictures."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from shown import EVERYTHING, JWKS, NESTED, graph

from playbook_engine.report.graph.dot import dot
from playbook_engine.report.graph.graph import Edge, Graph, Kind, Node
from playbook_engine.report.graph.layout import Layout, layout
from playbook_engine.report.graph.mermaid import mermaid
from playbook_engine.report.graph.sizes import TITLE, node_box, text_width, wrapped
from playbook_engine.report.graph.svg import svg

GOLDEN = Path(__file__).parents[1] / "golden"
PATHS = [JWKS, EVERYTHING, NESTED]
HOSTILE = 'x"];<b>&amp;\\ #;{}|`end` --> y\n\x1b[2J\u202e</svg><script>alert(1)</script>'


def hostile() -> Graph:
    """Return a graph in which every text tries to be something else."""
    nodes = (
        Node(key="start", kind=Kind.START, title=HOSTILE),
        Node(key="s1", kind=Kind.BRANCH, number="1", title=HOSTILE, details=(HOSTILE,)),
    )
    edge = Edge(source="start", target="s1", label=HOSTILE)
    return Graph(name=HOSTILE, title=HOSTILE, nodes=nodes, edges=(edge,))


@pytest.mark.parametrize(
    ("path", "language"), [*((path, "en") for path in PATHS), (EVERYTHING, "zh")], ids=lambda each: Path(each).stem
)
@pytest.mark.parametrize("write", [mermaid, dot, svg])
def test_pictures(path: Path, language: str, write: Callable[[Graph], str]) -> None:
    text = write(graph(path, language))
    file = GOLDEN / f"graph-{path.stem}{'' if language == 'en' else f'-{language}'}.{write.__name__}"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")

    assert text == file.read_text(encoding="utf-8")


class TestSvg:
    @pytest.mark.parametrize(
        "drawn",
        [*map(graph, PATHS), graph(EVERYTHING, "zh"), hostile()],
        ids=["jwks", "everything", "nested", "zh", "hostile"],
    )
    def test_it_is_a_file_of_its_own(self, drawn: Graph) -> None:
        """Well-formed, without scripts, and with nothing from elsewhere."""
        text = svg(drawn)
        root = ET.fromstring(text)  # noqa: S314  our own text
        tags = {element.tag.rpartition("}")[2] for element in root.iter()}

        assert tags <= {"svg", "title", "desc", "style", "rect", "path", "polygon", "text", "g"}
        assert not [
            name for element in root.iter() for name in element.attrib if name.startswith("on") or "href" in name
        ]
        assert "url(" not in text
        assert "@import" not in text
        assert "\x1b" not in text

    def test_it_can_be_heard(self) -> None:
        root = ET.fromstring(svg(graph(JWKS)))  # noqa: S314  our own text
        named = {element.get("id"): element.text for element in root.iter() if element.get("id")}

        assert root.get("role") == "img"
        assert (root.get("aria-labelledby") or "").split() == ["title", "desc"]
        assert named["title"] == "JWKS cannot be fetched"
        assert "6.2.1 mitigate: Serve the pinned signing key" in (named["desc"] or "")

    def test_it_has_a_dark_look(self) -> None:
        used = set(re.findall(r"var\((--[a-z-]+)\)", svg(graph(JWKS))))
        light, dark = svg(graph(JWKS)).split("prefers-color-scheme: dark", 1)

        assert used <= set(re.findall(r"(--[a-z-]+):", light))
        assert used <= set(re.findall(r"(--[a-z-]+):", dark.split("} }")[0]))


def overlaps(drawn: Layout) -> list[str]:
    """Return the texts of boxes that lie upon each other."""
    spots = [(node.title, spot) for node, spot in drawn.nodes]
    spots += [(edge.edge.label, edge.label) for edge in drawn.edges if edge.label is not None]
    return [
        f"{one} / {other}"
        for (one, a), (other, b) in combinations(spots, 2)
        if a.left < b.right and b.left < a.right and a.top < b.bottom and b.top < a.bottom
    ]


class TestLayout:
    @pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
    def test_nothing_lies_upon_anything(self, path: Path) -> None:
        drawn = layout(graph(path))

        assert overlaps(drawn) == []
        for _, spot in drawn.nodes:
            assert 0 < spot.left < spot.right < drawn.width
            assert 0 < spot.top < spot.bottom < drawn.height

    @pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
    def test_edges_lead_down_from_node_to_node(self, path: Path) -> None:
        drawn = layout(graph(path))
        spots = {node.key: spot for node, spot in drawn.nodes}

        for edge in drawn.edges:
            heights = [y for _, y in edge.points]
            assert heights == sorted(heights)
            assert (heights[0], heights[-1]) == (spots[edge.edge.source].bottom, spots[edge.edge.target].top)

    def test_steps_that_follow_each_other_stand_in_one_line(self) -> None:
        spots = {node.key: spot.x for node, spot in layout(graph(JWKS)).nodes}

        for line in (
            ("start", "health", "s1", "s2", "s3", "s4", "s5", "s6"),
            ("s6_2_1", "s6_2_2", "s6_2_3", "s6_2_4", "s6_2_5", "s6_2_6", "s6_2_7", "s6_2_8"),
        ):
            assert max(spots[key] for key in line) - min(spots[key] for key in line) < 1

    def test_cases_stand_in_their_order(self) -> None:
        spots = {node.key: spot.x for node, spot in layout(graph(NESTED)).nodes}

        assert spots["s4_1_1"] < spots["s4_2_1"] < spots["s4_3_1"] < spots["s4_4_1"]

    def test_a_text_fits_its_shape(self) -> None:
        for path in PATHS:
            for node in graph(path).nodes:
                box = node_box(node)
                assert max(text_width(row.text, row.size, strong=row.strong) for row in box.rows) <= box.width


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("short", ("short",)),
        ("a few words that go on", ("a few words", "that go on")),
        ("数据库能够接受新的连接，一切正常", ("数据库能够接", "受新的连接，", "一切正常")),
        ("H1 数据库能够接受", ("H1 数据库能够", "接受")),
        ("abcdefghijklmnopqrstuvwxyz", ("abcdefghijkl", "mnopqrstuvw", "xyz")),
        ("", ("",)),
    ],
)
def test_texts_are_wrapped(text: str, lines: tuple[str, ...]) -> None:
    assert wrapped(text, 98, TITLE) == lines


def test_hostile_texts_stay_texts_in_mermaid() -> None:
    """Nothing that ends a label, a line or an element, and nothing that Markdown or HTML would act on."""
    lines = mermaid(hostile()).splitlines()
    label = re.fullmatch(r'  start\(\["(.*)"\]\)', lines[2])

    assert label is not None
    assert set(re.sub(r"#\d+;", "", label[1])) & set('"<>{}[]|`#;&*_\\') == set()
    assert len([line for line in lines if "-->" in line and not line.startswith("  accTitle")]) == 1


def test_hostile_texts_stay_texts_in_dot() -> None:
    for line in dot(hostile()).splitlines():
        assert re.sub(r'"(\\.|[^"\\])*"', '""', line).count('"') % 2 == 0
    assert "\x1b" not in dot(hostile())


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
@pytest.mark.parametrize("drawn", [*map(graph, PATHS), hostile()], ids=["jwks", "everything", "nested", "hostile"])
def test_graphviz_takes_it(drawn: Graph) -> None:
    done = subprocess.run(["dot", "-Tsvg"], input=dot(drawn), capture_output=True, text=True, check=True, timeout=60)

    assert done.stderr == ""
    assert done.stdout.count('class="node"') == len(drawn.nodes)
    assert done.stdout.count('class="edge"') >= len(drawn.edges)
