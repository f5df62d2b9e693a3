"""The files under group_vars and host_vars, and what they define.

A group `api` has its variables in `group_vars/api.yml` (or `.yaml`, `.json`, or without a suffix), or in the files of
a folder `group_vars/api/`, taken in the order of their names. Of several the first is taken, as in Ansible: the name
without a suffix, then `.yml`, `.yaml`, `.json`; the others are named in a warning.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.inventory import variables
from playbook_engine.inventory.files import FileRead, Files, ReadFile
from playbook_engine.inventory.layout import left_alone
from playbook_engine.inventory.variables import Layer
from playbook_engine.model.document import Entry, Mapping, Scalar

_SUFFIXES: Final = ("", ".yml", ".yaml", ".json")
_MAX_DEPTH: Final = 5
_MAX_GUESSES: Final = 10
"""Looking for the nearest of ten thousand names takes time; a folder full of strangers gets by without."""
_ONLY_VARS = "Variables are read from .yml, .yaml and .json files."
_VAULT = "$ANSIBLE_VAULT"
_NO_VAULT = "Say where the value comes from under 'secrets:' in the environment file."


@dataclass(frozen=True, slots=True)
class Kind:
    """The two folders differ in words only."""

    folder: str
    owner: str


GROUPS: Final = Kind("group_vars", "group")
HOSTS: Final = Kind("host_vars", "host")


def read(kind: Kind, known: Collection[str], files: Files, reader: ReadFile) -> dict[str, Layer]:
    """Read what a folder beside the hosts file says of the known groups or hosts."""
    folder = files.root / kind.folder
    if not folder.exists():
        return {}
    walk = _Walk(kind, files, reader)
    found = walk.assigned(folder, known)
    return {name: walk.layer(name, path) for name, path in found.items()}


class _Walk:
    """One pass over a folder; a folder that cannot be listed is a problem like any other."""

    def __init__(self, kind: Kind, files: Files, reader: ReadFile) -> None:
        self.kind = kind
        self.files = files
        self.reader = reader
        self.guesses = 0

    def assigned(self, folder: Path, known: Collection[str]) -> dict[str, Path]:
        """Return for each name the file or folder that counts, and warn of the others."""
        candidates: dict[str, list[tuple[int, Path]]] = defaultdict(list)
        for path in self.listed(folder):
            meant = _meant(path.name, known)
            if meant:
                name, rank = meant
                candidates[name].append((rank, path))
            else:
                self.stranger(path, known)
        return {name: self.first(sorted(found)) for name, found in candidates.items()}

    def first(self, ranked: list[tuple[int, Path]]) -> Path:
        chosen = ranked[0][1]
        for _, path in ranked[1:]:
            message = f"{self.files.shown(path)} is not read, because {chosen.name} comes first, as in Ansible"
            hint = "Join them, or make it a folder with several files."
            self.files.problems.warning("unread-file", message, self.files.place(path), hint)
        return chosen

    def stranger(self, path: Path, known: Collection[str]) -> None:
        """Warn of a file that speaks of nobody."""
        self.guesses += 1
        name = path.name.removesuffix(path.suffix) if path.suffix in _SUFFIXES else path.name
        near = did_you_mean(name, known) if self.guesses <= _MAX_GUESSES else None
        hint = near or (None if path.suffix in _SUFFIXES else _ONLY_VARS)
        message = f"{self.files.shown(path)} is not read: there is no {self.kind.owner} '{name}'"
        self.files.problems.warning(f"unknown-{self.kind.owner}", message, self.files.place(path), hint)

    def layer(self, name: str, path: Path) -> Layer:
        return variables.stack([self.one(name, file) for file in self.files_in(path, _MAX_DEPTH)])

    def files_in(self, path: Path, depth: int) -> Iterator[Path]:
        """Yield the file, or the files of the folder and the folders in it."""
        if not path.is_dir():
            yield path
        elif depth == 0:
            message = f"{self.files.shown(path)} lies too deep and is not read"
            self.files.problems.error(
                "unreadable-file", message, self.files.place(path), "Is there a link in a circle?"
            )
        else:
            for inner in self.listed(path):
                if inner.is_dir() or inner.suffix in _SUFFIXES:
                    yield from self.files_in(inner, depth - 1)
                else:
                    message = f"{self.files.shown(inner)} is not read"
                    self.files.problems.warning("unread-file", message, self.files.place(inner), _ONLY_VARS)

    def listed(self, folder: Path) -> list[Path]:
        try:
            return sorted(path for path in folder.iterdir() if not left_alone(path.name))
        except OSError as error:
            self.files.unreadable(folder, error)
            return []

    def one(self, name: str, path: Path) -> Layer:
        read = self.files.read(path, self.reader)
        if read is None:
            return variables.EMPTY
        entries = _entries(read, self.files.problems)
        if self.kind is GROUPS:
            entries = tuple(_without_priority(entries, self.files.problems))
        return variables.read(entries, read.relative, f"{self.kind.owner} {name}", self.files.problems)


def _meant(filename: str, known: Collection[str]) -> tuple[str, int] | None:
    """Return the name that a file speaks of and the rank of its suffix; host names may have dots."""
    for rank, suffix in enumerate(_SUFFIXES):
        if filename.endswith(suffix) and filename.removesuffix(suffix) in known:
            return filename.removesuffix(suffix), rank
    return None


def _entries(read: FileRead, problems: Problems) -> tuple[Entry, ...]:
    match read.document.root:
        case None | Scalar(value=None):
            return ()
        case Mapping() as root:
            return root.entries
        case Scalar(text=text) as node if text.startswith(_VAULT):
            message = "files encrypted with ansible-vault are not yet supported"
            problems.error("not-yet-supported", message, node.span, _NO_VAULT)
        case other:
            message = "expected variables: a mapping such as 'api_port: 8080'"
            problems.error("invalid-inventory", message, other.span)
    return ()


def _without_priority(entries: tuple[Entry, ...], problems: Problems) -> Iterator[Entry]:
    for entry in entries:
        if entry.key.text == "ansible_group_priority":
            message = "ansible_group_priority counts only in hosts.yml, as in Ansible"
            problems.warning("ignored-variable", message, entry.key.span, "Move it to the group's vars there.")
        else:
            yield entry
