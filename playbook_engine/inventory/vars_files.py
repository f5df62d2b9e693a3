"""The files under group_vars and host_vars, and what they define.

A group `api` has its variables in `group_vars/api.yml` (or `.yaml`, `.json`, or without a suffix), or in the files of
a folder `group_vars/api/`, taken in the order of their names. Of several the first is taken, as in Ansible: the name
without a suffix, then `.yml`, `.yaml`, `.json`; the others are named in a warning.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from playbook_engine.diagnostics import did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.inventory.files import Files
from playbook_engine.inventory.layout import left_alone
from playbook_engine.inventory.priority import PRIORITY
from playbook_engine.inventory.variables import EMPTY, Layer
from playbook_engine.inventory.vars_text import VarsText

_SUFFIXES: Final = ("", ".yml", ".yaml", ".json")
_MAX_DEPTH: Final = 5
_MAX_GUESSES: Final = 10
"""Looking for the nearest of ten thousand names takes time; a folder full of strangers gets by without."""
_ONLY_VARS = "Variables are read from .yml, .yaml and .json files."


@dataclass(frozen=True, slots=True)
class Kind:
    """The two folders differ in words only."""

    folder: str
    owner: str


GROUPS: Final = Kind("group_vars", "group")
HOSTS: Final = Kind("host_vars", "host")


def read(kind: Kind, known: Collection[str], beside: Path, files: Files, text: VarsText) -> dict[str, list[Layer]]:
    """Read what a folder says of the known groups or hosts, file by file."""
    folder = beside / kind.folder
    if not folder.exists():
        return {}
    walk = _Walk(kind, files, text)
    found = walk.assigned(folder, known)
    return {name: walk.layers(name, path) for name, path in found.items()}


class _Walk:
    """One pass over a folder; a folder that cannot be listed is a problem like any other."""

    def __init__(self, kind: Kind, files: Files, text: VarsText) -> None:
        self.kind = kind
        self.files = files
        self.text = text
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

    def layers(self, name: str, path: Path) -> list[Layer]:
        return [layer for file in self.files_in(path, _MAX_DEPTH) if (layer := self.one(name, file)) is not EMPTY]

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
                if inner.suffix in (_SUFFIXES if inner.is_file() else ("",)):
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
        layer = self.text.layer(path, f"{self.kind.owner} {name}", self.files)
        if self.kind is GROUPS and PRIORITY in layer.variables:
            message = f"{PRIORITY} counts only where the group is declared; here it is a variable like any other"
            self.files.problems.warning("ignored-variable", message, self.files.place(path), "Move it to its vars.")
        return layer


def _meant(filename: str, known: Collection[str]) -> tuple[str, int] | None:
    """Return the name that a file speaks of and the rank of its suffix; host names may have dots."""
    for rank, suffix in enumerate(_SUFFIXES):
        if filename.endswith(suffix) and filename.removesuffix(suffix) in known:
            return filename.removesuffix(suffix), rank
    return None
