"""Where people say that they take what a run waits for: files under the state directory.

<state>/acks/<run>.lock     held by the run while it waits, so that nobody takes what no run waits for
<state>/acks/<run>.json     what it waits for
<state>/acks/<run>.taken    who takes it; the run reads it and takes it away
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playbook_engine.diagnostics import did_you_mean
from playbook_engine.errors import UsageError
from playbook_engine.frozen import dataclass
from playbook_engine.ports import AckBox, Awaited, Clock, Taken
from playbook_engine.values import RunId

LATEST = "latest"
LONGEST = 2_000
"""Characters of a note; what is longer belongs elsewhere."""
PATIENCE_MS = 5_000
"""How long whoever takes something waits for the run to notice."""
LOOK_S = 0.05


def _folder(state: Path) -> Path:
    return state / "acks"


@dataclass(frozen=True, slots=True)
class FileAcks:
    """Lets people take what a run waits for with `runbook ack` (`ports.Acknowledgements`)."""

    state: Path
    run: RunId

    @contextmanager
    def opened(self, awaited: Awaited) -> Iterator[AckBox | str]:
        """Let people take a notice while this lasts."""
        from filelock import FileLock  # noqa: PLC0415  most runs wait for nobody

        folder = _folder(self.state)
        lock = FileLock(folder / f"{self.run}.lock", timeout=0, mode=0o600)
        waiting, box = folder / f"{self.run}.json", _Box(folder / f"{self.run}.taken")
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock.acquire()
            box.path.unlink(missing_ok=True)
            _write(
                waiting, {"run": self.run, "contact": awaited.contact, "title": awaited.title, "path": awaited.path}
            )
        except OSError as error:
            lock.release()
            yield f"nobody can take it: {folder} cannot be written ({error.strerror or error})"
            return
        try:
            yield box
        finally:
            with suppress(OSError):  # a full disk keeps nobody from going on
                waiting.unlink(missing_ok=True)
            lock.release()


@dataclass(frozen=True, slots=True)
class _Box:
    path: Path

    @property
    def pause_s(self) -> float:
        """Return how often it is looked into. It is a file: nobody could wake us."""
        return 0.5

    def taken(self) -> Taken | None:
        """Return who takes it; reading it is the sign for whoever wrote it."""
        found = _read(self.path)
        if found is None:
            return None
        self.path.unlink(missing_ok=True)
        return Taken(by=_text(found, "by") or "somebody", how="runbook ack", note=_text(found, "note"))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A run that waits for somebody to take a notice."""

    run: RunId
    contact: str
    title: str


def waiting(state: Path) -> tuple[Waiting, ...]:
    """Return the runs that wait right now, the oldest first."""
    found: list[Waiting] = []
    for path in sorted(_folder(state).glob("*.json")):
        fields = _read(path)
        if fields is not None and _is_held(path.with_suffix(".lock")):
            found.append(Waiting(RunId(path.stem), _text(fields, "contact"), _text(fields, "title")))
    return tuple(found)


def take(state: Path, wanted: str, who: Taken, clock: Clock) -> Iterator[Waiting | None]:
    """Say that somebody takes what a run waits for.

    Yields None while the run has not noticed, and what was taken once it has: the caller waits in between.

    Raises:
        UsageError: no such run waits, or it no longer does.
    """
    found = _find(waiting(state), wanted)
    path = _folder(state) / f"{found.run}.taken"
    try:
        _write(path, {"by": who.by[:LONGEST], "note": who.note[:LONGEST]})
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    ends = clock.monotonic_ms() + PATIENCE_MS
    while path.exists():
        if not _is_held(path.with_suffix(".lock")) or clock.monotonic_ms() > ends:
            path.unlink(missing_ok=True)
            raise UsageError(f"run {found.run} no longer waits, and went on without you", "See: runbook audit show")
        yield None
    yield found


def _find(known: tuple[Waiting, ...], wanted: str) -> Waiting:
    """Return the run that is meant: by its id, the beginning or end of its id, or `latest`."""
    if known and wanted.lower() == LATEST:
        return known[-1]
    runs = {each.run.upper(): each for each in known}
    word = wanted.upper()
    fitting = [each for run, each in runs.items() if run == word] or [
        each for run, each in runs.items() if word and (run.startswith(word) or run.endswith(word))
    ]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        listed = ", ".join(each.run for each in fitting)
        raise UsageError(f"'{wanted}' fits {len(fitting)} runs that wait: {listed}", "Give more of the id.")
    listed = ", ".join(each.run for each in known)
    hint = did_you_mean(word, runs) or (f"Waiting are: {listed}." if known else "No run waits for anybody.")
    raise UsageError(f"no run '{wanted}' waits for somebody to take a notice", hint)


def _is_held(path: Path) -> bool:
    """Return whether a run that is alive holds a lock: that of one that was killed is free."""
    from filelock import FileLock, Timeout  # noqa: PLC0415  see above

    if not path.exists():
        return False
    lock = FileLock(path, timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        return True
    except OSError:
        return False
    lock.release()
    return False


def _write(path: Path, fields: Mapping[str, str]) -> None:
    """Put a file in its place as a whole: nobody reads half of it."""
    half = path.with_suffix(f".{os.getpid()}.tmp")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(fields, file, ensure_ascii=False)
    half.replace(path)


def _read(path: Path) -> Mapping[str, Any] | None:
    """Return what a file says; None when it is not there, or none of ours."""
    try:
        with path.open("rb") as file:
            fields = json.loads(file.read(16 * LONGEST))
    except (OSError, ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return value[:LONGEST] if isinstance(value, str) else ""
