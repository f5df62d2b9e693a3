"""JSON for machines: stable names, no floats, nothing escaped for terminals."""

import json
from pathlib import Path

import pytest
from rehearsing import Rehearsal
from reported_runs import HEAD, RUN
from scenes import SCENES, resolved, roads, undone

from playbook_engine.diagnostics import Diagnostic, Source, Span
from playbook_engine.model.events import RunStarted
from playbook_engine.report import diagnostics
from playbook_engine.report.json_output import JsonDocument, JsonLines
from playbook_engine.report.plan_view import plan_json
from playbook_engine.report.sweep_view import Health, sweep_json

PLAYBOOK = """
hosts: all
health:
  - check: Well
    http: GET http://127.0.0.1/health
steps:
  - branch: Where?
    cases:
      - when: "true"
        steps:
          - mitigate: Restart
            ssh: systemctl restart x
            undo: {ssh: systemctl revert x}
    else:
      - escalate: Nobody knows
        to: ana
"""


def no_floats(text: str) -> str:
    raise AssertionError(f"a float: {text}")


def reread(document: object) -> object:
    return json.loads(json.dumps(document), parse_float=no_floats)


@pytest.mark.parametrize("scene", SCENES)
def test_the_document_of_a_run(scene: str) -> None:
    """It survives a round trip, holds no floats, and ends like the run."""
    run, sink = SCENES[scene](), JsonDocument()
    for recorded in run.events:
        sink.emit(recorded)
    document = sink.document(run.finished, run=RUN, record=Path("/r.jsonl"), head=HEAD)
    assert reread(document) == document
    assert document["verdict"] == run.finished.verdict.value
    started = run.events[0].event
    assert isinstance(started, RunStarted)
    assert document["playbook"] == {"name": started.playbook.name, "version": started.playbook.version}
    assert document["head"] == HEAD


def test_roads_and_other_playbooks_in_the_document() -> None:
    """Which hosts took which road, what was played there, who took a notice."""
    run, sink = roads(), JsonDocument()
    for recorded in run.events:
        sink.emit(recorded)
    steps = sink.document(run.finished, run=RUN, record=None, head=None)["steps"]
    assert isinstance(steps, list)
    found = {step["path"]: step for step in steps if isinstance(step, dict) and "outcome" not in step}
    assert found["steps/2"]["roads"] == [
        {"taken": "case 1", "hosts": ["api-1"], "why": "disk.failed (disk.failed = true)", "failed": False},
        {
            "taken": "else",
            "hosts": ["api-2", "api-3"],
            "why": "not disk.failed (disk.failed = false)",
            "failed": False,
        },
        {"taken": None, "hosts": ["接口-5"], "why": "when: role == 'api' is false", "failed": False},
        {"taken": None, "hosts": ["api-4"], "why": "disk has no 'json'", "failed": True},
    ]
    played = next(step for step in steps if isinstance(step, dict) and step["verb"] == "play")
    assert (played["playbook"], played["hosts"], played["outcome"]) == (
        {"name": "disk-full", "version": "2.1.0"},
        ["api-1"],
        "resolved",
    )
    waits = [step for step in steps if isinstance(step, dict) and step["verb"] == "escalate"]
    assert [(wait["acknowledged"], wait["by"], wait["reason"]) for wait in waits] == [
        (True, "小明", None),
        (False, None, "nobody took it within 10m"),
    ]


def test_a_plan_with_roads_and_other_playbooks() -> None:
    """The steps of the other playbook stand in the case that plays it."""
    text = """
hosts: all
steps:
  - {check: Look, id: look, ssh: look}
  - branch: Which?
    for: host
    hosts: look.failed
    cases: [{when: look.failed, play: {playbook: b, inputs: {size: 5}}}]
    else: [{escalate: E, to: ana, wait_for_ack: 1m}]
"""
    child = "inputs: {size: {type: integer, default: 1}}\nsteps: [{check: A, local: a}]\n"
    plan = reread(plan_json(Rehearsal(text, others={"b": child}).executor.state.plan))
    assert isinstance(plan, dict)
    branch = plan["steps"][1]
    assert (branch["hosts"], branch["chosen_by"]) == (["h1", "h2", "h3"], "look.failed")
    play = branch["cases"][0]["play"]
    assert (play["playbook"]["name"], play["inputs"]) == ("b", [{"name": "size", "value": "5"}])
    assert play["steps"][0]["path"] == "steps/2/case 1/play/steps/1"
    assert branch["cases"][1]["steps"][0]["wait_ms"] == 60_000


def test_steps_stand_in_order_with_their_reasons() -> None:
    """Checks, decisions, changes and undos."""
    run, sink = undone(), JsonDocument()
    for recorded in run.events:
        sink.emit(recorded)
    steps = sink.document(run.finished, run=RUN, record=None, head=None)["steps"]
    assert isinstance(steps, list)
    verbs = [step["verb"] for step in steps if isinstance(step, dict)]
    assert verbs == ["check", "check", "check", "branch", "mitigate", "verify", "undo"]
    assert steps[0] == {
        "path": "health/1",
        "id": None,
        "verb": "check",
        "title": "The JWKS endpoint serves signing keys",
        "outcome": "failed",
        "cause": None,
        "duration_ms": 118,
        "targets": [
            {
                "target": "control",
                "on": "control",
                "item": None,
                "counts": True,
                "outcome": "failed",
                "attempts": 1,
                "cause": {"kind": "expect", "message": "status == 200 (status = 503)"},
            }
        ],
    }


def test_a_document_without_a_run() -> None:
    """A run that broke before its first event still has a document."""
    document = JsonDocument().document(resolved().finished, run=RUN, record=None, head=None)
    assert (document["playbook"], document["record"], document["steps"]) == (None, None, [])


@pytest.mark.parametrize(
    ("ascii_only", "line"), [(False, '{"title":"密钥"}\n'), (True, '{"title":"\\u5bc6\\u94a5"}\n')]
)
def test_lines_are_written_as_they_happen(ascii_only: bool, line: str) -> None:
    """One compact object each, in what the stream can show."""
    written: list[str] = []
    sink = JsonLines(written.append, lambda _: {"title": "密钥"}, ascii_only=ascii_only)
    sink.emit(resolved().events[0])
    assert written == [line]


def test_a_plan_for_machines() -> None:
    """Every road of it."""
    document = plan_json(Rehearsal(PLAYBOOK).executor.state.plan)
    assert reread(document) == document
    steps = document["steps"]
    assert isinstance(steps, list)
    (branch,) = steps
    assert isinstance(branch, dict)
    cases = branch["cases"]
    assert isinstance(cases, list)
    assert [case["when"] for case in cases if isinstance(case, dict)] == ["true", None]


def test_a_sweep_for_machines() -> None:
    """Each playbook by its own word."""
    run = undone()
    health = Health(run=RUN, playbook="x", title="X", finished=run.finished, checks=())
    document = sweep_json([health], 1)
    assert reread(document) == document
    assert document == {
        "exit_code": 1,
        "playbooks": [
            {
                "playbook": "x",
                "title": "X",
                "run": RUN,
                "health": "ill",
                "reason": "the last verify did not pass",
                "duration_ms": run.finished.duration_ms,
                "checks": [],
            }
        ],
    }


def test_diagnostics_for_machines() -> None:
    """Positions are numbers; what has no place has none."""
    span = Span(Source("x.yml", "a: 1\n"), 1, 1, 1, 2)
    placed, loose = diagnostics.as_json([Diagnostic("c", "m", span, "h"), Diagnostic("c", "m", None)])
    assert placed["file"] == "x.yml"
    assert [placed[key] for key in ("line", "column", "end_line", "end_column")] == [1, 1, 1, 2]
    assert (loose["file"], loose["line"], loose["hint"]) == (None, None, None)
