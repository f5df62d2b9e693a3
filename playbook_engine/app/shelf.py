"""The playbooks of a command, each read once: those that are asked for, and those that they play."""

import os
from dataclasses import field
from pathlib import Path

from playbook_engine.app import finding, languages, loading
from playbook_engine.app.config import Config
from playbook_engine.app.tongues import Tongue
from playbook_engine.diagnostics import Diagnostic, Problems, did_you_mean
from playbook_engine.errors import UsageError
from playbook_engine.frozen import dataclass
from playbook_engine.language.translations import binding
from playbook_engine.model.plan import PlaybookRef
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.translations import Reader, Texts
from playbook_engine.plan.plays import Absent


@dataclass(frozen=True, slots=True)
class _Read:
    """A file that was read: None when too much is wrong with it, and what was found."""

    playbook: Playbook | None
    diagnostics: tuple[Diagnostic, ...]


@dataclass(slots=True)
class Shelf:
    """Reads playbooks and remembers them; finds the one that another means (`plan.plays.Library`).

    A playbook is looked for beside the one that plays it, then where `runbook play` would look.
    """

    config: Config = field(default_factory=Config)
    tongue: Tongue = Tongue()
    """Whose translations stand beside what is filled in (`model.translations.Accompanied`)."""
    git: bool = True
    """Whether references to playbooks name their commits."""
    _read: dict[str, _Read] = field(default_factory=dict)
    _found: dict[tuple[str, str], Playbook | Absent] = field(default_factory=dict)
    _paths: dict[str, Path] = field(default_factory=dict)
    _texts: list[Texts] = field(default_factory=list)
    _refs: dict[str, PlaybookRef] = field(default_factory=dict)

    def read(self, path: Path, problems: Problems) -> Playbook | None:
        """Return a playbook; None when too much is wrong to go on. What is wrong with it goes on the list."""
        known = self._known(path)
        problems.extend(known.diagnostics)
        return known.playbook

    @property
    def reader(self) -> Reader:
        """Return in which language somebody reads along in what was read here."""
        return Reader(self.tongue.words, Texts.together(self._texts))

    def find(self, caller: Playbook, name: str) -> Playbook | Absent:
        """Return the playbook that another one plays, or why it cannot be played."""
        key = (caller.source.name, name)
        if key not in self._found:
            self._found[key] = self._find(caller, name)
        return self._found[key]

    def path_of(self, playbook: Playbook) -> Path:
        """Return the file of a playbook that was read here."""
        return self._paths[playbook.source.name]

    def ref(self, playbook: Playbook) -> PlaybookRef:
        """Return which playbook it is, for the record; git is asked once."""
        from playbook_engine.app import origin  # noqa: PLC0415  lint does not ask, and has to be quick

        name = playbook.source.name
        if name not in self._refs:
            self._refs[name] = origin.playbook_ref(playbook, self.path_of(playbook), git=self.git)
        return self._refs[name]

    def report_broken(self, problems: Problems) -> None:
        """Put on the list what is wrong with playbooks that were looked for and cannot be used."""
        for each in self._read.values():
            if each.playbook is None:
                problems.extend(each.diagnostics)

    def _known(self, path: Path) -> _Read:
        place = os.path.abspath(path)  # noqa: PTH100  the same file by two names is read once
        if place not in self._read:
            own = Problems()
            playbook = self._accompanied(path, loading.playbook(path, own), own)
            self._read[place] = _Read(playbook, own.sorted())
            if playbook is not None:
                self._paths[playbook.source.name] = path
        return self._read[place]

    def _accompanied(self, path: Path, playbook: Playbook | None, own: Problems) -> Playbook | None:
        if playbook is None or not self.tongue.codes:
            return playbook
        texts = languages.texts(path, playbook, self.tongue, own)
        self._texts.append(texts)
        return binding.accompanied(playbook, texts)

    def _find(self, caller: Playbook, name: str) -> Playbook | Absent:
        folder = Path(caller.source.name).parent
        path = self._place(folder, name)
        if path is None:
            known = [each.stem for each in (*finding.all_playbooks(folder), *_elsewhere(self.config))]
            listed = f"Known: {', '.join(sorted(set(known)))}." if known else None
            return Absent(f"there is no playbook '{name}' to play", did_you_mean(name, known) or listed)
        playbook = self._known(path).playbook
        if playbook is None:
            return Absent(f"'{name}' cannot be played: {path} has errors", f"See them with: runbook lint {path}")
        return playbook

    def _place(self, folder: Path, name: str) -> Path | None:
        for candidate in (*(folder / f"{name}{ending}" for ending in finding.ENDINGS), folder / name):
            if candidate.is_file():
                return candidate
        try:
            path = finding.playbook(name, self.config)
        except UsageError:
            return None
        return path if path.is_file() else None


def _elsewhere(config: Config) -> tuple[Path, ...]:
    return finding.all_playbooks(config.playbooks)
