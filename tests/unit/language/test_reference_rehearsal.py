"""The reference page of rehearsals is written from the schema, which has the fields of the model."""

import json
import os
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from playbook_engine.language.reference_rehearsal import page
from playbook_engine.model.outcomes import Outcome, Verdict
from playbook_engine.model.rehearsal import (
    ANSWER_FIELDS,
    ANY_ANSWER,
    Ack,
    Consent,
    Expected,
    Rehearsal,
    Scenario,
    Setting,
)
from playbook_engine.model.replies import FaultKind
from playbook_engine.resources import schema_text

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "rehearsal.md"
SCHEMA: dict[str, Any] = json.loads(schema_text("rehearsal.v1"))
DEFINITIONS: dict[str, Any] = SCHEMA["$defs"]
OTHERWISE = {"variables": "vars", "approvals": "approve", "name": "scenario", "expected": "expect"}
PLACES = {"span", "spans", "source", "verdict_span", "path_span"}


def written(model: type) -> set[str]:
    """Return the fields of a class of the model as YAML has them."""
    names = {field.name for field in fields(model)} - PLACES
    own = {OTHERWISE.get(name, name) for name in names if name != "setting"}
    return own | (written(Setting) if "setting" in names else set())


def test_the_page_is_up_to_date() -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize(
    ("schema", "model"),
    [
        (SCHEMA, Rehearsal),
        (DEFINITIONS["scenario"], Scenario),
        (DEFINITIONS["scenario"]["properties"]["ack"], Ack),
        (DEFINITIONS["expect"], Expected),
    ],
    ids=["rehearsal", "scenario", "ack", "expect"],
)
def test_a_mapping_has_the_fields_of_its_class(schema: dict[str, Any], model: type) -> None:
    version = {"rehearsal"} if model is Rehearsal else set()

    assert set(schema["properties"]) - version == written(model)


def test_an_answer_has_the_fields_of_all_kinds() -> None:
    named = {name for names in ANSWER_FIELDS.values() for name in names} | set(ANY_ANSWER)

    assert set(DEFINITIONS["answer"]["properties"]) == named


def test_words_are_those_of_the_model() -> None:
    approve = DEFINITIONS["scenario"]["properties"]["approve"]

    assert set(DEFINITIONS["expect"]["properties"]["verdict"]["enum"]) | {"unrecorded"} == {v.value for v in Verdict}
    assert DEFINITIONS["answer"]["properties"]["fault"]["enum"] == [kind.value for kind in FaultKind]
    assert approve["additionalProperties"]["enum"] == [word.value for word in Consent]
    assert all(
        f"`{outcome.value}`" in DEFINITIONS["expect"]["properties"]["path"]["description"] for outcome in Outcome
    )
