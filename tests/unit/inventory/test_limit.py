"""What `--limit` says: patterns, files of patterns, and the word for those that failed."""

from pathlib import Path

import pytest

from playbook_engine.diagnostics import Problems
from playbook_engine.inventory.limit import MAX_BYTES, read


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "written", "failed"),
    [
        ("web", ["web"], False),
        ("web:db", ["web:db"], False),
        ("web,!canary", ["web,!canary"], False),
        ("!canary", ["!canary"], False),
        ("", [""], False),
        (",", [""], False),
        ("@failed", [], True),
        (" @failed ", [], True),
        ("@failed,!web-1", ["!web-1"], True),
        ("web,@hosts.txt", ["web", "web-1", "!db-2", "a,b", "~x#y"], False),
        ("@hosts.txt,@failed, db", ["db", "web-1", "!db-2", "a,b", "~x#y"], True),
        ("@odd: name.txt", ["one"], False),
        ("@./failed", ["two"], False),
    ],
)
def test_a_limit_is_patterns_from_words_and_files(folder: Path, text: str, written: list[str], failed: bool) -> None:
    lines = "\ufeff# who is ill\r\nweb-1\r\n\r\n  !db-2   # not this one\r\na,b\n\t\n~x#y"
    (folder / "hosts.txt").write_bytes(lines.encode())
    (folder / "odd: name.txt").write_text("one\n")
    (folder / "failed").write_text("two")
    problems = Problems()

    limit = read(text, problems)

    assert problems.sorted() == ()
    assert limit is not None
    assert ([each.text for each in limit.written], limit.failed) == (written, failed)


def test_a_pattern_of_a_file_has_its_place(folder: Path) -> None:
    (folder / "hosts.txt").write_text("# who\n  web-1  \n")

    limit = read("@hosts.txt", Problems())

    assert limit is not None
    (only,) = limit.written
    assert str(only.span) == "hosts.txt:2:3"


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("@hots.txt", "no-such-file", "Did you mean 'hosts.txt'?"),
        ("@", "no-such-file", "@failed"),
        ("web,@nowhere/x", "no-such-file", "no limit file 'nowhere/x'"),
        ("@folder", "unreadable-file", "not a regular file"),
        ("@blank.txt", "empty-limit", "names no host"),
        ("@latin.txt", "unreadable-file", "not UTF-8"),
        ("@large.txt", "unreadable-file", "bytes"),
        ("@nul\0", "no-such-file", "no limit file"),
    ],
)
def test_a_file_that_says_nothing_is_no_limit(folder: Path, text: str, code: str, says: str) -> None:
    """Ansible takes an empty file for no limit at all; here that would act on every host."""
    (folder / "hosts.txt").write_text("web\n")
    (folder / "folder").mkdir()
    (folder / "blank.txt").write_text("\n# nothing\r\n")
    (folder / "latin.txt").write_bytes(b"caf\xe9\n")
    (folder / "large.txt").write_bytes(b"web\n" * (MAX_BYTES // 4 + 1))
    problems = Problems()

    assert read(text, problems) is None

    (problem,) = problems.sorted()
    assert problem.code == code
    assert says in f"{problem.message} {problem.hint}"
