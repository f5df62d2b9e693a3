"""Malformed rehearsals: every problem is a diagnostic with its place and what to do, before anything is played.

Each file of `rehearsals/` says in comments what must be found in it: `# LINE:COLUMN CODE`.
"""

import re
from pathlib import Path

import pytest

from playbook_engine.app.config import Config
from playbook_engine.app.rehearsing.reading import Library
from playbook_engine.diagnostics import Diagnostic, Problems

FOLDER = Path(__file__).parent / "rehearsals"
CORPUS = sorted(path for path in FOLDER.glob("*.yml") if path.name != "all-verbs.yml")
HINTS = {
    ("names", 5): "Did you mean 'log'?",
    ("names", 6): "'statsu' is not a field of an answer",
    ("names", 8): "Answer the health checks under their own names",
    ("names", 21): "Did you mean 'host-1'?",
    ("names", 22): "Did you mean 'restart'?",
    ("names", 30): "Did you mean 'failed'?",
    ("names", 37): "Did you mean 'log.lines'?",
    ("shape", 7): "Did you mean 'answers'?",
    ("shape", 18): "expected yes, no, stop or nobody",
    ("sense", 17): "already the name of the scenario in line 16",
}


def found(path: Path) -> tuple[Diagnostic, ...]:
    problems = Problems()
    assert Library.of(Config()).cast(path, problems) is None
    return problems.sorted()


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_a_file_has_the_problems_that_it_says(path: Path) -> None:
    expected = re.findall(r"# (\d+:\d+ [a-z0-9-]+)$", path.read_text(encoding="utf-8"), re.MULTILINE)

    assert expected
    assert sorted(f"{d.span.line}:{d.span.column} {d.code}" for d in found(path) if d.span) == sorted(expected)


@pytest.mark.parametrize(("file", "line"), HINTS)
def test_a_problem_says_what_to_do(file: str, line: int) -> None:
    said = [f"{d.message} {d.hint}" for d in found(FOLDER / f"{file}.yml") if d.span and d.span.line == line]

    assert any(HINTS[file, line] in each for each in said), said
