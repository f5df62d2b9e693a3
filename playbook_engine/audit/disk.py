"""The few system calls that records are written with; all of them raise OSError."""

import os
from pathlib import Path


def private_folder(folder: Path) -> None:
    """Create a folder, and those above it, that only its owner can enter."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


def create(path: Path) -> int:
    """Create a file that was not there, for its owner alone, for appending; its name is on disk when this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    try:
        sync_folder(path.parent)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def append(descriptor: int, data: bytes) -> None:
    """Write all of the data; a write that the system cuts short is continued."""
    written = os.write(descriptor, data)
    while written < len(data):
        written += os.write(descriptor, data[written:])


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
