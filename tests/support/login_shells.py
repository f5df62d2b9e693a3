"""Accounts of this machine with login shells of their own, and a server that lets them in; removed afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import openssh

SHELLS = {
    "nologin": "/usr/sbin/nologin",
    "false": "/bin/false",
    "csh": "/bin/tcsh",
    "fish": "/usr/bin/fish",
    "bash": "/bin/bash",
    "jailed": "/bin/sh",
}


@dataclass(frozen=True, slots=True)
class Shells:
    """A server, and its accounts by what is odd about them."""

    server: openssh.OpenSsh
    names: dict[str, str]


def why_not() -> str | None:
    """Return why there can be no such accounts here."""
    if os.getuid() != 0:
        return "only root can make accounts"
    if openssh.find_sshd() is None or shutil.which("useradd") is None:
        return "sshd or useradd is not installed"
    return None


@contextmanager
def shells() -> Iterator[Shells]:
    """Make an account for each shell that is installed; the shells of people say something when they start."""
    # sshd locks nobody into a folder that others could have replaced: /tmp will not do.
    folder = Path(tempfile.mkdtemp(prefix="runbook-shells-", dir="/var/lib"))
    folder.chmod(0o755)
    names = {kind: f"rs{os.getpid()}{kind[:4]}" for kind, shell in SHELLS.items() if Path(shell).exists()}
    jail = folder / "jail"
    jail.mkdir(mode=0o755)
    extra = f"Match User {names['jailed']}\n  ChrootDirectory {jail}\n  ForceCommand internal-sftp"
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, folder, ignore_errors=True)
        for kind, name in names.items():
            # The password * is none, and does not lock the account as ! does.
            _run("useradd", "--create-home", "--password", "*", "--shell", SHELLS[kind], name)
            undo.callback(_run, "userdel", "--force", "--remove", name)
            _greet(Path("/home") / name)
        server = undo.enter_context(openssh.serve(folder / "sshd", extra=extra))
        (server.folder / "authorized_keys").chmod(0o644)
        yield Shells(server, names)


def _greet(home: Path) -> None:
    """Have every shell that reads a file of its own at the start say something on both streams."""
    (home / ".cshrc").write_text("echo motd\n")
    config = home / ".config/fish"
    config.mkdir(parents=True)
    (config / "config.fish").write_text("echo motd\necho noise >&2\n")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=20)
