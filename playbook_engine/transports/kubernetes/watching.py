"""One object and each of its changes, through whatever ends a watch.

A watch ends for many reasons: the server's own time limit, a proxy between, a restart. It is taken up again where it
was, by the version last seen (bookmarks move it on while nothing happens). A version that the server has forgotten
(410) means: read the object again, and watch from there. A server that is away is waited for until the deadline.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from urllib3 import exceptions as http

from playbook_engine.transports.kubernetes.api import Api
from playbook_engine.transports.kubernetes.faults import Refused
from playbook_engine.transports.kubernetes.printing import metadata
from playbook_engine.transports.kubernetes.session import LARGEST, ApiError, Json, NotJson, TooLarge

T = TypeVar("T")

Look = Callable[[Json], T | None]
"""What is made of a state of the object; None means to go on. What it raises ends the watch."""

_LONGEST_S = 60
_SLACK_S = 10.0
"""So much longer than a watch may last we wait for its end: then the connection is dead, and nobody told us."""
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.1, 2.0
_PASSING = frozenset({429, 500, 502, 503, 504})


async def until(api: Api, kind: str, name: str, namespace: str, look: Look[T]) -> T:
    """Look at an object, then at each of its changes, until something comes of it."""
    resource = await api.resource(kind)
    watch = _Watch(api, resource.path(namespace), name, look)
    while True:
        item = await watch.read(resource.path(namespace, name))
        if (found := look(item)) is not None:
            return found
        if (found := await watch.follow(str(metadata(item).get("resourceVersion") or ""))) is not None:
            return found


class _Seen(Exception, Generic[T]):
    """Something has come of it: carried out of the thread that reads the watch."""

    def __init__(self, found: T) -> None:
        super().__init__()
        self.found = found


@dataclass(slots=True)
class _Watch(Generic[T]):
    """One object that is watched; `wait` is how long to wait before the next try."""

    api: Api
    path: str
    name: str
    look: Look[T]
    wait: float = _FIRST_WAIT_S
    reached: bool = False

    async def read(self, path: str) -> Json:
        """Read the object; once the server has answered, one that is away for a while is waited for."""
        while True:
            try:
                item = await self.api.get(path)
            except Exception as error:
                if not self.reached or not _passes(error):
                    raise
            else:
                self.reached = True
                return item
            await self._pause()

    async def follow(self, version: str) -> T | None:
        """Watch from a version on; None when the object has to be read again."""
        events = _Events(self.look, self.name, version)
        while True:
            seen = events.count
            seconds = max(min(int(self.api.seconds_left()) + 1, _LONGEST_S), 1)
            query = {
                "watch": "true",
                "allowWatchBookmarks": "true",
                "fieldSelector": f"metadata.name={self.name}",
                "resourceVersion": events.version,
                "timeoutSeconds": str(seconds),
            }
            try:
                await self.api.watch(self.path, events.take, query, seconds + _SLACK_S)
            except _Seen as found:
                return found.found  # type: ignore[no-any-return]  # an exception cannot say what it holds
            except Exception as error:
                if isinstance(error, ApiError) and error.status == 410:
                    return None
                if not _passes(error):
                    raise
            events.rest = b""
            if events.count > seen:
                self.wait = _FIRST_WAIT_S
            await self._pause()

    async def _pause(self) -> None:
        await self.api.clock.sleep(self.wait)
        self.wait = min(2 * self.wait, _LONGEST_WAIT_S)


@dataclass(slots=True)
class _Events(Generic[T]):
    """The lines of a watch, one event each, as their bytes come."""

    look: Look[T]
    name: str
    version: str
    count: int = 0
    rest: bytes = field(default=b"", repr=False)

    def take(self, chunk: bytes) -> None:
        """Take some bytes; raises _Seen when something has come of an event."""
        *lines, self.rest = (self.rest + chunk).split(b"\n")
        if len(self.rest) > LARGEST:
            raise TooLarge
        for line in lines:
            if line.strip():
                self._event(line)

    def _event(self, line: bytes) -> None:
        try:
            event: Any = json.loads(line)
            kind, item = event["type"], event["object"]
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise NotJson(str(error)) from error
        if kind == "ERROR":
            raise ApiError(int(item.get("code") or 500), str(item.get("reason") or ""), json.dumps(item))
        self.count += 1
        self.version = str(metadata(item).get("resourceVersion") or self.version)
        if kind == "DELETED":
            raise Refused(f"'{self.name}' was deleted meanwhile")
        if kind != "BOOKMARK" and (found := self.look(item)) is not None:
            raise _Seen(found)


def _passes(error: Exception) -> bool:
    """Return whether an error may pass by itself: the server is away, or has too much to do."""
    if isinstance(error, ApiError):
        return error.status in _PASSING
    return isinstance(error, http.HTTPError | OSError) and not isinstance(error, http.LocationValueError)
