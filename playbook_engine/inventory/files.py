"""The files of one inventory: read once, named as people know them, remembered for the digest."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from playbook_engine.diagnostics import Problems, Source, Span
from playbook_engine.frozen import dataclass
from playbook_engine.model.document import Document

ReadFile = Callable[[Path, str, Problems], Document | None]
"""Reads a file under the name it is shown by; None when it cannot be read, which is then among the problems."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """A document with its name relative to the inventory: `group_vars/api.yml`."""

    document: Document
    relative: str


class Files:
    """Reads files below `root`, which people know as `shown`."""

    def __init__(self, root: Path, shown: str, problems: Problems) -> None:
        self.root = root
        self.problems = problems
        self._shown = shown
        self._bytes: dict[str, bytes] = {}

    def shown(self, path: Path) -> str:
        """Return the file's name for people, as they typed the inventory's."""
        return os.path.normpath(f"{self._shown}/{self._relative(path)}")

    def place(self, path: Path) -> Span:
        """Return the beginning of a file that nobody reads, to complain about."""
        return Span(Source(self.shown(path), ""), 1, 1, 1, 2)

    def read(self, path: Path, reader: ReadFile) -> FileRead | None:
        """Read a file; None when it cannot be read, which is then among the problems."""
        try:
            if path.exists() and not (path.is_file() or path.is_dir()):
                # A named pipe would keep us waiting, a device would never end.
                self.unreadable(path, OSError(0, "it is not a regular file"))
                return None
            document = reader(path, self.shown(path), self.problems)
            if document is None:
                return None
            # A second look at the file: the reader hands on text, and the digest is over bytes. It is known by
            # now that the file is a small one.
            self._bytes[self._relative(path)] = path.read_bytes()
        except OSError as error:
            self.unreadable(path, error)
            return None
        return FileRead(document, self._relative(path))

    def unreadable(self, path: Path, error: OSError) -> None:
        message = f"{self.shown(path)} cannot be read: {error.strerror or error}"
        self.problems.error("unreadable-file", message, self.place(path))

    def sha256(self) -> str:
        """Return the digest over names and bytes of all files read, in the order of their names.

        Names and contents are preceded by their length, so that no two inventories run together into the same bytes.
        """
        digest = hashlib.sha256()
        for name, data in sorted(self._bytes.items()):
            for part in (name.encode(errors="surrogateescape"), data):
                digest.update(b"%d:" % len(part))
                digest.update(part)
        return digest.hexdigest()

    def _relative(self, path: Path) -> str:
        return os.path.relpath(path, self.root).replace(os.sep, "/")
