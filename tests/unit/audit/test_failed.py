"""The hosts that failed in the last run, from its events."""

from pathlib import Path
from typing import Any

import pytest
from recorded_runs import put_on_record, whole_run

from playbook_engine.audit.failed import failed_hosts, last_run
from playbook_engine.audit.paths import runs_folder

Event = dict[str, Any]
SELECTED = ["h2", "h1", "h3"]
STARTED: Event = {"type": "run.started", "inventory": {"selected": SELECTED}}


def begun(path: str, *targets: str, kind: str = "step") -> Event:
    return {"type": f"{kind}.started", "path": path, "targets": [{"target": target} for target in targets]}


def ended(path: str, verb: str = "check", /, kind: str = "step", **outcomes: str) -> Event:
    """Return the end of a step; `h1="ok failed"` gives a target several outcomes."""
    targets = [{"target": name, "outcome": each} for name, found in outcomes.items() for each in found.split()]
    return {"type": f"{kind}.finished", "path": path, "verb": verb, "targets": targets}


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], []),
        ([ended("steps/1", h1="ok", h2="skipped")], []),
        ([ended("steps/1", h1="failed", h2="ok")], ["h1"]),
        ([ended("steps/1", h1="error", h2="timeout", h3="unreachable")], SELECTED),
        ([ended("steps/1", h3="aborted", h2="indeterminate")], ["h2", "h3"]),
        ([ended("health/1", h1="failed"), ended("steps/2", "mitigate", h1="ok")], ["h1"]),
        ([ended("health/1", h1="failed"), ended("steps/3", "verify", h1="ok")], []),
        ([ended("health/1", h1="failed", h2="failed"), ended("steps/3", "verify", h1="ok")], ["h2"]),
        ([ended("steps/3", "verify", h1="ok"), ended("steps/4", h1="failed")], ["h1"]),
        ([ended("health/1", h1="failed"), ended("steps/3", "verify", h1="ok failed")], ["h1"]),
        ([ended("health/1", h1="failed"), ended("steps/3", "verify", h1="skipped")], ["h1"]),
        ([begun("steps/1", "h1", "h2")], ["h2", "h1"]),
        ([begun("steps/1", "h1", "h2"), ended("steps/1", h1="ok", h2="ok")], []),
        ([ended("steps/1", kind="undo", h1="error")], ["h1"]),
        ([begun("steps/1", "h1", kind="undo"), ended("steps/1", h1="ok")], ["h1"]),
        ([ended("steps/1", control="failed", main="error")], []),
    ],
)
def test_who_failed(events: list[Event], expected: list[str]) -> None:
    assert list(failed_hosts([STARTED, *events])) == expected


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"type": "run.started"},
        {"type": "run.started", "inventory": {"selected": "h1"}},
        {"type": "step.finished", "targets": None},
        {"type": "step.finished", "targets": ["h1", {"target": 1, "outcome": "failed"}]},
        {"type": 7, "path": []},
    ],
)
def test_a_broken_record_names_nobody(odd: Event) -> None:
    assert failed_hosts([odd]) == ()


def test_the_last_run_is_that_of_the_playbook_on_the_environment(tmp_path: Path) -> None:
    put_on_record(tmp_path, whole_run())
    (runs_folder(tmp_path) / "BROKEN.jsonl").write_text("not a record\n")

    last = last_run(tmp_path, "jwks-outage", "demo")

    assert last is not None
    assert last.summary.state == "resolved"
    assert last_run(tmp_path, "jwks-outage", "prod") is None
    assert last_run(tmp_path, "disk-full", "demo") is None
    assert last_run(tmp_path / "nowhere", "jwks-outage", "demo") is None
