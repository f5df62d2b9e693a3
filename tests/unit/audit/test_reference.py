"""The documentation of the record says what the code does."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from recorded_runs import RUN, every_event, put_on_record, whole_run

from playbook_engine.audit.reader import read
from playbook_engine.audit.record_v1 import event_fields
from playbook_engine.model.events import Event, RecordLost

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "record.md").read_text(encoding="utf-8")

SOMETIMES = {"branch.taken": ("roads",), "escalation.delivered": ("wait_ms",)}
"""Fields that are there only where they say something: records without them stay what they were, byte for byte."""


def rows() -> dict[str, list[str]]:
    """Return the fields that the page gives for each type of event."""
    table = re.findall(r"^\| `([a-z.]+)` \| (.*?) \|", PAGE, re.MULTILINE)
    return {kind: re.findall(r"`(\w+)`", fields) for kind, fields in table}


@pytest.mark.parametrize(
    "event", [event for event in every_event() if not isinstance(event, RecordLost)], ids=lambda event: event.type
)
def test_every_event_has_the_fields_of_its_row(event: Event) -> None:
    """In the same order."""
    always = [name for name in event_fields(event) if name not in SOMETIMES.get(event.type, ())]
    assert rows()[event.type] == always


def test_fields_that_are_not_always_there_are_described() -> None:
    """Below the table, each with its event."""
    for kind, names in SOMETIMES.items():
        for name in names:
            assert re.search(rf"`{re.escape(kind)}` has\s+`{name}`", PAGE)


def test_the_recipe_checks_a_line(tmp_path: Path) -> None:
    """With nothing but a shell, sed and sha256sum."""
    path = put_on_record(tmp_path, whole_run(), RUN)
    recipe = re.search(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    assert recipe is not None
    done = subprocess.run(
        ["sh", "-c", recipe[1]], env={**os.environ, "RECORD": str(path)}, capture_output=True, text=True, check=True
    )
    assert done.stdout.split()[0] == read(path).events[1]["hash"]
