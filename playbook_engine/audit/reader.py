"""Reads records: the list of runs, one run by a part of its id, the events of one run.

Files may be foreign, broken or half written; none of that is an error here, it is shown.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playbook_engine.audit.chain import Domain
from playbook_engine.audit.paths import SUFFIX, runs_folder
from playbook_engine.audit.scan import number_of, parse, scan, text_of
from playbook_engine.diagnostics import did_you_mean
from playbook_engine.errors import UsageError
from playbook_engine.frozen import dataclass
from playbook_engine.visible import escape

LATEST = "latest"
_TAIL = 256 * 1024
"""How much of a long record's end is read to find its last line; `run.finished` is short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One run in the list, its texts safe for a terminal.

    `verdict` is None while there is no `run.finished`; `problem` says why nothing else is known.
    """

    run: str
    path: Path
    playbook: str = ""
    environment: str = ""
    actor: str = ""
    mode: str = ""
    started: str = ""
    verdict: str | None = None
    duration_ms: int | None = None
    problem: str | None = None

    @property
    def state(self) -> str:
        """Return the verdict, `unfinished` or `unreadable`."""
        return "unreadable" if self.problem else self.verdict or "unfinished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The events of a run, in order; `torn` bytes at its end and the lines in `unreadable` could not be read."""

    path: Path
    events: tuple[Mapping[str, Any], ...]
    torn: int = 0
    unreadable: tuple[int, ...] = ()


def runs(state_dir: Path) -> tuple[RunSummary, ...]:
    """Return all runs on record, newest first."""
    summaries = (_summary(path) for path in _files(state_dir))
    return tuple(sorted(summaries, key=lambda summary: (summary.started, summary.run), reverse=True))


def find(state_dir: Path, wanted: str) -> Path:
    """Return the record of a run by its id, the beginning or end of its id, or `latest`; raises UsageError."""
    files = {path.name.removesuffix(SUFFIX): path for path in _files(state_dir)}
    if not files:
        raise UsageError(f"there is no run on record in {runs_folder(state_dir)}")
    if wanted.lower() == LATEST:
        return next((run.path for run in runs(state_dir) if not run.problem), files[max(files)])
    exact = [run for run in files if run.upper() == wanted.upper()]
    fitting = exact or [run for run in files if _fits(run.upper(), wanted.upper())]
    if len(fitting) == 1:
        return files[fitting[0]]
    if fitting:
        shown = ", ".join(sorted(fitting)[:5]) + (" …" if len(fitting) > 5 else "")
        raise UsageError(f"'{wanted}' fits {len(fitting)} runs: {shown}", "Give more of the id.")
    hint = did_you_mean(wanted, files) or "List the runs with: runbook audit list"
    raise UsageError(f"there is no run '{wanted}' on record", hint)


def read(path: Path) -> Record:
    """Return the events of a record; raises UsageError when the file cannot be opened."""
    events: list[Mapping[str, Any]] = []
    unreadable: list[int] = []
    torn = 0
    try:
        for line in scan(path, Domain.RECORD):
            if not line.whole:
                torn = len(line.raw)
            elif line.fields is None:
                unreadable.append(line.number)
            else:
                events.append(line.fields)
    except OSError as error:
        raise UsageError(f"the record {path} cannot be read: {error.strerror}") from error
    return Record(path=path, events=tuple(events), torn=torn, unreadable=tuple(unreadable))


def _files(state_dir: Path) -> tuple[Path, ...]:
    try:
        found = (path for path in runs_folder(state_dir).iterdir() if path.name.endswith(SUFFIX))
        # Never a pipe or a device: to open one could wait for ever.
        return tuple(path for path in found if path.is_file() or path.is_dir())
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise UsageError(f"{runs_folder(state_dir)} cannot be read: {error.strerror}") from error


def _fits(run: str, wanted: str) -> bool:
    return bool(wanted) and (run.startswith(wanted) or run.endswith(wanted))


def _summary(path: Path) -> RunSummary:
    run = path.name.removesuffix(SUFFIX)
    try:
        first, last = _first_and_last(path)
    except OSError as error:
        return RunSummary(run=run, path=path, problem=f"cannot be read: {error.strerror}")
    if first is None or text_of(first, "type") != "run.started":
        return RunSummary(run=run, path=path, problem="does not begin with run.started")
    finished = last if text_of(last, "type") == "run.finished" else None
    return RunSummary(
        run=run,
        path=path,
        playbook=_within(first, "playbook", "name"),
        environment=escape(text_of(first, "environment") or ""),
        actor=_within(first, "actor", "user"),
        mode=escape(text_of(first, "mode") or ""),
        started=escape(text_of(first, "ts") or ""),
        verdict=escape(text_of(finished, "verdict") or "") or None,
        duration_ms=number_of(finished, "duration_ms"),
    )


def _first_and_last(path: Path) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    """Return the first and the last line of a file, without reading what is between them."""
    with path.open("rb") as file:
        first = parse(file.readline(_TAIL))
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL))
        lines = file.read().splitlines()
    return first, parse(lines[-1]) if lines else None


def _within(fields: Mapping[str, Any], outer: str, inner: str) -> str:
    found = fields.get(outer)
    return escape(text_of(found, inner) or "") if isinstance(found, Mapping) else ""
