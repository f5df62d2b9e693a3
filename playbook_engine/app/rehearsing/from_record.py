"""The rehearsal of a recorded run, played to see whether it goes the same way."""

import asyncio
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from playbook_engine.app import finding, loading
from playbook_engine.app.config import Config
from playbook_engine.app.rehearsing import drafting
from playbook_engine.app.rehearsing.drafting import Draft, Origin, contact_of_end
from playbook_engine.app.rehearsing.files import FOLDER
from playbook_engine.app.rehearsing.playing import play
from playbook_engine.app.rehearsing.reading import Cast, Library
from playbook_engine.app.rehearsing.scene import Scene, Scenes
from playbook_engine.app.replaying import Recording
from playbook_engine.audit import paths
from playbook_engine.audit.findings import Integrity
from playbook_engine.diagnostics import Problems, Source
from playbook_engine.errors import InvalidInput, UsageError
from playbook_engine.frozen import dataclass
from playbook_engine.model.events import RunStarted
from playbook_engine.model.rehearsed import Finding
from playbook_engine.model.settings import Mode
from playbook_engine.model.sources import InventorySources, Place
from playbook_engine.rehearsal.taken import taken
from playbook_engine.rehearsal.virtual_time import VirtualLoop
from playbook_engine.rehearsal.writing.expecting import expectations
from playbook_engine.rehearsal.writing.yaml_lines import comment, document

LARGEST = 900_000
"""Bytes of a rehearsal; a file that is larger than 1 MiB cannot be read."""
LONGEST = 16_384
"""Characters of an output when all of them would be too many."""
_QUOTED = re.compile(r"'([A-Za-z_]\w*)' is not known(?: here)?")
_UNSET = re.compile(r"the environment variable (\w+) is not set")
_SCHEMA = Path("schemas", "rehearsal.v1.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A rehearsal as text, what could not be written in it, and in what it goes another way than the run did."""

    text: str
    notes: tuple[str, ...]
    differs: tuple[str, ...]


def rehearsal_of(recording: Recording, target: Path | None, config: Config) -> Written:
    """Return the rehearsal of a recorded run, to stand in a file, else beside the playbook.

    Raises:
        UsageError: the run has no end, or its playbook is not there any more.
        InvalidInput: the playbook, or what was written, cannot be played.
    """
    origin, notes = _origin(recording, target, config)
    draft = _small_enough(origin)
    return _Writing(draft, origin.file, Library.of(config), (*notes, *_limits(draft))).written()


def _small_enough(origin: Origin) -> Draft:
    """Return what a run tells, its outputs as long as a file may be."""
    draft, most = drafting.draft(origin), LONGEST
    while len(document(draft.fields).encode()) > LARGEST and most:
        draft, most = drafting.draft(replace(origin, most=most)), most // 4
    return draft


class _Writing:
    """A draft on its way to a rehearsal that can be played."""

    def __init__(self, draft: Draft, path: Path, library: Library, notes: tuple[str, ...]) -> None:
        self._draft = draft
        self._path = path
        self._library = library
        self._notes = notes

    def written(self) -> Written:
        """Return the rehearsal with what came of the run as its expectations, and whether that comes of it again."""
        origin = self._draft.origin
        first = self._bound({"verdict": origin.verdict})
        try:
            expected = expectations(taken(origin.bare, first.bound), drafting.told(origin), drafting.not_told(origin))
        except KeyError as error:
            message = f"the playbook has no step at {error.args[0]} any more, so nobody can say what the run did"
            raise UsageError(message, "Check out the version of the playbook that the run played.") from None
        last = self._bound(expected)
        return Written(text=self._text(expected), notes=self._notes, differs=_differs(last))

    def _bound(self, expected: drafting.Fields) -> Scene:
        """Return the scenario, bound; what it needs and is not on record is added until it can be."""
        while True:
            problems = Problems()
            found = self._scene(self._text(expected), problems)
            if found is not None:
                return found
            said = [each.message for each in problems.sorted()]
            unknown = [match[1] for text in said if (match := _QUOTED.fullmatch(text))]
            unset = [match[1] for text in said if (match := _UNSET.fullmatch(text))]
            new = [name for name in dict.fromkeys(unknown) if name not in (*self._draft.unknown, "item")]
            new_unset = [name for name in dict.fromkeys(unset) if name not in self._draft.unset]
            if not new and not new_unset:
                raise InvalidInput(problems.sorted())
            self._draft = self._draft.with_unknown(new, new_unset)

    def _scene(self, text: str, problems: Problems) -> Scene | None:
        rehearsal = loading.rehearsal_text(Source(str(self._path), text), problems)
        cast: Cast | None = None
        if rehearsal is not None:
            cast = self._library.cast_of(self._path, rehearsal, problems)
        return None if cast is None else Scenes(cast, self._library).scene(cast.rehearsal.scenarios[0], problems)

    def _text(self, expected: drafting.Fields) -> str:
        head = "".join(f"{line}\n" for line in self._head())
        return head + document(self._draft.rehearsal(expected), apart="scenarios")

    def _head(self) -> Iterator[str]:
        origin = self._draft.origin
        if origin.schema is not None:
            yield f"# yaml-language-server: $schema={origin.schema}"
        started, first = origin.started, origin.events[0]
        yield from comment(
            f"Written from run {first.run}, played on {started.environment} on {first.at:%Y-%m-%d at %H:%M:%S} UTC."
        )
        for note in self._notes:
            yield from comment(f"{note[0].upper()}{note[1:]}.")


def _differs(scene: Scene) -> tuple[str, ...]:
    """Play a scenario, and return in what it goes another way than it should."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        try:
            return tuple(_told(runner.run(play(scene)).rehearsed.findings))
        except RuntimeError as error:  # it waits for ever, or broke off
            return (str(error),)


def _told(findings: tuple[Finding, ...]) -> Iterator[str]:
    for each in findings:
        yield each.message
        yield from (f"  {line.mark.value} {line.text}" for line in each.lines if line.mark.value.strip())


def _limits(draft: Draft) -> Iterator[str]:
    """Yield what the run met that a rehearsal has no words for."""
    found = draft.transcript
    yield from found.notes
    if draft.origin.inventory is None and any(contact_of_end(event) for event in draft.origin.bare):
        yield "who is told when a run ends without a solution stands in the inventory, and so is left out"
    if len(found.acks) > 1:
        yield f"{len(found.acks)} notices were taken; a rehearsal has one 'ack' for all of them"
    if found.acks and found.untaken:
        yield "one notice was taken and another was not; a rehearsal has one 'ack' for all of them"


def _origin(recording: Recording, target: Path | None, config: Config) -> tuple[Origin, tuple[str, ...]]:
    started = next((each.event for each in recording.events if isinstance(each.event, RunStarted)), None)
    if started is None:
        raise UsageError(f"the record of run {recording.run} does not say what was played")
    if recording.finished is None:
        message = f"run {recording.run} has no end on record: it goes on, or was cut off"
        raise UsageError(message, "Only of a run that has ended can be said what must come of it.")
    path, notes = _playbook(started, config), list(_doubts(recording, started))
    problems = Problems()
    library = Library.of(config)
    playbook = library.shelf.read(path, problems)
    if playbook is None or problems.has_errors:
        raise InvalidInput(problems.sorted())
    if hashlib.sha256(path.read_bytes()).hexdigest() != started.playbook.sha256:
        notes.append(f"the playbook has changed since the run, which played version {started.playbook.version}")
    folder = target.parent if target is not None else path.parent / FOLDER
    inventory = _inventory(started, config, paths.state_dir(recording.verification.path))
    if inventory is None:
        notes.append("the inventory of the run is not there any more: its variables are not on record")
    elif inventory != Path(started.inventory.path):
        notes.append(f"the inventory of the run is not there any more: {inventory} is in its place")
    beside = folder.absolute().parent == path.absolute().parent and folder.name == FOLDER
    schema = path.absolute().parent.parent / _SCHEMA
    origin = Origin(
        file=target or folder / path.name,
        events=recording.events,
        family=library.family(playbook),
        playbook=path.stem if beside else drafting.from_folder(path, folder),
        inventory=None if inventory is None else drafting.from_folder(inventory, folder),
        schema=drafting.from_folder(schema, folder) if schema.is_file() else None,
    )
    return origin, tuple(notes)


def _playbook(started: RunStarted, config: Config) -> Path:
    """Return the file of the playbook that was played: where it was, else where one of its name is."""
    path = Path(started.playbook.path)
    if path.is_file():
        return path
    try:
        return finding.playbook(started.playbook.name, config)
    except UsageError:
        message = f"the playbook of the run is not there any more: {path}"
        raise UsageError(message, "Run it from the folder that the run was played from.") from None


def _inventory(started: RunStarted, config: Config, state: Path) -> Path | None:
    """Return the inventory of the run, or one of its name where it is not there, or was that of a demo."""
    path = Path(started.inventory.path)
    candidates = (path, config.inventories / path.name)
    lasting = (each for each in candidates if not each.absolute().is_relative_to(state.absolute()))
    return next((each for each in lasting if _is_usable(each, started)), None)


def _is_usable(path: Path, started: RunStarted) -> bool:
    """Return whether an inventory can be read and has the hosts of the run; no program is started for this."""
    if not path.exists() or (path.is_file() and path.stat().st_mode & 0o111):
        return False
    problems = Problems()
    loaded = loading.inventory(InventorySources(places=(Place(str(path), path),)), problems)
    known = {str(host.name) for host in loaded.hosts} if loaded is not None else set()
    return not problems.has_errors and known.issuperset(started.inventory.selected)


def _doubts(recording: Recording, started: RunStarted) -> Iterator[str]:
    if recording.verification.integrity is Integrity.BROKEN:
        yield "the record of the run is NOT what was written: see runbook audit verify"
    yield from (f"of the record, {each}" for each in recording.unreadable)
    if started.mode == Mode.CHECK.value:
        yield "the run was played with --check, and changed nothing: its mitigations have no answers"
    if started.mode == Mode.SWEEP.value:
        yield "the run was a sweep, which asks health only: other steps have no answers"
