"""Which rehearsals a command means, and which playbooks."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from playbook_engine.app import finding
from playbook_engine.app.config import Config
from playbook_engine.frozen import dataclass

FOLDER = "rehearsals"
"""Where the rehearsals of a folder's playbooks stand."""
_FIRST_WORD = re.compile(rb"^(runbook|rehearsal|translation)[ \t]*:", re.MULTILINE)
_BEGINNING = 64 * 1024


@dataclass(frozen=True, slots=True)
class Meant:
    """Files that a command names: rehearsals and playbooks, each once; and what stands beside the playbooks."""

    rehearsals: tuple[Path, ...]
    playbooks: tuple[Path, ...]
    beside: tuple[Path, ...]
    """Rehearsals that may be those of the playbooks."""


def meant(names: Iterable[str], config: Config) -> Meant:
    """Return what the words of a command line mean; none of them means the playbooks folder.

    Raises:
        UsageError: there is no playbook of a name.
    """
    rehearsals: dict[Path, None] = {}
    playbooks: dict[Path, None] = {}
    for name in names:
        for path in _below(Path(name)) if Path(name).is_dir() else (finding.playbook(name, config),):
            if is_rehearsal(path):
                rehearsals[path] = None
            else:
                playbooks[path] = None
    beside = {path for playbook in playbooks for path in _beside(playbook)}
    return Meant(tuple(sorted(rehearsals)), tuple(sorted(playbooks)), tuple(sorted(beside - rehearsals.keys())))


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.y*ml")):
        if path.suffix in finding.ENDINGS and first_word(path) != "translation":
            yield path


def _beside(playbook: Path) -> tuple[Path, ...]:
    """Return the rehearsals that may be those of a playbook."""
    return tuple(path for path in finding.all_playbooks(playbook.parent / FOLDER) if is_rehearsal(path))


def is_rehearsal(path: Path) -> bool:
    """Return whether a file is a rehearsal, by its first word."""
    return first_word(path) == "rehearsal"


def first_word(path: Path) -> str:
    """Return what kind of file it says it is: `runbook`, `rehearsal`, `translation`; `runbook` when it does not."""
    try:
        with path.open("rb") as stream:
            found = _FIRST_WORD.search(stream.read(_BEGINNING))
    except OSError:
        return "runbook"
    return found[1].decode() if found else "runbook"


def from_file(path: Path, name: str) -> Path:
    """Return a path that is written in a file, as people would type it."""
    return Path(os.path.normpath(path.parent / name))
