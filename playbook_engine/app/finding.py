"""Finds playbooks and inventories by the names that people type."""

import os
from pathlib import Path

from playbook_engine.app.config import Config
from playbook_engine.diagnostics import did_you_mean
from playbook_engine.errors import UsageError
from playbook_engine.frozen import dataclass
from playbook_engine.model.sources import InventorySources, Place
from playbook_engine.resources import data_path

ENDINGS = (".yml", ".yaml")
INVENTORY_ENDINGS = (*ENDINGS, ".ini", ".json")


def playbook(name: str, config: Config) -> Path:
    """Return the file of a playbook: a path, or a name within the playbooks folder, ending or not.

    Raises:
        UsageError: there is no such playbook; the nearest name is in the hint.
    """
    if _is_path(name) or Path(name).is_file():
        return Path(name)
    folders = (config.playbooks, data_path("playbooks"))
    for folder in folders:
        for candidate in (folder / name, *(folder / f"{name}{ending}" for ending in ENDINGS)):
            if candidate.is_file():
                return candidate
    known = [path.stem for folder in folders for path in all_playbooks(folder)]
    raise UsageError(f"there is no playbook '{name}' here or in {config.playbooks}/", _hint(name, known))


def all_playbooks(folder: Path) -> tuple[Path, ...]:
    """Return the playbooks of a folder, sorted by name."""
    return tuple(sorted(path for path in folder.glob("*.y*ml") if path.suffix in ENDINGS and path.is_file()))


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryWords:
    """What the command line says of an inventory, as it was typed."""

    names: tuple[str, ...]
    environment: str | None = None
    password_files: tuple[str, ...] = ()
    vault_ids: tuple[str, ...] = ()


def inventory(words: InventoryWords, config: Config, state: Path) -> InventorySources:
    """Return where an inventory comes from.

    Raises:
        UsageError: there is no inventory of a name; the nearest is in the hint.
    """
    from playbook_engine.app import vaults  # noqa: PLC0415  not needed without an inventory

    return InventorySources(
        places=tuple(_place(name, config, state) for name in words.names),
        environment=Path(words.environment) if words.environment is not None else None,
        vault=vaults.ids(words.password_files, words.vault_ids, os.environ),
    )


def _place(name: str, config: Config, state: Path) -> Place:
    """Return one `-i`; a comma makes it a list of hosts, as long as there is no file of that name."""
    if "," in name and not Path(name).exists():
        return Place(name)
    path = inventory_path(name, config, state)
    return Place(str(path), path)


def inventory_path(name: str, config: Config, state: Path) -> Path:
    """Return the folder or file of an inventory: a path, or a name within the inventories folder.

    A running demo publishes its inventory under the state directory; that one wins, because its addresses are
    those of the stack that is up.

    Raises:
        UsageError: there is no such inventory; the nearest name is in the hint.
    """
    if _is_path(name):
        return Path(name)
    for folder in _inventory_folders(config, state):
        for candidate in (folder / name, *(folder / f"{name}{ending}" for ending in INVENTORY_ENDINGS)):
            if candidate.exists():
                return candidate
    if Path(name).exists():
        return Path(name)
    known = [path.name for path in all_inventories(config, state)]
    hint = "Start the demo stack first: runbook demo --keep" if name == "demo" else _hint(name, known)
    raise UsageError(f"there is no inventory '{name}' in {config.inventories}/", hint)


def all_inventories(config: Config, state: Path) -> tuple[Path, ...]:
    """Return the inventories that have a name, hidden files left out."""
    paths = (path for folder in _inventory_folders(config, state) for path in folder.glob("[!.]*"))
    return tuple(sorted(paths, key=lambda path: path.name))


def _inventory_folders(config: Config, state: Path) -> tuple[Path, ...]:
    return (state / "demo" / "inventories", config.inventories)


def _is_path(name: str) -> bool:
    return "/" in name or name.startswith(".")


def _hint(name: str, known: list[str]) -> str | None:
    near = did_you_mean(name, known)
    return near or (f"Known: {', '.join(sorted(set(known)))}." if known else None)
