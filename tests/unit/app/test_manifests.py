"""A playbook that applies a file: the file is loaded with it, wherever the command is started."""

from pathlib import Path

import pytest

from playbook_engine.app import loading
from playbook_engine.diagnostics import Problems

PLAYBOOK = """\
runbook: v1
name: apply
version: 1.0.0
title: Show the maintenance page
health: [{check: a, local: "true"}]
steps:
  - mitigate: Bring the page
    kubectl: apply -f manifests/page.yml
    undo: {kubectl: delete configmap/page}
"""
PAGE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: page}\n"


@pytest.fixture
def playbook(tmp_path: Path) -> Path:
    (tmp_path / "playbooks" / "manifests").mkdir(parents=True)
    path = tmp_path / "playbooks" / "apply.yml"
    path.write_text(PLAYBOOK, encoding="utf-8")
    return path


def test_the_file_lies_beside_the_playbook(playbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (playbook.parent / "manifests" / "page.yml").write_text(PAGE, encoding="utf-8")
    for folder, path in (
        (tmp_path, Path("playbooks/apply.yml")),
        (playbook.parent, Path("apply.yml")),
        (tmp_path, playbook),
    ):
        monkeypatch.chdir(folder)
        problems = Problems()
        assert loading.playbook(path, problems) is not None
        assert problems.sorted() == ()


def test_a_missing_file_is_told_in_the_playbook(playbook: Path) -> None:
    problems = Problems()
    assert loading.playbook(playbook, problems) is None
    (problem,) = problems.sorted()
    assert (str(problem.span), problem.code) == (f"{playbook}:8:23", "no-such-file")


def test_a_mistake_in_the_file_is_told_in_the_file(playbook: Path) -> None:
    page = playbook.parent / "manifests" / "page.yml"
    page.write_text(PAGE.replace("kind: ConfigMap\n", ""), encoding="utf-8")
    problems = Problems()
    assert loading.playbook(playbook, problems) is None
    (problem,) = problems.sorted()
    assert (str(problem.span), problem.message) == (f"{page}:1:1", "the object has no kind")
