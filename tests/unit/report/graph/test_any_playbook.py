"""Whatever a playbook is made of, its page can be read and its picture can be looked at."""

import json
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shown import playbook

from playbook_engine.app import showing
from playbook_engine.report.graph.layout import Spot, layout
from playbook_engine.report.graph.svg import svg
from playbook_engine.report.handbook.numbers import numbered_playbook
from playbook_engine.report.handbook.page import page

TITLES = st.sampled_from(["A", "A longer title that has to be wrapped somewhere", "磁盘写满，写入全部失败", "x" * 60])
CONDITIONS = st.sampled_from(["first.failed", "first.rc * 2 > 3", "true", "not first.passed or first.rc == 1"])
ON_FAILURE = st.sampled_from([None, "stop", "continue"])


def fields(**given: object) -> dict[str, object]:
    return {name: value for name, value in given.items() if value is not None}


CHECK = st.builds(
    lambda title, critical: fields(check=title, ssh="x", critical=critical), TITLES, st.sampled_from([None, True])
)
EVIDENCE = st.builds(lambda title: fields(check=title, ssh="x"), TITLES)
"""A check for `finally`, where none can be critical."""
MITIGATE = st.builds(
    lambda title, undo, stop: fields(mitigate=title, ssh="x", on_failure=stop, **undo),
    TITLES,
    st.sampled_from([{"undo": {"ssh": "y"}}, {"irreversible": True}]),
    ON_FAILURE,
)
VERIFY = st.builds(
    lambda title, passed, stop: fields(verify=title, ssh="x", on_pass=passed, on_failure=stop),
    TITLES,
    st.sampled_from([None, "continue"]),
    ON_FAILURE,
)
ESCALATE = st.builds(lambda title: {"escalate": title, "to": "ana"}, TITLES)
LEAVES = st.lists(CHECK | MITIGATE | VERIFY | ESCALATE, max_size=4)


def branching(steps: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    case = st.builds(lambda when, inner: {"when": when, "steps": inner}, CONDITIONS, steps)
    play = st.builds(lambda when: {"when": when, "play": "other"}, CONDITIONS)
    branch = st.builds(
        lambda title, cases, other: {"branch": title, "cases": cases, "else": other},
        TITLES,
        st.lists(case | play, min_size=1, max_size=3),
        steps,
    )
    return st.builds(lambda before, middle, after: [*before, middle, *after], LEAVES, branch, LEAVES)


STEPS = st.recursive(LEAVES, branching, max_leaves=6)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any")


def overlapping(spots: list[Spot]) -> bool:
    return any(
        a.left < b.right and b.left < a.right and a.top < b.bottom and b.top < a.bottom
        for a, b in combinations(spots, 2)
    )


def test_steps_that_nothing_leads_to(tmp_path: Path) -> None:
    """They hang together with nothing, and still have a place of their own."""
    escalate, verify = "{escalate: E, to: a}", "{verify: V, ssh: x}"
    branch = f"{{branch: B, cases: [{{when: true, steps: [{escalate}]}}], else: [{verify}, {verify}]}}"

    drawn = layout(showing.graph(playbook(tmp_path, f"steps: [{escalate}, {branch}, {escalate}]")))

    assert not overlapping([spot for _, spot in drawn.nodes])


@pytest.mark.no_cover  # the same lines thousands of times
@settings(max_examples=25, deadline=None)
@given(STEPS, st.lists(EVIDENCE | MITIGATE | VERIFY | ESCALATE, max_size=4))
def test_any_playbook(folder: Path, steps: list[object], closing: list[object]) -> None:
    first = {"check": "First", "id": "first", "ssh": "x"}
    found = playbook(
        folder,
        json.dumps({"steps": [first, *steps], "finally": closing}, ensure_ascii=False)[1:-1].replace(
            '], "finally"', ']\n"finally"'
        ),
    )
    drawn = layout(showing.graph(found))
    spots = [spot for _, spot in drawn.nodes] + [edge.label for edge in drawn.edges if edge.label is not None]
    numbers = [number for number, _ in numbered_playbook(found)]
    text = page(showing.reading(found, None, None))

    assert not overlapping(spots)
    assert all(spot.left >= 0 and spot.right <= drawn.width and spot.bottom <= drawn.height for spot in spots)
    ET.fromstring(svg(showing.graph(found)))  # noqa: S314  our own text
    assert len(set(numbers)) == len(numbers)
    assert all(f" {number}. " in text or f"**{number}. " in text for number in numbers)
