"""Everything that the old wiki page says lives on in the playbooks; `UPDATE_GOLDEN=1` writes the table anew."""

import os
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest
from old_page import PAGE, Item, Kind, items
from old_page_coverage import Entry, complaints, mapping

TABLE = Path(__file__).parents[2] / "docs" / "reference" / "k4-coverage.md"
LEFT_OUT = re.compile(r"\s*|```\w*|---|# .*|\|.*\||[\s↓]+|echo \"(?:===.*===|.*\.\.\.)\"")
HEAD = """\
# Where the old page lives on

The wiki page that these playbooks replace (`tests/fixtures/k4-runbook.md`), item by item: headings, points, commands,
rows of tables, thresholds, expected outputs. The mapping is `tests/fixtures/k4-coverage.yml`; a test fails when an item
is not mapped, when a step or a rehearsal that is named here disappears, or when it no longer holds what it is said to hold.

`playbook#step` is a step by its id or title, `playbook@symptoms` a part of the playbook's head, `inventory NAME` its
environment file, `rehearsal NAME#scenario` a scenario of the playbook's rehearsal.
"""


def test_every_item_of_the_page_has_its_place() -> None:
    assert complaints(items(PAGE.read_text(encoding="utf-8")), mapping()) == []


def test_the_table_is_what_the_mapping_says() -> None:
    text = _table(items(PAGE.read_text(encoding="utf-8")), {entry.key: entry for entry in mapping()})
    if os.environ.get("UPDATE_GOLDEN"):
        TABLE.write_text(text, encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8") == text


def test_the_page_is_read_whole() -> None:
    """What is in no item is a blank, a mark, the head of a table, or the label of the commands below it."""
    text = PAGE.read_text(encoding="utf-8")
    found = items(text)
    read = {line for item in found for line in range(item.line, item.line + item.whole.count("\n") + 1)}
    left = [line for number, line in enumerate(text.splitlines(), 1) if number not in read]

    assert [line for line in left if not LEFT_OUT.fullmatch(line)] == []
    assert {kind for kind in Kind if not any(item.kind is kind for item in found)} == set()
    assert len(found) > 250


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda entry: replace(entry, text="another"), "it is not on the page"),
        (lambda entry: replace(entry, places=("database-diagnosis#nowhere",)), "'nowhere' is none of its steps"),
        (lambda entry: replace(entry, has=("SELECT 42;",)), "'SELECT 42;' is not in database-diagnosis#version"),
        (lambda entry: replace(entry, has=()), "nothing is asked of the place"),
    ],
)
def test_a_mapping_cannot_lie(change: Callable[[Entry], Entry], complaint: str) -> None:
    [item] = (item for item in items(PAGE.read_text(encoding="utf-8")) if "SELECT version();" in item.text)
    [entry] = (entry for entry in mapping() if entry.key == item.key)

    assert complaints([item], [entry]) == []
    assert complaint in "\n".join(complaints([item], [change(entry)]))
    assert complaints([item], []) == [f"line {item.line}: '{item.text}' is not mapped"]


def _table(found: list[Item], entries: dict[tuple[int, str], Entry]) -> str:
    parts = [HEAD]
    for section, group in groupby(found, key=lambda item: item.section):
        rows = [f"\n## {section}\n", "| line | the page says | what it is | where it lives on | what stands there |"]
        rows += ["|---|---|---|---|---|"]
        rows += [_row(item, entries[item.key]) for item in group if item.key in entries]
        parts.append("\n".join(rows) + "\n")
    return "".join(parts)


def _row(item: Item, entry: Entry) -> str:
    places = "<br>".join(f"`{place}`" for place in entry.places)
    return f"| {item.line} | {_code(item.text)} | {item.kind} | {places} | {'<br>'.join(map(_code, entry.has))} |"


def _code(text: str) -> str:
    """Return a text as code within a cell."""
    ticks = "``" if "`" in text else "`"
    return f"{ticks}{text}{ticks}".replace("|", "\\|")
