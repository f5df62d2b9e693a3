"""What one request sees of a cluster: the calls it needs, under its own deadline."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from playbook_engine.ports import Clock
from playbook_engine.transports.kubernetes import discovery
from playbook_engine.transports.kubernetes.repeating import Tried, pause
from playbook_engine.transports.kubernetes.resources import Resource
from playbook_engine.transports.kubernetes.session import (
    LARGEST,
    ApiError,
    Call,
    DeadlinePassed,
    Hold,
    Json,
    NotJson,
    Session,
    TooLarge,
)
from playbook_engine.transports.kubernetes.threads import Threads

JSON = "application/json"
STRATEGIC = "application/strategic-merge-patch+json"
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"

_CONNECT_S = 10.0
_PAGE = 500
_EARLY_S = 0.15
"""So much before the deadline a log is given up, so that what had come by then can be told."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One change that a dry run has worked out: the object now (None: not there), and what would be made of it."""

    method: str
    path: str
    before: Json | None
    after: Json


class Api:
    """The calls of one request.

    `begun` says that a change may have reached the server, `changed` that one was made, and `pending` to how many
    of them no answer has come. `progress` is the last thing known about something awaited; `given_up` is set when
    nobody waits for it any more. With `dry_run` the server works out what a change would give, and makes none;
    `rehearsed` then takes what it has worked out.
    """

    def __init__(self, session: Session, threads: Threads, clock: Clock, deadline_ms: int) -> None:
        self.session = session
        self.threads = threads
        self.clock = clock
        self.dry_run = False
        self.rehearsed: list[Rehearsed] | None = None
        self.begun = False
        self.changed = False
        self.pending = 0
        self.progress: str | None = None
        self.given_up = threading.Event()
        self._deadline_ms = deadline_ms
        self._left = LARGEST

    async def resource(self, kind: str) -> Resource:
        """Return where a kind is served; the server is asked where that differs from version to version."""
        return await discovery.resource(self.document, kind)

    async def document(self, path: str) -> Json:
        """Return a document of discovery; each is read once in a run."""
        known = self.session.discovered
        if path not in known:
            known[path] = await self.get(path)
        return known[path]

    async def read(self, kind: str, name: str, namespace: str, below: str = "") -> Json:
        """Return one object, or what is below it: its `scale`."""
        return await self.get((await self.resource(kind)).path(namespace, name, below))

    async def list_all(self, kind: str, namespace: str | None, **selectors: str) -> Json:
        """Return a list, all its pages as one; without a namespace, of all namespaces."""
        return await self.list_path((await self.resource(kind)).path(namespace), **selectors)

    async def list_path(self, path: str, **selectors: str) -> Json:
        """Return the list at a path, all its pages as one."""
        options: dict[str, Any] = {"limit": str(_PAGE), **selectors}
        page = whole = await self.get(path, **options)
        while (page.get("metadata") or {}).get("continue"):
            try:
                page = await self.get(path, **options, **{"continue": page["metadata"]["continue"]})
            except ApiError as error:
                if error.status != 410:
                    raise
                return await self.get(path, **selectors)  # the pages were too old to go on: all of it at once
            whole["items"] = [*(whole.get("items") or ()), *(page.get("items") or ())]
        return whole

    async def get(self, path: str, **query: str) -> Json:
        return await self.send("GET", path, query=query, change=False)

    async def patch(
        self, kind: str, name: str, namespace: str, body: Any, *, media: str = STRATEGIC, below: str = ""
    ) -> Json:
        """Change one object, or what is below it."""
        path = (await self.resource(kind)).path(namespace, name, below)
        return await self.send("PATCH", path, body, media=media)

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        media: str = JSON,
        query: Mapping[str, str] | None = None,
        change: bool = True,
        patient: bool = True,
    ) -> Json:
        """Send a request and return the object in the answer; `change` says that it changes something.

        Without `patient` it is not sent again when the server has too much to do: then a 429 means something else.
        """
        rehearsed = self.rehearsed if change and self.dry_run else None
        before = await self._now(method, path) if rehearsed is not None else None
        asked = dict(query or {}) | ({"dryRun": "All"} if change and self.dry_run else {})
        call = Call(
            method=method,
            path=path,
            query=asked,
            body=None if body is None else json.dumps(body).encode(),
            media=media,
            change=change and not self.dry_run,
        )
        pieces = _Answer(self)
        await self._sent(call, pieces.take, pieces.drop, patient=patient)
        try:
            answer = json.loads(b"".join(pieces.chunks))
        except (ValueError, RecursionError) as error:
            raise NotJson(str(error)) from error
        if not isinstance(answer, dict):
            raise NotJson("the answer is JSON, but no object")
        if rehearsed is not None:
            rehearsed.append(Rehearsed(method, path, before, answer))
        return answer

    async def _now(self, method: str, path: str) -> Json | None:
        """Return the object that a change is about; None when it is not there yet."""
        if method == "POST":
            return None
        try:
            return await self.get(path)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    async def stream_log(self, path: str, take: Callable[[bytes], None], query: Mapping[str, str]) -> None:
        """Hand a log to `take`, piece by piece, as it comes."""
        await self._sent(Call(method="GET", path=path, query=query), take, None)

    async def watch(self, path: str, take: Callable[[bytes], None], query: Mapping[str, str], silence: float) -> None:
        """Hand the lines of a watch to `take`; a watch that says nothing for `silence` seconds is broken."""
        hold, left = Hold(), self.seconds_left()
        call, limits = Call(method="GET", path=path, query=query), (min(left * 0.8, _CONNECT_S), silence)
        try:
            fetch = partial(self.session.fetch, call, take, limits, self.is_late, hold)
            await self.threads.run(fetch, counted=False)
        finally:
            hold.cut()  # when we are cancelled, the thread would read on

    def seconds_left(self) -> float:
        return max((self._deadline_ms - self.clock.monotonic_ms()) / 1000, 0.001)

    def is_late(self, early_s: float = 0.0) -> bool:
        return self.clock.monotonic_ms() > self._deadline_ms - early_s * 1000

    async def _sent(
        self, call: Call, take: Callable[[bytes], None], drop: Callable[[], None] | None, *, patient: bool = True
    ) -> None:
        """Send a call, again where the policy says so; `drop` forgets half an answer, without it that is kept."""
        times, begun = 0, False

        def taken(chunk: bytes) -> None:
            nonlocal begun
            begun = drop is None
            take(chunk)

        while True:
            times += 1
            try:
                return await self._once(call, taken, _EARLY_S if drop is None else 0.0)
            except Exception as error:
                wait = pause(error, Tried(call.change, times, begun)) if patient else None
                if wait is None or wait >= self.seconds_left():
                    raise
            if drop is not None:
                drop()
            await self.clock.sleep(wait)

    async def _once(self, call: Call, take: Callable[[bytes], None], early_s: float) -> None:
        """Send a call in a worker thread, and keep account of what it may have changed."""
        self.begun = self.begun or call.change
        self.pending += call.change
        left = max(self.seconds_left() - early_s, 0.001)
        limits = (min(left * 0.8, _CONNECT_S), left)
        try:
            await self.threads.run(partial(self.session.fetch, call, take, limits, partial(self.is_late, early_s)))
        except ApiError as error:
            self.pending -= call.change
            if error.status < 500:  # it was refused: whatever was done before is all that was done
                self.begun = self.changed or self.pending > 0
            raise
        except DeadlinePassed:  # it had been accepted, and only its answer was long
            self.pending -= call.change
            raise
        self.pending -= call.change
        self.changed = self.changed or call.change

    def spend(self, size: int) -> None:
        """Count what was read; raises TooLarge when it is more than anyone wants to hold in memory."""
        self._left -= size
        if self._left < 0:
            raise TooLarge


class _Answer:
    """The pieces of one answer."""

    def __init__(self, api: Api) -> None:
        self.chunks: list[bytes] = []
        self._api = api

    def take(self, chunk: bytes) -> None:
        self._api.spend(len(chunk))
        self.chunks.append(chunk)

    def drop(self) -> None:
        self.chunks.clear()
