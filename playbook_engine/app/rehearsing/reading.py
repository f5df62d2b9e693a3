"""One rehearsal with the playbooks and the inventory that it is for; every mistake in it is found."""

from collections.abc import Sequence
from dataclasses import field
from pathlib import Path

from playbook_engine.app import children, finding, loading
from playbook_engine.app.config import Config
from playbook_engine.app.rehearsing import stand_in
from playbook_engine.app.rehearsing.files import FOLDER, from_file
from playbook_engine.app.shelf import Shelf
from playbook_engine.diagnostics import Diagnostic, Problems, did_you_mean
from playbook_engine.errors import UsageError
from playbook_engine.frozen import dataclass
from playbook_engine.model.inventory import Inventory
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.rehearsal import Rehearsal, Setting
from playbook_engine.model.sources import InventorySources, Place
from playbook_engine.plan import given, plays
from playbook_engine.rehearsal import checking
from playbook_engine.rehearsal.naming import Part, parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """A rehearsal with all that is needed to play it."""

    rehearsal: Rehearsal
    playbook: Playbook
    path: Path
    """The playbook's file."""
    family: tuple[Playbook, ...]
    parts: tuple[Part, ...]
    inventory: Inventory


@dataclass(slots=True)
class Library:
    """Reads what rehearsals name, each file once."""

    config: Config
    shelf: Shelf
    _inventories: dict[Path, Inventory | None] = field(default_factory=dict)
    _rehearsals: dict[Path, tuple[Rehearsal | None, tuple[Diagnostic, ...]]] = field(default_factory=dict)
    _members: dict[tuple[str, frozenset[str]], tuple[tuple[Playbook, ...], tuple[Diagnostic, ...]]] = field(
        default_factory=dict
    )
    _families: dict[str, tuple[Playbook, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, config: Config) -> "Library":
        """Return a library whose playbooks are looked for where `runbook play` would look."""
        return cls(config, Shelf(config, git=False))

    def cast(self, path: Path, problems: Problems) -> Cast | None:
        """Read and check a rehearsal; None when it cannot be played. Problems go on the list."""
        own = Problems()
        rehearsal = self._read(path, own)
        found = None if rehearsal is None else self._cast(path, rehearsal, own)
        problems.extend(own.sorted())
        return None if own.has_errors else found

    def check(self, path: Path, problems: Problems) -> None:
        """Put on the list what is wrong with a rehearsal; what is wrong with its playbook is told with that."""
        own = Problems()
        rehearsal = self._read(path, own)
        if rehearsal is not None:
            self._cast(path, rehearsal, own)
        told = (each for each in own.sorted() if each.span is None or each.span.source.name == str(path))
        problems.extend(told)

    def cast_of(self, path: Path, rehearsal: Rehearsal, problems: Problems) -> Cast | None:
        """Check a rehearsal that is to stand at a path; None when it cannot be played."""
        own = Problems()
        found = self._cast(path, rehearsal, own)
        problems.extend(own.sorted())
        return None if own.has_errors else found

    def is_for(self, path: Path, playbooks: Sequence[Path]) -> bool:
        """Return whether a rehearsal is one of these playbooks'; one that cannot be read goes by its name."""
        rehearsal = self._read(path, Problems())
        if rehearsal is None:
            return any(path.stem == playbook.stem for playbook in playbooks)
        found = self.playbook_of(path, rehearsal)
        return found is not None and any(found.samefile(playbook) for playbook in playbooks)

    def playbook_of(self, path: Path, rehearsal: Rehearsal) -> Path | None:
        """Return the file of the playbook that a rehearsal names; None when there is none."""
        written = rehearsal.playbook.text
        if "/" in written or written.endswith(finding.ENDINGS):
            found = from_file(path, written)
            return found if found.is_file() else None
        folder = path.parent.parent if path.parent.name == FOLDER else path.parent
        for candidate in (folder / f"{written}{ending}" for ending in finding.ENDINGS):
            if candidate.is_file():
                return candidate
        try:
            return finding.playbook(written, self.config)
        except UsageError:
            return None

    def _read(self, path: Path, problems: Problems) -> Rehearsal | None:
        if path not in self._rehearsals:
            own = Problems()
            self._rehearsals[path] = (loading.rehearsal(path, own), own.sorted())
        rehearsal, diagnostics = self._rehearsals[path]
        problems.extend(diagnostics)
        return rehearsal

    def _cast(self, path: Path, rehearsal: Rehearsal, problems: Problems) -> Cast | None:
        where = self.playbook_of(path, rehearsal)
        if where is None:
            self._report_unknown(path, rehearsal, problems)
            return None
        playbook = self.shelf.read(where, problems)
        inventory = None if playbook is None else self._inventory(path, rehearsal, playbook, problems)
        if playbook is None or inventory is None:
            return None
        family = self.family(playbook)
        known = parts(family)
        checking.check(rehearsal, known, inventory, problems)
        for setting in (rehearsal.setting, *(scenario.setting for scenario in rehearsal.scenarios)):
            _check_setting(setting, playbook, inventory, problems)
        return Cast(
            rehearsal=rehearsal, playbook=playbook, path=where, family=family, parts=known, inventory=inventory
        )

    def members(self, playbook: Playbook, variables: frozenset[str], problems: Problems) -> tuple[Playbook, ...]:
        """Return a playbook with all that it may come to play, every name in them checked."""
        key = (playbook.source.name, variables)
        if key not in self._members:
            own = Problems()
            found = children.members(playbook, self.shelf, variables, own, sweep=False)
            self._members[key] = (found, own.sorted())
        found, diagnostics = self._members[key]
        problems.extend(diagnostics)
        return found

    def family(self, playbook: Playbook) -> tuple[Playbook, ...]:
        """Return a playbook and all that it may come to play."""
        name = playbook.source.name
        if name not in self._families:
            self._families[name] = plays.family(playbook, self.shelf)
        return self._families[name]

    def _report_unknown(self, path: Path, rehearsal: Rehearsal, problems: Problems) -> None:
        known = [each.stem for each in finding.all_playbooks(path.parent.parent)]
        word = rehearsal.playbook
        hint = did_you_mean(word.text, known) or (f"Known: {', '.join(known)}." if known else None)
        problems.error("unknown-playbook", f"there is no playbook '{word.text}'", word.span, hint)

    def _inventory(
        self, path: Path, rehearsal: Rehearsal, playbook: Playbook, problems: Problems
    ) -> Inventory | None:
        word = rehearsal.inventory
        if word is None:
            return stand_in.inventory(rehearsal, self.family(playbook))
        where = from_file(path, word.text)
        if not where.exists():
            hint = "Write it as a path from this file, such as ../../inventories/demo."
            problems.error("unknown-inventory", f"there is no inventory {where}", word.span, hint)
            return None
        if where not in self._inventories:
            found = Problems()
            loaded = loading.inventory(InventorySources(places=(Place(str(where), where),)), found)
            self._inventories[where] = None if found.has_errors else loaded
            problems.extend(found.sorted())
        return self._inventories[where]


def _check_setting(setting: Setting, playbook: Playbook, inventory: Inventory, problems: Problems) -> None:
    """Report inputs that the playbook has not or that do not fit, and secrets that nobody declares."""
    given.layers(playbook.inputs, given.Given(environ={}, files=(setting.inputs,), set_texts={}), problems)
    declared = [source.name for source in inventory.environment.secrets]
    for word, _ in setting.secrets:
        if word.text not in declared:
            hint = did_you_mean(word.text, declared) or "Declare it under `secrets` in the environment file."
            problems.error("unknown-secret", f"the environment declares no secret '{word.text}'", word.span, hint)
