"""Every problem of many files; nothing is contacted, nothing is run."""

from collections.abc import Sequence
from pathlib import Path

from playbook_engine.actions.registry import ACTIONS
from playbook_engine.app import loading
from playbook_engine.app.config import Config
from playbook_engine.app.shelf import Shelf
from playbook_engine.diagnostics import Diagnostic, Problems
from playbook_engine.frozen import dataclass
from playbook_engine.model.inventory import Inventory
from playbook_engine.model.sources import InventorySources
from playbook_engine.plan import chosen, names, plays


@dataclass(frozen=True, slots=True)
class Linted:
    """How many playbooks were read, and what was found in them."""

    files: int
    diagnostics: tuple[Diagnostic, ...]


def lint(paths: Sequence[Path], inventory: InventorySources | None, config: Config | None = None) -> Linted:
    """Check playbooks and whom they play; with an inventory, also that every name has a value there."""
    problems = Problems()
    shelf = Shelf(config or Config())
    known = loading.inventory(inventory, problems) if inventory is not None else None
    if problems.has_errors:
        # A name that is not known may be one of those that could not be read.
        known = None
    for path in paths:
        _lint_one(path, known, shelf, problems)
    return Linted(len(paths), problems.sorted())


def _lint_one(path: Path, inventory: Inventory | None, shelf: Shelf, problems: Problems) -> None:
    playbook = shelf.read(path, problems)
    if playbook is not None:
        variables = None if inventory is None else inventory.variable_names()
        names.check(playbook, variables, ACTIONS, problems)
        chosen.check(playbook, ACTIONS, problems)
        plays.check(playbook, shelf, variables or frozenset(), problems)


def playbooks_below(path: Path) -> tuple[Path, ...]:
    """Return a file itself, or the YAML files below a folder, sorted."""
    if path.is_dir():
        return tuple(sorted(each for each in path.rglob("*.y*ml") if each.suffix in (".yml", ".yaml")))
    return (path,)
