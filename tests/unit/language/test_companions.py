"""Files beside a playbook: found from its folder, known by their bytes, their problems in their own lines."""

import hashlib
from pathlib import Path

import pytest

from playbook_engine.diagnostics import Problems, Severity, Source, Span
from playbook_engine.language.companions import PlaybookCompiler
from playbook_engine.model.document import plain
from playbook_engine.model.manifests import Manifests, ReadsManifests

HERE = Span(Source("playbook", "kubectl: apply -f x.yml"), 1, 19, 1, 24)


def read(folder: Path, name: str) -> tuple[Manifests | None, list[str]]:
    problems = Problems()
    compiler = PlaybookCompiler(problems, folder)
    assert isinstance(compiler, ReadsManifests)
    found = compiler.manifests(name, HERE)
    assert all(problem.severity is Severity.ERROR for problem in problems.sorted())
    return found, [f"{problem.span} {problem.code}" for problem in problems.sorted()]


def test_a_file_is_found_from_the_playbooks_folder(tmp_path: Path) -> None:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "manifests").mkdir()
    content = "\ufeffa: 1\r\n---\r\nb: 2\r\n".encode()
    (tmp_path / "manifests" / "x.yml").write_bytes(content)
    found, problems = read(tmp_path / "playbooks", "../manifests/x.yml")
    assert problems == []
    assert found is not None
    assert [plain(document) for document in found.documents] == [{"a": 1}, {"b": 2}]
    assert found.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "playbook:1:19 no-such-file"),
        (b"a: \xff\n", "{file}:1:4 not-utf-8"),
        (b"a: 1\n---\na: [\n", "{file}:4:1 yaml-syntax"),
        (b"x: " + b"y" * 2**20, "{file}:1:1 too-large"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, content: bytes | None, said: str) -> None:
    """A file that is not there is told where the playbook names it."""
    path = tmp_path / "x.yml"
    if content is not None:
        path.write_bytes(content)
    assert read(tmp_path, "x.yml") == (None, [said.format(file=path)])


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert read(tmp_path, ".") == (None, ["playbook:1:19 not-a-file"])
