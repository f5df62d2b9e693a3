"""Objects as kubectl prints them: tables, names, JSON; and long text with its middle left out."""

import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from playbook_engine.model.replies import Output
from playbook_engine.transports.kubernetes.resources import printed_name
from playbook_engine.transports.kubernetes.session import Json
from playbook_engine.values import Value

KEEP = 128 * 2**10
"""How many bytes are kept of a long text's beginning, and as many of its end."""


class Kept:
    """Takes bytes as they come and keeps the beginning, the end and the count."""

    def __init__(self, keep: int = KEEP) -> None:
        self._keep = keep
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self._size = 0

    def take(self, chunk: bytes) -> None:
        self._size += len(chunk)
        room = self._keep - len(self._head)
        self._head += chunk[:room]
        if len(chunk) > room:
            self._tail.append(chunk[room:])
            self._tail_size += len(chunk) - room
            while self._tail_size - len(self._tail[0]) >= self._keep:
                self._tail_size -= len(self._tail.popleft())

    def output(self) -> Output:
        tail = b"".join(self._tail)
        if self._size <= 2 * self._keep:
            return Output(head=_decoded(bytes(self._head) + tail), size=self._size)
        return Output(
            head=_decoded(bytes(self._head)), tail=_decoded(tail[-self._keep :]), size=self._size, truncated=True
        )


def bounded(text: str) -> Output:
    """Return text as an output, its middle left out when it is long."""
    kept = Kept()
    kept.take(text.encode("utf-8", "backslashreplace"))
    return kept.output()


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


def as_json(data: Value) -> str:
    """Return an object as kubectl writes it, secrets masked."""
    return json.dumps(data, indent=4, ensure_ascii=False, default=str) + "\n"


def as_names(kind: str, items: Iterable[Json]) -> str:
    return "".join(f"{printed_name(kind, name_of(item))}\n" for item in items)


def as_table(kind: str, items: Sequence[Json], now: datetime, *, namespaces: bool = False) -> str:
    """Return the columns that people look at first."""
    header, cells = _COLUMNS.get(kind, _NAME_AND_AGE)
    rows = [cells(item, age(item, now)) for item in items]
    if namespaces:
        header = ("NAMESPACE", *header)
        rows = [(str(_metadata(item).get("namespace", "")), *row) for item, row in zip(items, rows, strict=True)]
    return _aligned([header, *rows])


def age(item: Json, now: datetime) -> str:
    """Return how old an object is, as kubectl says it: `45s`, `12m`, `3h`, `5d`."""
    created = _metadata(item).get("creationTimestamp")
    try:
        since = now - datetime.fromisoformat(str(created)).astimezone(UTC)
    except ValueError:
        return "<unknown>"
    return _span(max(since, timedelta(0)))


def _span(since: timedelta) -> str:
    seconds = int(since.total_seconds())
    for limit, size, unit in ((120, 1, "s"), (7200, 60, "m"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{seconds // size}{unit}"
    return f"{seconds // 86_400}d"


def name_of(item: Json) -> str:
    return str(_metadata(item).get("name", ""))


def _metadata(item: Json) -> Json:
    metadata = item.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def _any(item: Json, old: str) -> tuple[str, ...]:
    return name_of(item), old


def _deployment(item: Json, old: str) -> tuple[str, ...]:
    spec, status = item.get("spec") or {}, item.get("status") or {}
    ready = f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 1)}"
    return name_of(item), ready, str(status.get("updatedReplicas", 0)), str(status.get("availableReplicas", 0)), old


def _pod(item: Json, old: str) -> tuple[str, ...]:
    containers = (item.get("status") or {}).get("containerStatuses") or ()
    ready = sum(1 for container in containers if container.get("ready"))
    total = len((item.get("spec") or {}).get("containers") or containers)
    restarts = sum(int(container.get("restartCount", 0)) for container in containers)
    return name_of(item), f"{ready}/{total}", pod_status(item), str(restarts), old


def pod_status(item: Json) -> str:
    """Return one word for a pod's state: what keeps it from running, before its phase."""
    status = item.get("status") or {}
    if _metadata(item).get("deletionTimestamp"):
        return "Terminating"
    for container in status.get("containerStatuses") or ():
        state = container.get("state") or {}
        for stage in ("waiting", "terminated"):
            reason = (state.get(stage) or {}).get("reason")
            if reason:
                return str(reason)
    return str(status.get("reason") or status.get("phase") or "Unknown")


_Columns: TypeAlias = tuple[tuple[str, ...], Callable[[Json, str], tuple[str, ...]]]
_NAME_AND_AGE: _Columns = (("NAME", "AGE"), _any)
_COLUMNS: Mapping[str, _Columns] = {
    "pods": (("NAME", "READY", "STATUS", "RESTARTS", "AGE"), _pod),
    "deployments": (("NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"), _deployment),
}


def _aligned(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)
