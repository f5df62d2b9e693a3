"""The reference page of the language is written from the schema."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from playbook_engine.actions.manual import DEFAULT_OPTIONS
from playbook_engine.actions.registry import ACTIONS
from playbook_engine.language.reference import VERBS, page
from playbook_engine.model.repeating import Retry
from playbook_engine.model.rolling import Rolling
from playbook_engine.model.steps import Verify
from playbook_engine.resources import schema_text

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "playbook.md"
SCHEMA: dict[str, Any] = json.loads(schema_text("playbook.v1"))
DEFINITIONS: dict[str, Any] = SCHEMA["$defs"]


def test_the_page_is_up_to_date() -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(page(ACTIONS), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(ACTIONS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_field_of_a_verb_has_a_row_that_names_the_verb(verb: str) -> None:
    rows = {line.split(" | ")[0]: line for line in page(ACTIONS).splitlines() if "·" in line or "cbmve" in line}

    for name in set(DEFINITIONS[verb]["properties"]) - set(ACTIONS) - {verb}:
        assert verb[0] in rows[f"| `{name}`"].split(" | ")[1]


def test_every_other_field_is_on_the_page() -> None:
    text = page(ACTIONS)
    owners = [SCHEMA, SCHEMA["properties"]["defaults"], DEFINITIONS["input"], DEFINITIONS["case"]]
    owners += [DEFINITIONS["case"]["properties"]["play"], *(DEFINITIONS[name] for name in ACTIONS)]

    assert [name for owner in owners for name in owner["properties"] if f"| `{name}` |" not in text] == []
    assert [name for name in ACTIONS if f"### `{name}`" not in text] == []


def test_defaults_are_those_of_the_model() -> None:
    mitigate, verify = DEFINITIONS["mitigate"]["properties"], DEFINITIONS["verify"]["properties"]
    retry = Retry(retries=1)

    assert DEFINITIONS["delay"]["default"] == str(retry.delay)
    assert DEFINITIONS["backoff"]["default"] == retry.backoff
    assert mitigate["max_failures"]["default"] == Rolling().max_failures.amount
    assert verify["on_pass"]["default"] == Verify.__dataclass_fields__["on_pass"].default.value
    assert tuple(DEFINITIONS["manual"]["properties"]["options"]["default"]) == DEFAULT_OPTIONS
