"""What every text is made with: names, ages, aligned columns, and long text with its middle left out."""

from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from playbook_engine.model.replies import Output
from playbook_engine.transports.kubernetes.session import Json

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


def age(item: Json, now: datetime) -> str:
    """Return how old an object is, as kubectl says it: `45s`, `12m`, `3h`, `5d`."""
    return ago(metadata(item).get("creationTimestamp"), now)


def ago(stamp: object, now: datetime) -> str:
    """Return how long ago a time of the API was."""
    try:
        since = now - datetime.fromisoformat(str(stamp)).astimezone(UTC)
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
    return str(metadata(item).get("name", ""))


def part(item: Json, field: str) -> Json:
    """Return a part of an object that is a mapping; one that is missing is empty."""
    found = item.get(field)
    return found if isinstance(found, dict) else {}


def metadata(item: Json) -> Json:
    return part(item, "metadata")


def aligned(rows: Sequence[tuple[str, ...]]) -> str:
    """Return rows as columns, three blanks between them."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)
