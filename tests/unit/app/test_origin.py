"""Who runs this, and from which commit."""

import hashlib
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rehearsing import load

from playbook_engine.app import origin

PLAYBOOK = "health: [{check: a, local: 'true'}]\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with one committed playbook."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    (tmp_path / "playbook.yml").write_text(PLAYBOOK)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--message=first")
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True, timeout=20)
    return done.stdout.strip()


def commit(path: Path) -> str | None:
    return origin.playbook_ref(load(PLAYBOOK), path).git


def test_a_clean_file_is_its_commit(repository: Path) -> None:
    (repository / "other").write_text("a change elsewhere does not count")

    assert commit(repository / "playbook.yml") == git(repository, "rev-parse", "--short=12", "HEAD")


@pytest.mark.parametrize("staged", [True, False])
def test_a_changed_file_is_dirty(repository: Path, staged: bool) -> None:
    (repository / "playbook.yml").write_text("changed")
    if staged:
        git(repository, "add", ".")

    assert commit(repository / "playbook.yml") == f"{git(repository, 'rev-parse', '--short=12', 'HEAD')}+dirty"


def test_a_file_that_git_does_not_know_is_dirty(repository: Path) -> None:
    (repository / "new.yml").write_text(PLAYBOOK)

    assert str(commit(repository / "new.yml")).endswith("+dirty")


def test_outside_a_repository_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "playbook.yml").write_text(PLAYBOOK)

    assert commit(tmp_path / "playbook.yml") is None


def test_without_git_there_is_no_commit(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))

    assert commit(repository / "playbook.yml") is None


def test_a_repository_cannot_make_us_run_its_programs(repository: Path) -> None:
    """`core.fsmonitor` names a program that `git status` would start."""
    (repository / "hook").write_text(f"#!/bin/sh\ntouch {repository}/started\n")
    (repository / "hook").chmod(0o755)
    git(repository, "config", "core.fsmonitor", str(repository / "hook"))

    assert commit(repository / "playbook.yml") is not None
    assert not (repository / "started").exists()


def test_the_file_is_named_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "playbook.yml"
    path.write_bytes(b"\xef\xbb\xbfa\r\n")

    assert origin.playbook_ref(load(PLAYBOOK), path).sha256 == hashlib.sha256(b"\xef\xbb\xbfa\r\n").hexdigest()


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Have no terminal and no variable that says where we are."""
    for name in ("CI", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    with open(os.devnull) as nothing:  # noqa: PTH123  it has to look like standard input
        monkeypatch.setattr(sys, "stdin", nothing)
        yield monkeypatch


@pytest.mark.parametrize(
    ("variables", "kind"),
    [({}, "cron"), ({"CI": "true"}, "ci"), ({"SSH_TTY": "/dev/pts/3"}, "user"), ({"CI": "1", "SSH_TTY": "x"}, "ci")],
)
def test_kinds_of_actors(variables: dict[str, str], kind: str, nowhere: pytest.MonkeyPatch) -> None:
    for name, value in variables.items():
        nowhere.setenv(name, value)

    actor = origin.actor()

    assert (actor.kind, actor.tty, actor.uid) == (kind, None, os.getuid())
    assert actor.user
    assert actor.host


def test_someone_at_a_terminal(nowhere: pytest.MonkeyPatch) -> None:
    master, slave = pty.openpty()
    with os.fdopen(slave) as terminal, os.fdopen(master, "wb"):
        nowhere.setattr(sys, "stdin", terminal)

        actor = origin.actor()
        expected = os.ttyname(terminal.fileno())

    assert (actor.kind, actor.tty) == ("user", expected)


def test_a_user_without_a_name(nowhere: pytest.MonkeyPatch) -> None:
    """A container may run as a number that no password file knows."""

    def unknown() -> str:
        raise KeyError("getpwuid(): uid not found")

    nowhere.setattr("getpass.getuser", unknown)

    assert origin.actor().user == f"uid {os.getuid()}"


def test_without_standard_input(nowhere: pytest.MonkeyPatch) -> None:
    """Some supervisors close it: `sys.stdin` is None then."""
    nowhere.setattr(sys, "stdin", None)

    assert origin.actor().kind == "cron"
