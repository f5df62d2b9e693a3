"""Accounts of this machine that may become somebody else through sudo, made for a test session and removed after it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "c0rrect-h0rse"
_RULES = """\
{free} ALL=(ALL) NOPASSWD: ALL
{logged} ALL=(ALL) NOPASSWD: ALL
{asked} ALL=(ALL) ALL
Defaults:{logged} log_output, log_input, iolog_dir={folder}/log
Defaults:{asked} lecture=always, passwd_tries=3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """`free` becomes anybody, `asked` gives PASSWORD first, `nobody` becomes nobody; `other` is whom they become.

    `logged` is as free as `free`, and sudo keeps what the command reads and writes: then it runs on a terminal of its
    own, in a process group of its own.
    """

    free: str
    logged: str
    asked: str
    nobody: str
    other: str
    folder: Path
    """A folder in which all of them may read."""


def why_not() -> str | None:
    """Return why there can be no such accounts here."""
    if os.getuid() != 0:
        return "only root can make accounts: nothing was tried through sudo"
    missing = [name for name in ("sudo", "useradd", "chpasswd") if shutil.which(name) is None]
    return f"{', '.join(missing)} is not installed: nothing was tried through sudo" if missing else None


@contextmanager
def accounts() -> Iterator[Accounts]:
    """Make accounts and the rules for them, and take all of it away again."""
    stem = f"rb{os.getpid()}"
    folder = Path(tempfile.mkdtemp(prefix="runbook-accounts-"))
    folder.chmod(0o755)
    made = Accounts(
        free=f"{stem}f",
        logged=f"{stem}l",
        asked=f"{stem}a",
        nobody=f"{stem}n",
        other=f"{stem}o",
        folder=folder,
    )
    names = (made.free, made.logged, made.asked, made.nobody, made.other)
    rules = Path("/etc/sudoers.d") / stem
    try:
        for name in names:
            _run("useradd", "--create-home", "--shell", "/bin/sh", name)
        _run("chpasswd", text="".join(f"{name}:{PASSWORD}\n" for name in names))
        rules.write_text(
            _RULES.format(free=made.free, logged=made.logged, asked=made.asked, folder=folder), encoding="utf-8"
        )
        rules.chmod(0o440)
        yield made
    finally:
        rules.unlink(missing_ok=True)
        for name in names:
            subprocess.run(["userdel", "--force", "--remove", name], check=False, capture_output=True, timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: str, text: str = "") -> None:
    subprocess.run(command, input=text, text=True, check=True, capture_output=True, timeout=20)
