"""The schema and the model have the same fields, verb by verb, down to the last of them."""

import json
from dataclasses import fields
from enum import StrEnum
from typing import Any

import pytest

from playbook_engine.actions.registry import ACTIONS
from playbook_engine.model.playbook import Defaults, InputSpec, Playbook
from playbook_engine.model.repeating import Poll, Retry
from playbook_engine.model.rolling import Rolling
from playbook_engine.model.steps import (
    Approve,
    Branch,
    Case,
    Check,
    Escalate,
    Mitigate,
    OnFailure,
    OnPass,
    Play,
    Verify,
    Which,
)
from playbook_engine.resources import schema_text

SCHEMA: dict[str, Any] = json.loads(schema_text("playbook.v1"))
DEFINITIONS: dict[str, Any] = SCHEMA["$defs"]
PLACES = {"span", "to_span", "otherwise_span", "source"}
"""Where something is written; no field of the language."""


def names_of(model: type) -> set[str]:
    return {field.name for field in fields(model)} - PLACES


SEVERAL = {
    "poll": names_of(Poll),
    "retry": names_of(Retry),
    "rolling": names_of(Rolling),
    "action": set(ACTIONS),
    "undo": {"undo", "irreversible"},
}
"""Fields of the model that are several in YAML."""
OTHERWISE = {"otherwise": "else", "per_host": "for", "variables": "vars", "finally_": "finally"}
"""Words that Python keeps for itself, or that say more."""


def written(model: type, also: dict[str, str]) -> set[str]:
    """Return the fields of a class of the model as YAML has them."""
    found: set[str] = set()
    for name in names_of(model):
        found |= SEVERAL.get(name, {also.get(name, OTHERWISE.get(name, name))})
    return found


@pytest.mark.parametrize("verb", [Check, Branch, Mitigate, Verify, Escalate])
def test_a_verb_has_the_fields_of_its_class(verb: type) -> None:
    name = verb.__name__.lower()

    assert set(DEFINITIONS[name]["properties"]) == written(verb, {"title": name})


@pytest.mark.parametrize(
    ("schema", "model", "also"),
    [
        (SCHEMA, Playbook, {}),
        (SCHEMA["properties"]["defaults"], Defaults, {}),
        (DEFINITIONS["case"], Case, {}),
        (DEFINITIONS["case"]["properties"]["play"], Play, {}),
    ],
    ids=["playbook", "defaults", "case", "play"],
)
def test_a_mapping_has_the_fields_of_its_class(schema: dict[str, Any], model: type, also: dict[str, str]) -> None:
    version = {"runbook"} if model is Playbook else set()  # there is one version, so the model needs no field

    assert set(schema["properties"]) - version == written(model, also)


def test_an_input_has_the_fields_of_its_class() -> None:
    assert set(DEFINITIONS["input"]["properties"]) | {"name"} == written(InputSpec, {})


@pytest.mark.parametrize(
    ("verb", "field", "words"),
    [
        ("mitigate", "approve", Approve),
        ("mitigate", "on_failure", OnFailure),
        ("verify", "on_failure", OnFailure),
        ("verify", "on_pass", OnPass),
    ],
)
def test_a_field_takes_the_words_of_its_enumeration(verb: str, field: str, words: type[StrEnum]) -> None:
    assert DEFINITIONS[verb]["properties"][field]["enum"] == [word.value for word in words]


def test_the_actions_are_those_of_the_registry() -> None:
    assert [name for name in DEFINITIONS["check"]["properties"] if name in DEFINITIONS and name in ACTIONS] == list(
        ACTIONS
    )
    assert set(DEFINITIONS["mitigate"]["properties"]["undo"]["properties"]) == set(ACTIONS)
    assert all("description" in DEFINITIONS[name] for name in ACTIONS)


def test_every_verb_is_a_step() -> None:
    assert DEFINITIONS["step"]["x-verbs"] == list(DEFINITIONS["step"]["properties"])
    assert {which.value for which in Which} == {"passed", "failed", "unreachable", "skipped"}
