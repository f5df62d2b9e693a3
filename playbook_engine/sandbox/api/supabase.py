"""The API's database behind PostgREST: conversations are read, analytics events are written."""

import threading
import time
from typing import Any

from playbook_engine.sandbox.api.fallback import Kept, keep_rows, recall_rows
from playbook_engine.sandbox.api.limits import Slots
from playbook_engine.sandbox.api.log import Log
from playbook_engine.sandbox.api.upstream import Upstream, UpstreamFailed

_SLOW_MS = 1000
_MANY_WAIT = 1000


class Database:
    """Calls the project's REST interface over a pool of so many at once."""

    def __init__(self, rest: Upstream, analytics: Upstream, pool_size: int, kept: Kept, log: Log) -> None:
        self._rest = rest
        self._analytics = analytics
        self._pool = Slots(pool_size, _MANY_WAIT)
        self._kept = kept
        self._log = log
        self._lock = threading.Lock()
        self._counts = {"total": 0, "failed": 0, "slow": 0}

    def conversations(self) -> Any:
        """Return some rows, fresh or kept; UpstreamFailed when there are none."""
        try:
            rows = self._query("/rest/v1/conversations?limit=20")
        except UpstreamFailed as problem:
            rows = recall_rows(self._kept)
            if rows is None:
                self._log.write("ERROR", f"Database connection failed: {problem}")
                raise
            return rows
        keep_rows(self._kept, rows)
        return rows

    def record(self, event: object) -> None:
        """Write an analytics event; UpstreamFailed when it could not be written."""
        with self._pool.slot():
            self._analytics.post("/rest/v1/analytics", event)

    def state(self) -> str:
        """Ask whether the project answers: `ok`, `fallback` or `unavailable`."""
        try:
            self._query("/rest/v1/")
        except UpstreamFailed:
            return "unavailable" if recall_rows(self._kept) is None else "fallback"
        return "ok"

    def stats(self) -> dict[str, Any]:
        pool, size = self._pool, self._pool.size
        used = {"size": size, "in_use": pool.taken, "idle": max(size - pool.taken, 0), "waiting": pool.waiting}
        with self._lock:
            return {"pool": used, "queries": dict(self._counts)}

    def _query(self, path: str) -> Any:
        began = time.monotonic()
        failed = True
        try:
            with self._pool.slot():
                rows = self._rest.get(path)
            failed = False
        finally:
            self._count(failed=failed, slow=(time.monotonic() - began) * 1000 > _SLOW_MS)
        return rows

    def _count(self, *, failed: bool, slow: bool) -> None:
        with self._lock:
            self._counts["total"] += 1
            self._counts["failed"] += failed
            self._counts["slow"] += slow
