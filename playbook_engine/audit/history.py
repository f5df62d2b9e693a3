"""What earlier runs changed, read from their records: cooldowns are counted from it.

Only runs that can matter are opened: those that began within the time looked back at, and those whose file was
written to within it, because a run can last. A record that cannot be read is named and blocks nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from pathlib import Path
from stat import S_ISREG
from typing import Any

from playbook_engine.audit.paths import SUFFIX, runs_folder
from playbook_engine.audit.reach import reach, sizes_of
from playbook_engine.audit.scan import parse, text_of
from playbook_engine.frozen import dataclass
from playbook_engine.model.plan import Made
from playbook_engine.model.settings import Mode
from playbook_engine.values import RunId, TargetName
from playbook_engine.visible import escape

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
Key = tuple[str, str, TargetName]
"""A playbook, a step (its id, else its title) and a target."""
Found = Mapping[Key, datetime]

_TIME_DIGITS = 10
"""Digits of a ULID that are its time: milliseconds since 1970."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The latest change on each target, by playbook and step; and which records could not be read."""

    made: Mapping[Key, Made] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whose changes are looked for, and since when; a playbook also changes what others that play it change by it."""

    playbooks: frozenset[str]
    environment: str
    now: datetime
    back: timedelta


def history(state_dir: Path, wanted: Wanted) -> History:
    """Return what runs in the environment changed by these playbooks in the time looked back at."""
    latest: dict[Key, tuple[datetime, RunId]] = {}
    unreadable: list[str] = []
    try:
        paths = sorted(_recent(state_dir, wanted))
    except OSError as error:
        return History(unreadable=(f"{runs_folder(state_dir)}: {error.strerror}",))
    for path in paths:
        found, problem = _changes(path, wanted)
        unreadable += [f"{escape(path.name)}: {problem}"] if problem else []
        for key, at in found.items():
            if key not in latest or latest[key][0] < at:
                latest[key] = (at, RunId(path.name.removesuffix(SUFFIX)))
    made = {key: Made(run, round((wanted.now - at) / timedelta(milliseconds=1))) for key, (at, run) in latest.items()}
    return History(made=made, unreadable=tuple(unreadable))


def _recent(state_dir: Path, wanted: Wanted) -> Iterator[Path]:
    horizon = (wanted.now - wanted.back).timestamp()
    folder = runs_folder(state_dir)
    if not folder.exists():
        return
    for path in folder.iterdir():
        if path.suffix != SUFFIX:
            continue
        try:
            about = path.stat()
        except OSError:
            continue  # it went away meanwhile, or is a link to nowhere
        began = _began(path.name.removesuffix(SUFFIX))
        # Never a pipe or a device: to open one could wait for ever.
        if S_ISREG(about.st_mode) and (began is None or began >= horizon or about.st_mtime >= horizon):
            yield path


def _began(run: str) -> float | None:
    """Return when a run began, by its id, in seconds since 1970; None for an id that does not say."""
    digits = [_CROCKFORD.find(letter) for letter in run[:_TIME_DIGITS].upper()]
    if len(digits) < _TIME_DIGITS or -1 in digits:
        return None
    ms = 0
    for digit in digits:
        ms = ms * len(_CROCKFORD) + digit
    return ms / 1000


def _changes(path: Path, wanted: Wanted) -> tuple[Found, str | None]:
    """Return when a run changed each target last, as far as its record can be read; and what cannot be."""
    changes, problem = _Changes(wanted.playbooks), None
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                event = parse(line)
                if not line.endswith(b"\n"):
                    break  # a torn end: what was begun was on disk as a whole line before
                if number == 1 and event is None:
                    return {}, "line 1 cannot be read, so nobody knows what was played"
                if number == 1 and event is not None and not _is_wanted(event, wanted):
                    return {}, None
                if number == 1 and event is not None:
                    changes.begin(event)
                if event is None or not changes.take(event):
                    problem = problem or f"line {number} cannot be read"
    except OSError as error:
        problem = f"it cannot be read: {error.strerror}"
    return changes.found(), problem


def _is_wanted(started: Mapping[str, Any], wanted: Wanted) -> bool:
    return text_of(started, "mode") == Mode.PLAY.value and text_of(started, "environment") == wanted.environment


def _playbook_of(event: Mapping[str, Any]) -> str:
    """Return the playbook that a run or a play began."""
    playbook = event.get("playbook")
    return (text_of(playbook, "name") if isinstance(playbook, Mapping) else None) or ""


@dataclass(slots=True)
class _Begun:
    """A mitigation that has begun: its targets, and when each of them was asked for the last time."""

    playbook: str
    step: str
    at: datetime
    targets: tuple[str, ...]
    sizes: tuple[int, ...]
    asked: dict[str, datetime] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)


class _Changes:
    """Takes the events of a record in order."""

    def __init__(self, playbooks: frozenset[str]) -> None:
        self._playbooks = playbooks
        self._names: dict[str, str] = {}
        self._open: dict[str, _Begun] = {}
        self._found: dict[Key, datetime] = {}

    def begin(self, started: Mapping[str, Any]) -> None:
        """Note whose steps those are that no play encloses."""
        self._names[""] = _playbook_of(started)

    def take(self, event: Mapping[str, Any]) -> bool:
        """Note a beginning, an answer or an end; False for an event that does not say when it was."""
        path, at = text_of(event, "path") or "", _time(event)
        if at is None:
            return False
        match event.get("type"):
            case "play.started":
                self._names[f"{path}/"] = _playbook_of(event)
            case "step.started" if event.get("changes") is True:
                step = text_of(event, "id") or text_of(event, "title") or ""
                targets = tuple(text_of(target, "target") or "" for target in _objects(event))
                self._open[path] = _Begun(self._owner(path), step, at, targets, sizes_of(event))
            case "attempt.finished" if path in self._open:
                begun, target = self._open[path], text_of(event, "target") or ""
                begun.asked[target] = at
                if event.get("settled") is not False:
                    begun.answered.add(target)
            case "step.finished" if path in self._open:
                begun = self._open.pop(path)
                touched = {text_of(each, "target") for each in _objects(event) if each.get("begun") is True}
                self._note(begun, [target for target in begun.targets if target in touched])
        return True

    def found(self) -> Found:
        """Return the changes; of a mitigation without an end, all that it may have reached count."""
        for begun in self._open.values():
            untouched = set(reach(begun.targets, begun.sizes, begun.answered).untouched)
            self._note(begun, [target for target in begun.targets if target not in untouched])
        self._open.clear()
        return self._found

    def _owner(self, path: str) -> str:
        """Return the playbook whose step that is: the innermost of those that were played."""
        return self._names[max((place for place in self._names if path.startswith(place)), key=len)]

    def _note(self, begun: _Begun, targets: list[str]) -> None:
        for target in targets if begun.playbook in self._playbooks else ():
            self._found[begun.playbook, begun.step, TargetName(target)] = begun.asked.get(target, begun.at)


def _objects(event: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = event.get("targets")
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _time(event: Mapping[str, Any]) -> datetime | None:
    """Return when an event happened; None when it does not say."""
    try:
        at = datetime.fromisoformat(text_of(event, "ts") or "")
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
