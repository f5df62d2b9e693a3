"""Which files an inventory consists of.

A folder has `hosts.yml`, and may have `group_vars/`, `host_vars/` and `environment.yml`. A single YAML file is an
inventory too, with the two folders beside it. The environment of either may stand beside it, as
`NAME.environment.yml`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.inventory.files import Files
from playbook_engine.inventory.paths import lexical

SUFFIXES: Final = (".yml", ".yaml")
_READ = {"group_vars", "host_vars"}
_LEFT_ALONE = re.compile(r"\..*|#.*#|.*(~|\.(bak|orig|rej|retry|swp|swo|tmp|pyc|pyo))")
_NO_HOSTS = "An inventory folder has a file hosts.yml with its groups and hosts."
_ONLY_YAML = "INI and executable inventories are not yet supported; write the hosts as YAML into hosts.yml."


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the files lie; `files` reads them."""

    name: str
    hosts: Path
    environment: Path | None
    files: Files


def find(path: Path, shown: str, problems: Problems) -> Layout | None:
    """Look at an inventory's folder or file, without reading anything yet."""
    try:
        if path.is_dir():
            return _folder(path, Files(path, shown, problems))
        if path.exists():
            return _file(path, Files(path.parent, str(Path(shown).parent), problems))
    except OSError as error:
        problems.error("unreadable-file", f"inventory {shown} cannot be read: {error.strerror or error}", None)
        return None
    problems.error("no-such-inventory", f"there is no inventory {shown}", None, _nearest(path))
    return None


def left_alone(name: str) -> bool:
    """Tell whether a file is hidden or an editor's copy: such files are no part of an inventory."""
    return _LEFT_ALONE.fullmatch(name) is not None


def _folder(path: Path, files: Files) -> Layout | None:
    present = {entry.name: entry for entry in sorted(path.iterdir())}
    hosts = _one_of([present[name] for name in _both("hosts") if name in present], "hosts", files)
    if hosts is None:
        return None
    itself = lexical(path)
    candidates = [path / variant for variant in _both("environment")]
    candidates += [itself.with_name(variant) for variant in _both(f"{itself.name}.environment")]
    environment = _environment(candidates, files)
    for other in present.values():
        _warn_unread(other, {hosts, environment}, files)
    return Layout(name=itself.name, hosts=hosts, environment=environment, files=files)


def _file(path: Path, files: Files) -> Layout | None:
    if path.suffix not in SUFFIXES:
        files.problems.error(
            "not-yet-supported", f"{files.shown(path)} is not a YAML file", files.place(path), _ONLY_YAML
        )
        return None
    name = path.stem
    candidates = [path.with_name(variant) for variant in _both(f"{name}.environment")]
    if name == "hosts":
        # `-i inventories/prod/hosts.yml` is how Ansible's users say `-i inventories/prod`.
        name = lexical(path).parent.name
        candidates += [path.with_name(variant) for variant in _both("environment")]
    return Layout(name=name, hosts=path, environment=_environment(candidates, files), files=files)


def _both(stem: str) -> Iterator[str]:
    return (stem + suffix for suffix in SUFFIXES)


def _one_of(found: list[Path], what: str, files: Files) -> Path | None:
    """Return the only one; several are an error, and so are none."""
    if len(found) == 1:
        return found[0]
    if found:
        names = " and ".join(files.shown(path) for path in found)
        files.problems.error(
            "ambiguous-file", f"{names}: which one counts?", files.place(found[1]), "Keep one of them."
        )
        return None
    folder = files.shown(files.root)
    other = any((files.root / name).exists() for name in ("hosts", "hosts.ini"))
    hint = _ONLY_YAML if other else _NO_HOSTS
    files.problems.error("no-hosts-file", f"inventory {folder} has no {what}.yml", None, hint)
    return None


def _environment(candidates: list[Path], files: Files) -> Path | None:
    found = [path for path in candidates if path.exists()]
    return _one_of(found, "environment", files) if found else None


def _warn_unread(path: Path, used: set[Path | None], files: Files) -> None:
    if path in used or path.name in _READ or left_alone(path.name):
        return
    known = ("hosts.yml", "environment.yml", *sorted(_READ))
    hint = did_you_mean(path.name, known) or f"Read are {', '.join(known)}."
    message = f"{files.shown(path)} is not part of the inventory and is not read"
    files.problems.warning("unread-file", message, files.place(path), hint)


def _nearest(path: Path) -> str | None:
    try:
        names = [entry.name for entry in path.parent.iterdir() if not left_alone(entry.name)]
    except OSError:
        return None
    return did_you_mean(path.name, names)
