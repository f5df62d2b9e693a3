"""What travels with the program is right: playbooks, inventories, schemas."""

import json
from pathlib import Path

import pytest
from jsonschema.validators import Draft202012Validator

from playbook_engine.app import linting, planning
from playbook_engine.app.kinds import Kind, kind_of
from playbook_engine.app.planning import Request
from playbook_engine.diagnostics import Problems
from playbook_engine.language import reader
from playbook_engine.model.document import plain
from playbook_engine.model.settings import RunSettings
from playbook_engine.model.sources import InventorySources, Place
from playbook_engine.resources import data_path

PLAYBOOKS = sorted(data_path("playbooks").glob("*.yml"))
INVENTORIES = sorted(path for path in data_path("inventories").iterdir() if path.is_dir())
TRANSLATIONS = [path for path in sorted(data_path("playbooks").glob("*/*.yml")) if kind_of(path) is Kind.TRANSLATION]
ANALYSES = ("database-diagnosis", "log-analysis", "performance-analysis")
"""Who plays these wants to see what there is: nothing is so well that they have nothing to say, and no sweep asks them."""
SCHEMAS = sorted(data_path("schemas").glob("*.json"))


def errors(file: Path, schema: str) -> list[str]:
    problems = Problems()
    document = reader.read_file(file, str(file), problems)
    assert document is not None, problems.sorted()
    validator = Draft202012Validator(json.loads((data_path("schemas") / schema).read_text(encoding="utf-8")))
    return [error.message for error in validator.iter_errors(plain(document.root))]


def sources(inventory: Path) -> InventorySources:
    return InventorySources(places=(Place(str(inventory), inventory),))


def test_there_is_something_to_look_at() -> None:
    assert PLAYBOOKS
    assert INVENTORIES
    assert {path.name.partition(".")[0] for path in SCHEMAS} >= {"playbook", "environment", "rehearsal"}


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda path: path.name)
def test_a_schema_is_a_schema(schema: Path) -> None:
    Draft202012Validator.check_schema(json.loads(schema.read_text(encoding="utf-8")))


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda path: path.stem)
def test_a_playbook_lints_clean(playbook: Path) -> None:
    for inventory in (None, *INVENTORIES):
        assert linting.lint([playbook], sources(inventory) if inventory else None).diagnostics == ()
    assert errors(playbook, "playbook.v1.json") == []


@pytest.mark.parametrize("translation", TRANSLATIONS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_translation_lints_clean(translation: Path) -> None:
    assert linting.lint([translation], None).diagnostics == ()
    assert errors(translation, "translation.v1.json") == []


@pytest.mark.parametrize("inventory", INVENTORIES, ids=lambda path: path.name)
def test_an_environment_fits_its_schema(inventory: Path) -> None:
    assert errors(inventory / "environment.yml", "environment.v1.json") == []


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda path: path.stem)
def test_a_playbook_can_be_planned_on_the_demo(playbook: Path, tmp_path: Path) -> None:
    request = Request(
        playbook=playbook,
        inventory=sources(data_path("inventories") / "demo"),
        settings=RunSettings(state_dir=tmp_path),
        only_look=True,
        set_texts={},
    )

    plan = planning.prepare(request).plan

    assert bool(plan.health) is (playbook.stem not in ANALYSES)
    assert plan.steps


@pytest.mark.parametrize(
    "file", [*PLAYBOOKS, *TRANSLATIONS, *(i / "environment.yml" for i in INVENTORIES)], ids=lambda path: path.stem
)
def test_editors_find_the_schema(file: Path) -> None:
    """The first line names it, relative to the file, as editors want it."""
    first = file.read_text(encoding="utf-8").splitlines()[0]
    mark = "# yaml-language-server: $schema="

    assert first.startswith(mark)
    assert (file.parent / first.removeprefix(mark)).resolve() in [schema.resolve() for schema in SCHEMAS]
