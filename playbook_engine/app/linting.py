"""Every problem of many files; nothing is contacted, nothing is run."""

import os
from collections.abc import Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from playbook_engine.actions.registry import ACTIONS
from playbook_engine.app import kinds, lint_translations, loading
from playbook_engine.app.config import Config
from playbook_engine.app.kinds import Kind
from playbook_engine.app.shelf import Shelf
from playbook_engine.diagnostics import Diagnostic, Problems
from playbook_engine.frozen import dataclass
from playbook_engine.model.inventory import Inventory
from playbook_engine.model.sources import InventorySources
from playbook_engine.plan import chosen, names, plays

if TYPE_CHECKING:
    from playbook_engine.app.rehearsing.reading import Library


@dataclass(frozen=True, slots=True)
class Linted:
    """The files that were read, by kind, and what was found in them and in the translations beside them."""

    kinds: tuple[Kind, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def files(self) -> int:
        return len(self.kinds)


def lint(paths: Sequence[Path], inventory: InventorySources | None, config: Config | None = None) -> Linted:
    """Check playbooks, whom they play, their translations; with an inventory also all names there."""
    problems = Problems()
    known = loading.inventory(inventory, problems) if inventory is not None else None
    if problems.has_errors:
        # A name that is not known may be one of those that could not be read.
        known = None
    shelf = Shelf(config or Config())
    linting = _Linting(shelf, known, problems)
    found = tuple(map(kinds.kind_of, paths))
    for path, kind in zip(paths, found, strict=True):
        linting.file(path, kind)
    return Linted(found, problems.sorted())


@dataclass(slots=True)
class _Linting:
    """What the files of one call share."""

    shelf: Shelf
    inventory: Inventory | None
    problems: Problems
    _folders: dict[Path, tuple[Path, ...]] = field(default_factory=dict)
    """The folders of translations in each folder of playbooks."""
    _translations: set[str] = field(default_factory=set)
    _rehearsals: "Library | None" = None

    def file(self, path: Path, kind: Kind) -> None:
        match kind:
            case Kind.PLAYBOOK:
                self._playbook(path)
            case Kind.REHEARSAL:
                self._rehearsal(path)
            case Kind.TRANSLATION:
                self._translation(path)

    def _playbook(self, path: Path) -> None:
        playbook = self.shelf.read(path, self.problems)
        if playbook is None:
            return
        variables = None if self.inventory is None else self.inventory.variable_names()
        names.check(playbook, variables, ACTIONS, self.problems)
        chosen.check(playbook, ACTIONS, self.problems)
        plays.check(playbook, self.shelf, variables or frozenset(), self.problems)
        folder = path.parent
        if folder not in self._folders:
            self._folders[folder] = lint_translations.folders(folder)
        for translation in lint_translations.beside(path, self._folders[folder]):
            self._translation(translation)

    def _rehearsal(self, path: Path) -> None:
        from playbook_engine.app.rehearsing.reading import Library  # noqa: PLC0415  most files are no rehearsals

        if self._rehearsals is None:
            self._rehearsals = Library(self.shelf.config, self.shelf)
        self._rehearsals.check(path, self.problems)

    def _translation(self, path: Path) -> None:
        place = os.path.abspath(path)  # noqa: PTH100  the same file by two names is read once
        if place not in self._translations:
            self._translations.add(place)
            lint_translations.check(path, self.shelf, self.problems)


def playbooks_below(path: Path) -> tuple[Path, ...]:
    """Return a file itself, or the YAML files below a folder, sorted."""
    if path.is_dir():
        return tuple(sorted(each for each in path.rglob("*.y*ml") if each.suffix in (".yml", ".yaml")))
    return (path,)
