"""A playbook with a text of each kind, and translations of it."""

from pathlib import Path

from playbook_engine.actions.registry import ACTIONS
from playbook_engine.diagnostics import Problems, Source
from playbook_engine.language import build, reader, schema
from playbook_engine.language.companions import PlaybookCompiler
from playbook_engine.language.translations import reading
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.translations import Translation

PLAYBOOK = """\
runbook: v1
name: disk
version: 1.0.0
title: Disk full
vars: {who: ana, disk_name: sda}
description: Nothing can be written
health:
  - check: Is there room?
    local: df
steps:
  - escalate: Disk full
    to: oncall
    message: "Ask {{ who }} about {{ disk_name }}."
"""
HEAD = "translation: v1\nplaybook: disk\nlanguage: zh\ntexts:\n"


def playbook(text: str = PLAYBOOK) -> Playbook:
    problems = Problems()
    document = reader.read(Source("disk.yml", text), problems)
    assert document is not None, problems.sorted()
    schema.check(document, "playbook.v1", problems)
    found = build.playbook(document, PlaybookCompiler(problems, Path()), ACTIONS, problems)
    assert found is not None, problems.sorted()
    return found


def read(text: str, problems: Problems) -> Translation | None:
    """Read a whole translation file."""
    document = reader.read(Source("zh/disk.yml", text), problems)
    if document is None:
        return None
    schema.check(document, "translation.v1", problems)
    return reading.translation(document, problems)


def translation(texts: str) -> Translation:
    """Return a translation of which only the texts are written."""
    problems = Problems()
    found = read(HEAD + texts, problems)
    assert found is not None, problems.sorted()
    return found
