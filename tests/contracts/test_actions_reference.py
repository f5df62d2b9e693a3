"""The examples of the reference of actions lint clean, and its tables name every field."""

import json
import re
from pathlib import Path

import pytest

from playbook_engine.app.linting import lint
from playbook_engine.resources import schema_text

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "actions.md"
HEAD = """\
runbook: v1
name: example
version: 1.0.0
title: An example
vars: {database: app, api_url: https://api.example.org, region: eu}
steps:
"""


def examples() -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("number", range(len(examples())))
def test_an_example_lints_clean(number: int, tmp_path: Path) -> None:
    path = tmp_path / "example.yml"
    path.write_text(HEAD + examples()[number], encoding="utf-8")

    assert lint([path], None).diagnostics == ()


@pytest.mark.parametrize(("heading", "names"), [("`ssh`, `local`", ("ssh", "local")), ("`http`", ("http",))])
def test_every_field_of_the_schema_has_its_line(heading: str, names: tuple[str, ...]) -> None:
    section = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*?`) \|", section, re.MULTILINE)
    described = {field for row in rows for field in re.findall(r"`(\w+)`", row)}
    definitions = json.loads(schema_text("playbook.v1"))["$defs"]

    assert described == {field for name in names for field in definitions[name]["properties"]}
