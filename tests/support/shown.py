"""Playbooks to show: the one that comes with the program, and one in which every field of the language stands once."""

from collections.abc import Iterator
from pathlib import Path

from playbook_engine.app import loading, showing
from playbook_engine.app.tongues import Tongue
from playbook_engine.diagnostics import Problems
from playbook_engine.model.playbook import Playbook
from playbook_engine.report.graph.graph import Graph
from playbook_engine.resources import data_path

HERE = Path(__file__).parents[1] / "unit" / "report" / "shown"
EVERYTHING = HERE / "everything.yml"
NESTED = HERE / "nested.yml"
LAB = HERE / "lab"
JWKS = data_path("playbooks") / "jwks-outage.yml"

HEAD = "runbook: v1\nname: x\nversion: 1.0.0\ntitle: T\nhosts: all\n"


def playbook(folder: Path, text: str) -> Playbook:
    """Return a playbook of which only the parts that matter are written."""
    file = folder / "playbook.yml"
    file.write_text(HEAD + text, encoding="utf-8")
    problems = Problems()
    found = loading.playbook(file, problems)
    assert found is not None, problems.sorted()
    return found


def graph(path: Path, language: str = "en") -> Graph:
    """Return the graph of a playbook in a language."""
    tongue = Tongue((language,))
    found = showing.translated(showing.playbook(path), path, tongue, Problems())
    return showing.graph(found, tongue.words)


def edges(drawn: Graph) -> Iterator[str]:
    """Yield each edge as people would write it: `s1 -fails-> s1_stop`."""
    for edge in drawn.edges:
        yield f"{edge.source} -{edge.label}-> {edge.target}"
