"""The ledger: one line for each run opened and sealed, so that a run cannot vanish or be replaced unnoticed.

Many processes add to it, one at a time, under a lock. A writer that died in the middle of a line leaves a fragment.
The next writer does not touch it: it begins a new line, says there how many bytes it could not read and what their
hash is (`ledger.torn`), and goes on from the last whole line.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from playbook_engine.audit import disk
from playbook_engine.audit.chain import GENESIS, Domain, Link, claims, link
from playbook_engine.audit.jsontext import JsonObject, one_line
from playbook_engine.audit.paths import ledger_lock
from playbook_engine.audit.record_v1 import timestamp
from playbook_engine.errors import RecordUnavailable
from playbook_engine.frozen import dataclass
from playbook_engine.model.outcomes import Verdict
from playbook_engine.ports import Clock
from playbook_engine.values import RunId

PATIENCE_S = 10.0
"""How long a writer waits for others; each of them needs the lock for one fsync."""

_WINDOW = 64 * 1024


class Ledger:
    """Adds lines to one ledger file; holds nothing open in between."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path = path
        self._clock = clock

    def opened(self, run: RunId) -> None:
        """Put on disk that the record of a run was begun; raises RecordUnavailable."""
        self._append({"type": "run.opened", "run": run})

    def sealed(self, run: RunId, *, head: str, lines: int, verdict: Verdict) -> None:
        """Put on disk how the record of a run ends; raises RecordUnavailable."""
        self._append({"type": "run.sealed", "run": run, "head": head, "lines": lines, "verdict": verdict.value})

    def _append(self, fields: JsonObject) -> None:
        try:
            with self._lock(), _open(self.path) as descriptor:
                _add(descriptor, fields, self._clock.now())
        except Timeout:
            raise RecordUnavailable(
                f"the ledger {self.path} is held by another process for more than {PATIENCE_S:.0f} s"
            ) from None
        except OSError as error:
            raise RecordUnavailable(f"the ledger {self.path} cannot be written: {error.strerror}") from error

    def _lock(self) -> FileLock:
        return FileLock(ledger_lock(self.path), timeout=PATIENCE_S, mode=0o600, poll_interval=0.005)


@contextmanager
def _open(path: Path) -> Iterator[int]:
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    try:
        if is_new:
            disk.sync_folder(path.parent)
        yield descriptor
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True)
class _End:
    """The end of a ledger: the hash of its last sound line, whether that line is ended, and what stands behind it."""

    head: str
    ended: bool = True
    fragment: bytes = b""


def _add(descriptor: int, fields: JsonObject, now: datetime) -> None:
    """Add a line after the last sound one, in a single write that is on disk when this returns."""
    end = _end(descriptor)
    head, data = end.head, b"" if end.ended else b"\n"
    if end.fragment:
        sha256 = hashlib.sha256(end.fragment).hexdigest()
        torn = _line({"type": "ledger.torn", "bytes": len(end.fragment), "sha256": sha256}, now, head)
        head, data = torn.hash, data + torn.line + b"\n"
    disk.append(descriptor, data + _line(fields, now, head).line + b"\n")
    os.fsync(descriptor)


def _line(fields: JsonObject, now: datetime, prev: str) -> Link:
    return link(Domain.LEDGER, one_line({"v": 1, "ts": timestamp(now), **fields}), prev)


def _end(descriptor: int) -> _End:
    """Return the end of the file, reading as little of it as will do."""
    size = os.fstat(descriptor).st_size
    window = _WINDOW
    while True:
        start = max(0, size - window)
        end = _last_sound_line(os.pread(descriptor, size - start, start), from_beginning=start == 0)
        if end is not None:
            return end
        window *= 8


def _last_sound_line(data: bytes, *, from_beginning: bool) -> _End | None:
    """Return the end of a ledger from its last bytes; None when its last sound line may stand further up."""
    end = len(data) if data and not data.endswith(b"\n") else len(data) - 1
    while end >= 0:
        start = data.rfind(b"\n", 0, end) + 1
        if start == 0 and not from_beginning:
            return None
        found = claims(Domain.LEDGER, data[start:end])
        if found is not None and found.intact:
            return _End(found.hash, ended=data.endswith(b"\n"), fragment=data[end + 1 :])
        end = start - 1
    return _End(GENESIS, ended=data.endswith(b"\n") or not data, fragment=data) if from_beginning else None
