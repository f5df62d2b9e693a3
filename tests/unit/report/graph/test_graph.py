"""A playbook's decisions as nodes and edges."""

from pathlib import Path

import pytest
from shown import EVERYTHING, JWKS, NESTED, edges, graph, playbook

from playbook_engine.app import showing
from playbook_engine.report.graph.graph import Graph, Kind, Line

M = "mitigate: M, ssh: x"


def drawn(folder: Path, text: str) -> Graph:
    return showing.graph(playbook(folder, text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("health: [{check: C, local: x}]", ["start --> health", "health -yes-> healthy", "health -no-> unsolved"]),
        ("steps: [{check: A, ssh: x}, {escalate: E, to: z}]", ["start --> s1", "s1 --> s2", "s2 --> unsolved"]),
        ("steps: [{check: A, ssh: x, critical: true}]", ["start --> s1", "s1 --> unsolved", "s1 -does not hold-> s1_stop"]),
        (f"steps: [{{{M}, irreversible: true}}]", ["start --> s1", "s1 --> unsolved", "s1 -fails-> s1_stop"]),
        (f"steps: [{{{M}, irreversible: true, on_failure: continue}}]", ["start --> s1", "s1 --> unsolved"]),
        ("steps: [{verify: V, ssh: x}]", ["start --> s1", "s1 -holds-> s1_solved", "s1 -does not hold-> s1_stop"]),
        ("steps: [{verify: V, ssh: x, on_failure: continue}]", ["start --> s1", "s1 -holds-> s1_solved", "s1 -does not hold-> unsolved"]),
        ("steps: [{verify: V, ssh: x, on_pass: continue}]", ["start --> s1", "s1 -holds-> unsolved", "s1 -does not hold-> s1_stop"]),
        ("steps: [{verify: V, ssh: x, on_pass: continue, on_failure: continue}]", ["start --> s1", "s1 --> unsolved"]),
        (
            "steps: [{check: A, id: a, ssh: x}, {verify: V, when: a.failed, ssh: x}, {check: B, ssh: x}]",
            ["start --> s1", "s1 --> s2", "s2 -holds-> s2_solved", "s2 -does not hold-> s2_stop", "s2 -left out-> s3", "s3 --> unsolved"],
        ),
        ("steps: [{verify: V, when: true, ssh: x, on_pass: continue, on_failure: continue}]", ["start --> s1", "s1 --> unsolved"]),
        (
            "steps: [{check: A, id: a, ssh: x}, {branch: B, cases: [{when: a.failed, steps: []}, {when: a.rc * 2 > 3, play: y}], else: [{check: C, ssh: x}]}, {check: D, ssh: x}]",
            [
                "start --> s1", "s1 --> s2", "s2 -step 1 failed-> s3", "s2 -a.rc * 2 > 3-> s2_2_play", "s2_2_play --> s3",
                "s2 -else-> s2_3_1", "s2_3_1 --> s3", "s3 --> unsolved",
            ],
        ),
        ("steps: [{check: A, ssh: x}]\nfinally: [{check: B, ssh: x}, {check: C, ssh: x}]", ["start --> s1", "s1 --> unsolved", "sF1 --> sF2"]),
    ],
)  # fmt: skip
def test_edges(text: str, expected: list[str], tmp_path: Path) -> None:
    assert sorted(edges(drawn(tmp_path, text))) == sorted(expected)


def test_what_would_be_taken_back(tmp_path: Path) -> None:
    """All changes on the way, the newest first; what cannot be taken back is not among them."""
    undo = "undo: {ssh: y}"
    text = (
        f"steps: [{{{M}, {undo}}}, {{{M}, irreversible: true}}, {{branch: B, cases: [{{when: true, steps: [{{{M}, {undo}}}]}}], "
        f"else: []}}, {{{M}, {undo}}}, {{verify: V, ssh: x}}]"
    )
    ends = {node.key: (node.kind, node.title) for node in drawn(tmp_path, text).nodes if node.key.endswith("_stop")}

    assert ends == {
        "s1_stop": (Kind.UNDO, "Take back 1"),
        "s2_stop": (Kind.BAD, "Not solved"),
        "s3_1_1_stop": (Kind.UNDO, "Take back 3.1.1 and 1"),
        "s4_stop": (Kind.UNDO, "Take back 4, 3.1.1 and 1"),
        "s5_stop": (Kind.UNDO, "Take back 4, 3.1.1 and 1"),
    }


def test_ways_out_are_set_apart() -> None:
    assert {edge.label for edge in graph(JWKS).edges if edge.line is Line.ASIDE} == {"yes", "fails"}


def test_details_say_what_a_reader_must_not_miss() -> None:
    found = {node.number: node.details for node in graph(EVERYTHING).nodes if node.number}

    assert found["5.1.1"] == (
        "unless the output of step 1 is an empty text",
        "asks first",
        "undo: ssh",
        "1, then 25% at a time",
        "not again within 15m",
    )
    assert found["2"] == ("within 1m, stable for 20s",)
    assert found["3"][1:] == ("for each of api and worker",)
    assert found["5.1.4"] == ("repeats H1 and H2", "within 2m")
    assert found["6"] == ("only if step H1 failed", "to oncall", "waits up to 10m for an answer")


@pytest.mark.parametrize("path", [JWKS, EVERYTHING, NESTED], ids=lambda path: path.stem)
def test_a_graph_is_sound(path: Path) -> None:
    """Keys are names, edges have ends, and lead on in the order of the nodes."""
    found = graph(path)
    keys = [node.key for node in found.nodes]

    assert len(set(keys)) == len(keys)
    assert all(key.isascii() and key.isidentifier() and key != "end" for key in keys)
    assert all(keys.index(edge.source) < keys.index(edge.target) for edge in found.edges)
    assert {node.number for node in found.nodes if node.number.startswith("F")} == {
        node.number for node in found.nodes for group in found.groups if node.key in group.members
    }
