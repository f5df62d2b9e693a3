"""The shipped playbooks take the paths that their rehearsals say, quickly."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from commanding import RUNBOOK
from jsonschema.validators import Draft202012Validator

from playbook_engine.app.config import Config
from playbook_engine.app.rehearsing import files, testing
from playbook_engine.app.rehearsing.testing import Wanted
from playbook_engine.diagnostics import Problems
from playbook_engine.language import reader
from playbook_engine.model.document import plain
from playbook_engine.resources import data_path, schema_text

PLAYBOOKS = data_path("playbooks")
REHEARSALS = sorted((PLAYBOOKS / "rehearsals").glob("*.yml"))
BUDGET_S = 2.0
"""Processor time for sixty scenarios, the start of the process included: a busy machine's wall clock says nothing."""
SCENARIOS = sum(path.read_text(encoding="utf-8").count("\n  - scenario:") for path in REHEARSALS)


@pytest.mark.parametrize("path", REHEARSALS, ids=lambda path: path.stem)
def test_a_rehearsal_fits_its_schema_and_editors_find_it(path: Path) -> None:
    problems = Problems()
    document = reader.read_file(path, path.name, problems)
    assert document is not None
    first = document.source.text.splitlines()[0]

    assert list(Draft202012Validator(json.loads(schema_text("rehearsal.v1"))).iter_errors(plain(document.root))) == []
    assert first == "# yaml-language-server: $schema=../../schemas/rehearsal.v1.json"


@pytest.mark.parametrize("path", REHEARSALS, ids=lambda path: path.stem)
def test_it_goes_as_expected_on_every_road(path: Path) -> None:
    config = Config(playbooks=PLAYBOOKS)

    report = testing.test(Wanted(meant=files.meant([str(path)], config), coverage=True), config)

    assert [(each.scenario, each.findings) for each in report.scenarios if not each.passed] == []
    assert report.leftovers == ()
    own = next(each for each in report.coverage or () if each.rehearsed)
    assert [str(edge.span) for edge in own.missed if edge.kind.value == "branch"] == []


def test_all_together_are_quick(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(tmp_path)  # bytecode is there, as it is where it is installed

    times = [_processor_time(environment) for _ in range(3)]

    assert min(times) < BUDGET_S * max(SCENARIOS / 60, 1), times


def _processor_time(environment: dict[str, str]) -> float:
    process = subprocess.Popen(
        [RUNBOOK, "test", str(PLAYBOOKS)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_utime + usage.ru_stime
