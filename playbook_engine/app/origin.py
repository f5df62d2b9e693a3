"""Who runs this, and from which commit: what the record says of where a run came from."""

import getpass
import hashlib
import os
import socket
import subprocess
import sys
from pathlib import Path

from playbook_engine.model.events import Actor
from playbook_engine.model.plan import PlaybookRef
from playbook_engine.model.playbook import Playbook


def actor() -> Actor:
    """Return who runs this: `ci` when CI says so, `cron` without a terminal to belong to, else `user`."""
    tty = _terminal()
    kind = "ci" if os.environ.get("CI") else "user" if tty or os.environ.get("SSH_TTY") else "cron"
    return Actor(kind=kind, user=_user(), uid=os.getuid(), host=socket.gethostname(), tty=tty)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def _terminal() -> str | None:
    try:
        return os.ttyname(sys.stdin.fileno())
    except (OSError, ValueError, AttributeError):  # not a terminal, closed, or not there at all
        return None


def playbook_ref(playbook: Playbook, path: Path, *, git: bool = True) -> PlaybookRef:
    """Return which playbook it is, byte for byte; `git` asks for the commit, too."""
    return PlaybookRef(
        name=playbook.name,
        version=playbook.version,
        title=playbook.title,
        path=str(path),
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        git=_commit(path) if git else None,
    )


def _commit(path: Path) -> str | None:
    """Return the commit of the file's repository, with `+dirty` when the file differs from it."""
    commit = _git(path, "rev-parse", "--short=12", "HEAD")
    if not commit:
        return None
    changed = _git(path, "status", "--porcelain", "--", path.name)
    return f"{commit}+dirty" if changed else commit


def _git(path: Path, *arguments: str) -> str | None:
    # A repository's own settings could name programs to run; fsmonitor is the one that `status` would start.
    command = ["git", "-c", "core.fsmonitor=false", "-C", str(path.absolute().parent), *arguments]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=5, check=True, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
