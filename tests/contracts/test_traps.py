"""The page of known traps is made of the tests that hold them; `UPDATE_GOLDEN=1` writes it anew."""

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "traps.md"
HEAD = """\
# Known traps

Where other tools, and the libraries under them, have hung, lied or leaked on the way to a target, and the test that keeps
it from happening here. `name#number` is an issue of that project on GitHub. This page is made of the tests:
`@pytest.mark.trap` on them says what is in the first two columns.

| source | what goes wrong elsewhere | the test that holds it here |
|---|---|---|
"""
_SOURCE = re.compile(r"[\w.-]+#\d+|CVE-\d{4}-\d+|RFC \d+|[\w-]+ [\w/.-]+\.\w+")
"""An issue, a vulnerability, a standard, or a file of a project's source."""


@dataclass(frozen=True, slots=True)
class Trap:
    """A mark on a test, and what is said of it."""

    sources: tuple[str, ...]
    elsewhere: str
    file: str
    test: str
    doc: str

    @property
    def row(self) -> str:
        sources = ", ".join(self.sources)
        return f"| {sources} | {self.elsewhere} | `{self.file}` `{self.test}` |"


def traps() -> list[Trap]:
    found = [trap for path in sorted((ROOT / "tests").rglob("test_*.py")) for trap in _traps_of(path)]
    return sorted(found, key=lambda trap: (_order(trap.sources[0]), trap.file, trap.test))


def _order(source: str) -> tuple[str, int]:
    name, _, number = source.partition("#")
    return name.lower(), int(number or 0)


def _traps_of(path: Path) -> Iterator[Trap]:
    text = path.read_text(encoding="utf-8")
    if "mark.trap" not in text:
        return
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.trap":
                sources, elsewhere = (ast.literal_eval(argument) for argument in mark.args)
                names = tuple(name.strip() for name in sources.split(","))
                file = path.relative_to(ROOT / "tests").as_posix()
                yield Trap(names, elsewhere, file, node.name, ast.get_docstring(node) or "")


def test_the_page_is_what_the_tests_say() -> None:
    text = HEAD + "".join(f"{trap.row}\n" for trap in traps())
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("trap", traps(), ids=lambda trap: trap.test)
def test_a_trap_names_its_source_in_the_mark_and_in_the_docstring(trap: Trap) -> None:
    for source in trap.sources:
        assert _SOURCE.fullmatch(source), f"{source}: no issue, vulnerability, standard or file"
        assert source in trap.doc, f"{trap.test}: its docstring does not name {source}"
    assert trap.elsewhere.endswith("."), "a sentence"
    assert "|" not in trap.elsewhere


def test_there_are_traps_of_all_kinds() -> None:
    names = {source.partition("#")[0] for trap in traps() for source in trap.sources}
    assert {"paramiko", "ansible", "pyinfra", "rundeck"} <= names
