"""The files of one inventory: read once, named as people know them, remembered for the digest."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from playbook_engine.diagnostics import Problems, Source, Span
from playbook_engine.frozen import dataclass
from playbook_engine.model.document import Document

ReadText = Callable[[Path, str, Problems], Source | None]
"""Reads a file as text under the name it is shown by; None when it cannot be read, which is then a problem."""
ReadYaml = Callable[[Source, Problems], Document | None]
"""Reads text as one of Ansible's YAML files; None when it is none, which is then a problem."""
ReadFile = Callable[[Path, str, Problems], Document | None]
"""Reads and checks an environment file; None when it cannot be read, which is then a problem."""

_HEAD: Final = 8192


class Digest:
    """The digest over names and bytes of all that an inventory was made of."""

    def __init__(self) -> None:
        self._bytes: dict[str, bytes] = {}

    def add(self, name: str, data: bytes) -> None:
        self._bytes[name] = data

    def sha256(self) -> str:
        """Return the digest, taken in the order of the names.

        Names and contents are preceded by their length, so that no two inventories run together into the same bytes.
        """
        digest = hashlib.sha256()
        for name, data in sorted(self._bytes.items()):
            for part in (name.encode(errors="surrogateescape"), data):
                digest.update(b"%d:" % len(part))
                digest.update(part)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Named:
    """What was read, with its name for origins: `group_vars/api.yml`."""

    source: Source
    relative: str


class Files:
    """Reads files below `root`, which people know as `shown`.

    `prefix` sets the names of this place apart from those of others: it is empty when there is only one.
    """

    def __init__(self, root: Path, shown: str, problems: Problems, digest: Digest, prefix: str = "") -> None:
        self.root = root
        self.problems = problems
        self._shown = shown
        self._digest = digest
        self._prefix = prefix

    def like(self, problems: Problems) -> "Files":
        """Return the same files, with another list for what is wrong with them."""
        return Files(self.root, self._shown, problems, self._digest, self._prefix)

    def shown(self, path: Path) -> str:
        """Return the file's name for people, as they typed the inventory's."""
        return os.path.normpath(f"{self._shown}/{os.path.relpath(path, self.root)}")

    def origin(self, path: Path) -> str:
        """Return the file's name in origins: within the inventory, or as people know it when there are several."""
        return self.shown(path) if self._prefix else self._relative(path)

    def place(self, path: Path) -> Span:
        """Return the beginning of a file that nobody reads, to complain about."""
        return Span(Source(self.shown(path), ""), 1, 1, 1, 2)

    def head(self, path: Path) -> bytes | None:
        """Return the first bytes of a file; None when it cannot be read, which is then among the problems."""
        try:
            if self._is_odd(path):
                return None
            with path.open("rb") as file:
                return file.read(_HEAD)
        except OSError as error:
            self.unreadable(path, error)
            return None

    def text(self, path: Path, reader: ReadText) -> Named | None:
        """Read a file as text; None when it cannot be read, which is then among the problems."""
        try:
            if self._is_odd(path):
                return None
            source = reader(path, self.shown(path), self.problems)
            return None if source is None else Named(source, self._remember(path))
        except OSError as error:
            self.unreadable(path, error)
            return None

    def document(self, path: Path, reader: ReadFile) -> Document | None:
        """Read a file that a reader knows how to check; None when it cannot be read."""
        try:
            if self._is_odd(path):
                return None
            document = reader(path, self.shown(path), self.problems)
            if document is not None:
                self._remember(path)
        except OSError as error:
            self.unreadable(path, error)
            return None
        return document

    def listed(self, text: str) -> None:
        """Remember a list of hosts, which is no file."""
        self._digest.add(f"{self._prefix}hosts", text.encode(errors="surrogateescape"))

    def printed(self, path: Path, arguments: tuple[str, ...], data: bytes) -> None:
        """Remember what a program printed."""
        self._digest.add(" ".join((self._prefix + self._relative(path), *arguments)), data)

    def unreadable(self, path: Path, error: OSError) -> None:
        message = f"{self.shown(path)} cannot be read: {error.strerror or error}"
        self.problems.error("unreadable-file", message, self.place(path))

    def _remember(self, path: Path) -> str:
        # A second look at the file: the reader hands on text, and the digest is over bytes. It is known by
        # now that the file is a small one.
        self._digest.add(self._prefix + self._relative(path), path.read_bytes())
        return self.origin(path)

    def _is_odd(self, path: Path) -> bool:
        """Report what is neither a file nor a folder: a named pipe would keep us waiting, a device never ends."""
        if not path.exists() or path.is_file() or path.is_dir():
            return False
        self.unreadable(path, OSError(0, "it is not a regular file"))
        return True

    def _relative(self, path: Path) -> str:
        return os.path.relpath(path, self.root).replace(os.sep, "/")
