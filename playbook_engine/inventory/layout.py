"""Which files an inventory consists of.

Each place (`-i`) is a folder, a file, or a list of hosts. Of a folder every file is read, in the order of the names
and folder by folder, but for those that Ansible leaves alone and those that are ours: `environment.yml` and
`NAME.environment.yml`. `group_vars/` and `host_vars/` lie in the folder, or beside the file.

The environment of a place may stand in its folder or beside it, as `NAME.environment.yml`.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.inventory.files import Digest, Files
from playbook_engine.inventory.paths import lexical
from playbook_engine.model.sources import Place

SUFFIXES: Final = (".yml", ".yaml")
_MAX_DEPTH: Final = 10
_NOT_READ: Final = re.compile(
    rb"^\.|^(?:host_vars|group_vars|vars_plugins)$|(?:~|\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|orig|cfg|retry))$|^#.*#$"
)
"""Names that Ansible leaves alone in a folder, and the copies that Emacs makes of a file while it is edited."""
_OURS: Final = re.compile(r"(?:.*\.)?environment\.ya?ml")
_LEFT_ALONE: Final = re.compile(r"\..*|#.*#|.*(~|\.(bak|orig|rej|retry|swp|swo|tmp|pyc|pyo))")
_FOLDERS: Final = ("group_vars", "host_vars")
_ENVIRONMENTS: Final = ("environment.yml", "environment.yaml")
_NEAR: Final = 0.85
_CIRCLE: Final = "Is there a link in a circle?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the files of one place lie; `files` reads them. A list of hosts has none."""

    place: Place
    name: str
    files: Files
    hosts: tuple[Path, ...] = ()
    variables: Path | None = None
    """The folder in which `group_vars` and `host_vars` lie."""
    environments: tuple[Path, ...] = ()
    """The environment files that were found in it and beside it."""


def find(place: Place, problems: Problems, digest: Digest, prefix: str = "") -> Layout | None:
    """Look at a place, without reading anything yet; None when there is nothing to read."""
    path, shown = place.path, place.shown
    if path is None:
        return Layout(place=place, name="hosts", files=Files(Path(), shown, problems, digest, prefix))
    try:
        if path.is_dir():
            return _folder(place, path, Files(path, shown, problems, digest, prefix))
        if path.exists():
            return _file(place, path, Files(path.parent, str(Path(shown).parent), problems, digest, prefix))
    except OSError as error:
        problems.error("unreadable-file", f"inventory {shown} cannot be read: {error.strerror or error}", None)
        return None
    problems.error("no-such-inventory", f"there is no inventory {shown}", None, _nearest(path))
    return None


def left_alone(name: str) -> bool:
    """Tell whether a file under group_vars is hidden or a copy: nothing is said of those."""
    return _LEFT_ALONE.fullmatch(name) is not None


def _folder(place: Place, path: Path, files: Files) -> Layout | None:
    hosts = tuple(_below(path, files, _MAX_DEPTH))
    itself = lexical(path)
    candidates = [path / variant for variant in _both("environment")]
    candidates += [itself.with_name(variant) for variant in _both(f"{itself.name}.environment")]
    if not hosts:
        hint = "It has a file such as hosts.yml or hosts.ini with its groups and hosts."
        files.problems.error("no-hosts-file", f"inventory {place.shown} has no file to read hosts from", None, hint)
        return None
    return Layout(
        place=place,
        name=itself.name,
        files=files,
        hosts=hosts,
        variables=path,
        environments=_existing(candidates),
    )


def _file(place: Place, path: Path, files: Files) -> Layout:
    name = path.stem
    candidates = [path.with_name(variant) for variant in _both(f"{name}.environment")]
    if name == "hosts":
        # `-i inventories/prod/hosts.yml` is how Ansible's users say `-i inventories/prod`.
        name = lexical(path).parent.name
        candidates += [path.with_name(variant) for variant in _both("environment")]
    return Layout(
        place=place,
        name=name,
        files=files,
        hosts=(path,),
        variables=path.parent,
        environments=_existing(candidates),
    )


def _below(folder: Path, files: Files, depth: int) -> Iterator[Path]:
    """Yield the files of a folder and of the folders in it, sorted by the bytes of their names, as Ansible does."""
    if depth == 0:
        message = f"{files.shown(folder)} lies too deep and is not read"
        files.problems.error("unreadable-file", message, files.place(folder), _CIRCLE)
        return
    for path in sorted(folder.iterdir(), key=lambda each: os.fsencode(each.name)):
        if _NOT_READ.search(os.fsencode(path.name)):
            continue
        _doubt(path, files)
        if path.is_dir():
            yield from _below(path, files, depth - 1)
        elif not _OURS.fullmatch(path.name):
            yield path


def _doubt(path: Path, files: Files) -> None:
    """Point at what is read as hosts and groups, and by its name was hardly meant to be."""
    known = _FOLDERS if path.is_dir() else _ENVIRONMENTS
    hint = did_you_mean(path.name, known, nearness=_NEAR)
    if hint and path.name not in known:
        message = f"{files.shown(path)} is read as hosts and groups"
        files.problems.warning("ambiguous-name", message, files.place(path), hint)


def _both(stem: str) -> Iterator[str]:
    return (stem + suffix for suffix in SUFFIXES)


def _existing(candidates: list[Path]) -> tuple[Path, ...]:
    return tuple(path for path in candidates if path.exists())


def _nearest(path: Path) -> str | None:
    try:
        names = [entry.name for entry in path.parent.iterdir() if not left_alone(entry.name)]
    except OSError:
        return None
    return did_you_mean(path.name, names)
