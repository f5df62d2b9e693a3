"""Adds lines to a known_hosts file: only behind what is there, one writer at a time, nobody else may read it."""

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path

import paramiko

from playbook_engine.model.replies import FaultKind
from playbook_engine.transports.ssh.faults import Unable


def line(name: str, kind: str, encoded: str, *, hashed: bool) -> str:
    """Return the line for one key; a hashed name tells nobody who reads the file where its owner goes."""
    return f"{paramiko.HostKeys.hash_host(name) if hashed else name} {kind} {encoded}\n"


def append(path: Path, lines: Iterable[str]) -> None:
    """Add the lines; raises Unable when that is not possible."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Unable(FaultKind.HOST_KEY, f"{path} cannot be written: {error.strerror}") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        text = "".join(lines)
        size = os.lseek(descriptor, 0, os.SEEK_END)
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            text = f"\n{text}"
        os.write(descriptor, text.encode())
        os.fsync(descriptor)
    except OSError as error:
        raise Unable(FaultKind.HOST_KEY, f"{path} cannot be written: {error.strerror}") from None
    finally:
        os.close(descriptor)
