"""Every fault of the demo is played by the shipped playbook that is for it, to the end that it is said to have."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from commanding import Place

from playbook_engine.app import demo
from playbook_engine.resources import data_path
from playbook_engine.sandbox.stack import DemoStack

pytestmark = [pytest.mark.timeout(300), pytest.mark.long]
AT_ONCE = 4
LONG = {"stale-pin"}
"""Faults whose playbook tries two things for minutes before it calls somebody."""
CHANGED = {
    "none": [],
    "jwks": ["Serve the pinned signing key and keep fetched keys longer"],
    "jwks-slow": ["Serve the pinned signing key and keep fetched keys longer"],
    "jwks-garbled": ["Serve the pinned signing key and keep fetched keys longer"],
    "jwks-refused": ["Serve the pinned signing key and keep fetched keys longer"],
    "dns": [],
    "api-down": ["Restart the API's pods"],
    "out-of-memory": ["Raise the pods' memory limit"],
    "missing-env": ["Copy .env.example to .env", "Start the pods anew"],
    "supabase": ["Switch to the backup project"],
    "ai-limit": ["Put AI requests into a queue, and send few at once"],
    "ai-quota": [],
    "errors": ["Run more instances"],
    "memory": ["Restart the API, so that it lets go of its memory"],
    "disk": ["Compress the API's rotated logs"],
}
"""What heals it: the steps that changed something. A fault that is not here has a longer road."""


def _play(fault: demo.Fault, folder: Path) -> Mapping[str, Any]:
    """Break a stack of its own, play, and return what the command says as JSON."""
    place = Place(folder)
    inputs = [word for name, value in fault.inputs.items() for word in ("--set", f"{name}={value}")]
    with DemoStack.start(folder / "stack", data_path("inventories") / "demo") as stack:
        stack.break_(fault.name)
        done = place.run(
            "play",
            str(demo.playbook(fault.playbook)),
            "-i",
            str(stack.inventory),
            "--yes",
            "--output",
            "json",
            *inputs,
        )
    document: Mapping[str, Any] = json.loads(done.stdout) if done.stdout else {"verdict": done.stderr}
    return document


def _wrong(fault: demo.Fault, document: Mapping[str, Any]) -> str | None:
    """Return what is not as it should be."""
    if document["verdict"] != fault.ends:
        return f"{fault.name}: {document['verdict']}, expected {fault.ends}; changed: {document.get('changed')}"
    if fault.ends == "unresolved" and "secondary_oncall" not in document["told"]:
        return f"{fault.name}: nobody was told"
    if document["changed"] != CHANGED.get(fault.name, document["changed"]):
        return f"{fault.name}: changed {document['changed']}"
    return None


def test_every_fault_is_played_to_its_end(tmp_path: Path) -> None:
    faults = [fault for fault in demo.faults() if fault.name not in LONG]
    folders = [tmp_path / fault.name for fault in faults]
    for folder in folders:
        folder.mkdir()
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        ended = list(pool.map(_play, faults, folders))
    assert not [wrong for pair in zip(faults, ended, strict=True) if (wrong := _wrong(*pair))]


def test_the_alert_of_a_fault_is_one_that_its_playbook_is_for() -> None:
    for fault in demo.faults():
        text = demo.playbook(fault.playbook).read_text(encoding="utf-8")
        assert not fault.alert or "\nalerts:" not in text or fault.alert in text, fault.name


def test_the_list_names_every_fault_in_a_line_that_fits(tmp_path: Path) -> None:
    lines = Place(tmp_path).run("demo", "--list").stdout.splitlines()
    assert [line.split()[0] for line in lines if line.startswith(" ")] == [fault.name for fault in demo.faults()]
    assert [line for line in lines if not line.startswith(" ")] == list(
        dict.fromkeys(fault.playbook for fault in demo.faults())
    )
    assert max(map(len, lines)) <= 80


def test_an_unknown_fault_is_refused_before_anything_starts(tmp_path: Path) -> None:
    done = Place(tmp_path).run("demo", "--fault", "jwsk")
    assert done.returncode == 2
    assert "'jwsk' is not one of" in done.stderr
    assert "Starting" not in done.stderr
