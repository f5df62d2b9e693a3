"""The passwords of vaults: where they come from, and what is said when they do not."""

import os
import time
from pathlib import Path

import pytest

from playbook_engine.app import vaults
from playbook_engine.errors import UsageError
from playbook_engine.inventory.process import Limits, Runner
from playbook_engine.inventory.vault import Password
from playbook_engine.model.sources import VaultId
from playbook_engine.values import Duration


def runner(hidden: frozenset[str], milliseconds: int = 20_000) -> Runner:
    return Runner(Limits(time=Duration(milliseconds)), os.environ, time.monotonic)


def unlocked(vault: VaultId) -> tuple[Password, ...]:
    return tuple(vaults.unlock((vault,), runner)())


def program(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_options_and_the_environment_name_files() -> None:
    found = vaults.ids(("a", "~/b"), ("prod@c", "d", "x@y@e"), {"ANSIBLE_VAULT_PASSWORD_FILE": "f"})

    assert found == (
        VaultId(None, Path("a")),
        VaultId(None, Path.home() / "b"),
        VaultId("prod", Path("c")),
        VaultId(None, Path("d")),
        VaultId("x@y", Path("e")),
        VaultId(None, Path("f")),
    )
    assert vaults.ids((), (), {"ANSIBLE_VAULT_PASSWORD_FILE": ""}) == ()


@pytest.mark.parametrize("text", ["prod@prompt", "prompt", "prod@prompt_ask", "prod@"])
def test_passwords_are_not_asked_for(text: str) -> None:
    with pytest.raises(UsageError, match=f"--vault-id {text}: "):
        vaults.ids((), (text,), {})


def test_a_file_holds_one_password_blanks_around_it_left_out(tmp_path: Path) -> None:
    (tmp_path / "pw").write_bytes(b"  a b\n\n")

    assert unlocked(VaultId("prod", tmp_path / "pw")) == (Password("prod", str(tmp_path / "pw"), b"a b"),)


def test_a_program_prints_it_and_a_client_is_told_the_label(tmp_path: Path) -> None:
    for name, label, printed in (
        ("plain.sh", "prod", b"0"),
        ("my-client.sh", "prod", b"2 --vault-id prod"),
        ("my-client", None, b"0"),
    ):
        path = program(tmp_path / name, 'echo $# "$@"')
        assert unlocked(VaultId(label, path))[0].text == printed


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("echo no >&2; exit 2", "is of no use: it ended with status 2. It said: no"),
        ("exit 0", "gives an empty password"),
    ],
)
def test_a_program_that_fails(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        unlocked(VaultId(None, program(tmp_path / "pw", text)))


def test_a_program_that_hangs_is_ended(tmp_path: Path) -> None:
    hanging = (VaultId(None, program(tmp_path / "pw", "exec sleep 60")),)

    with pytest.raises(ValueError, match="it did not end within 200ms"):
        vaults.unlock(hanging, lambda hidden: runner(hidden, 200))()


def test_files_that_are_no_passwords(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "large").write_bytes(b"x" * 100_000)
    os.mkfifo(tmp_path / "pipe")

    for name, says in (
        ("gone", "cannot be read: No such file"),
        ("empty", "gives an empty password"),
        ("large", "is larger than 64 KiB"),
        ("pipe", "is not a regular file"),
    ):
        with pytest.raises(ValueError, match=says):
            unlocked(VaultId(None, tmp_path / name))
    with pytest.raises(ValueError, match=r"cannot be (executed|read)"):
        unlocked(VaultId(None, tmp_path))
