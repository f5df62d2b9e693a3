"""Edges of a playbook have the paths that a plan gives its steps, and are taken where the run says so."""

from pathlib import Path

import pytest
from rehearsed import Shelf
from rehearsing import bind, load, make_inventory

from playbook_engine.diagnostics import Problems
from playbook_engine.model.plan import planned_steps
from playbook_engine.model.rehearsed import EdgeKind
from playbook_engine.model.settings import RunSettings
from playbook_engine.rehearsal.edges import edges
from playbook_engine.rehearsal.naming import walk

PLAYBOOK = """
hosts: all
health: [{check: Well, id: well, http: "GET https://x/"}]
steps:
  - check: A
    local: a
  - branch: B
    cases:
      - when: well.failed
        steps:
          - {mitigate: C, id: c, ssh: c, undo: {ssh: d}}
          - branch: D
            cases: [{when: well.failed, steps: [{verify: E, local: e, on_failure: continue}]}]
            else: []
      - when: well.passed
        steps: []
    else:
      - {escalate: F, to: ana}
finally:
  - {mitigate: G, local: g, irreversible: true}
"""
EDGES = [
    "step health/1",
    "step steps/1",
    "branch steps/2 case 1",
    "branch steps/2 case 2",
    "branch steps/2 else",
    "step steps/2/case 1/1",
    "on_failure steps/2/case 1/1",
    "undo steps/2/case 1/1",
    "branch steps/2/case 1/2 case 1",
    "branch steps/2/case 1/2 else",
    "step steps/2/case 1/2/case 1/1",
    "on_failure steps/2/case 1/2/case 1/1",
    "step steps/2/else/1",
    "step finally/1",
    "on_failure finally/1",
]


def test_every_edge_with_its_path() -> None:
    found = edges(load(PLAYBOOK))

    assert [f"{edge.kind.value} {edge.path} {edge.road}".strip() for edge in found] == EDGES


def test_paths_are_those_of_a_plan() -> None:
    playbook = load(PLAYBOOK)
    plan = bind(playbook, make_inventory(), RunSettings(state_dir=Path("unused")), Problems())

    assert {path for path, _ in walk(playbook)} == {planned.path for planned in planned_steps(plan.blocks)}


def test_an_edge_stands_where_it_is_written() -> None:
    playbook = load(PLAYBOOK)
    lines = playbook.source.text.splitlines()
    written = {f"{edge.kind.value} {edge.path} {edge.road}".strip(): edge.span for edge in edges(playbook)}

    assert lines[written["branch steps/2 else"].line - 1] == "    else:"
    assert lines[written["branch steps/2 case 2"].line - 1].strip() == "- when: well.passed"
    undo = written["undo steps/2/case 1/1"]
    assert lines[undo.line - 1][undo.column - 1 : undo.end_column - 1] == "d"


@pytest.mark.parametrize(
    ("answers", "taken"),
    [
        ("well: {status: 200}", {"step": 1, "branch": 0, "on_failure": 0, "undo": 0}),
        ("well: {status: 500}, A: {}, c: {rc: 1}, c.undo: {}, G: {}", {"step": 4, "branch": 1, "on_failure": 1, "undo": 1}),
        ("well: {status: 500}, A: {}, c: {}, E: {}, G: {}", {"step": 5, "branch": 2, "on_failure": 0, "undo": 0}),
        ("well: {status: 500}, A: {}, c: {}, E: {rc: 1}, G: {rc: 1}", {"step": 5, "branch": 2, "on_failure": 2, "undo": 0}),
    ],
)  # fmt: skip
def test_what_a_run_takes(answers: str, taken: dict[str, int], shelf: Shelf) -> None:
    shelf.playbook(PLAYBOOK)
    shelf.rehearsal(
        f"""
        scenarios:
          - scenario: One
            answers: {{{answers}}}
            expect: {{verdict: healthy}}
        """
    )

    report = shelf.test(coverage=True)

    assert [finding.what for finding in report.scenarios[0].findings if finding.what != "verdict"] == []
    assert report.coverage is not None
    assert {kind.value: report.coverage[0].of(kind)[0] for kind in EdgeKind} == taken


def test_playbooks_that_are_played_are_covered_too_and_those_without_a_rehearsal_are_named(shelf: Shelf) -> None:
    shelf.playbook(
        """
        steps:
          - branch: Which?
            cases: [{when: "true", play: two}]
            else: []
        """
    )
    shelf.playbook(
        "steps: [{check: A, id: a, local: a}, {branch: B, cases: [{when: a.failed, steps: []}], else: []}]", "two"
    )
    shelf.playbook("steps: [{branch: B, cases: [{when: 'true', steps: []}], else: []}]", "three")
    shelf.rehearsal(
        """
        scenarios:
          - scenario: Two is played
            answers: {"two:a": {}}
            expect: {verdict: unresolved, path: [Which?: case 1, "two:a": ok, "two:B": else]}
        """
    )

    report = shelf.test(coverage=True)

    assert report.passed
    assert [(each.name, each.rehearsed, each.of(EdgeKind.BRANCH)) for each in report.coverage or ()] == [
        ("one", True, (1, 2)),
        ("three", False, (0, 2)),
        ("two", False, (1, 2)),
    ]
    assert report.branch_edges == (2, 6)
