"""Which rehearsals a command means, and which playbooks."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from playbook_engine.app import finding
from playbook_engine.app.config import Config
from playbook_engine.app.kinds import Kind, kind_of
from playbook_engine.frozen import dataclass

FOLDER = "rehearsals"
"""Where the rehearsals of a folder's playbooks stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """Files that a command names: rehearsals and playbooks, each once; and what stands beside the playbooks."""

    rehearsals: tuple[Path, ...]
    playbooks: tuple[Path, ...]
    typed: tuple[str, ...]
    beside: tuple[Path, ...]
    """Rehearsals that may be those of the playbooks."""


def meant(names: Sequence[str], config: Config) -> Meant:
    """Return what the words of a command line mean; none of them means the playbooks folder.

    Raises:
        UsageError: there is no playbook of a name.
    """
    rehearsals: dict[Path, None] = {}
    playbooks: dict[Path, None] = {}
    for name in names:
        for path in _below(Path(name)) if Path(name).is_dir() else (finding.playbook(name, config),):
            if kind_of(path) is Kind.REHEARSAL:
                rehearsals[path] = None
            else:
                playbooks[path] = None
    beside = {path for playbook in playbooks for path in _beside(playbook)}
    return Meant(
        rehearsals=tuple(sorted(rehearsals)),
        playbooks=tuple(sorted(playbooks)),
        typed=tuple(names),
        beside=tuple(sorted(beside - rehearsals.keys())),
    )


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.y*ml")):
        if path.suffix in finding.ENDINGS and kind_of(path) is not Kind.TRANSLATION:
            yield path


def _beside(playbook: Path) -> tuple[Path, ...]:
    """Return the rehearsals that may be those of a playbook."""
    return tuple(path for path in finding.all_playbooks(playbook.parent / FOLDER) if kind_of(path) is Kind.REHEARSAL)


def from_file(path: Path, name: str) -> Path:
    """Return a path that is written in a file, as people would type it."""
    return Path(os.path.normpath(path.parent / name))
