"""One connection per host, opened once however many ask for it at the same moment, and again when it has died."""

import asyncio
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from playbook_engine.model.replies import Fault, FaultKind
from playbook_engine.model.targets import Host
from playbook_engine.transports.ssh.ahead import called
from playbook_engine.transports.ssh.connector import Connector
from playbook_engine.transports.ssh.endpoint import Endpoint
from playbook_engine.transports.ssh.faults import Unable
from playbook_engine.transports.ssh.link import Link
from playbook_engine.transports.ssh.threads import Threads

_SHARE: Final = 2
"""One of so many threads may be used for logging in: the others are for commands."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A connection or why there is none, and how long it had to wait for others that were opened first."""

    link: Link | Fault
    waited_s: float


class Pool:
    """The connections of a run."""

    def __init__(self, connector: Connector, threads: Threads) -> None:
        self._connector = connector
        self._threads = threads
        self._attempts: dict[Host, _Attempt] = {}
        self._given_up: list[_Attempt] = []
        self._door = asyncio.Semaphore(threads.limit // _SHARE)

    async def link(self, host: Host) -> Link | Fault:
        """Return the host's connection; the attempt goes on when the one who asked first gives up."""
        return await asyncio.shield(self._attempt(host).task)

    async def link_within(self, host: Host, seconds: float) -> Reached | None:
        """Return the host's connection, None when it took longer; the attempt goes on all the same.

        Time in which only other hosts were being opened does not count.
        """
        return await self._attempt(host).reached(seconds)

    def _attempt(self, host: Host) -> "_Attempt":
        attempt = self._attempts.get(host)
        if attempt is None or attempt.stale:
            if attempt is not None and isinstance(attempt.task.result(), Link):
                self._given_up.append(attempt)
            attempt = self._attempts[host] = _Attempt(host, self._connector, self._threads, self._door)
        return attempt

    async def close(self) -> None:
        """Close all connections, also those that are just being opened."""
        attempts = [*self._attempts.values(), *self._given_up]
        self._attempts.clear()
        self._given_up.clear()
        async with asyncio.TaskGroup() as group:
            for attempt in attempts:
                group.create_task(self._discard(attempt))
        await self._threads.run(self._connector.close)

    async def _discard(self, attempt: "_Attempt") -> None:
        attempt.hurry()
        with suppress(asyncio.CancelledError):
            link = await attempt.task
            if isinstance(link, Link):
                await self._threads.run(link.close)


class _Attempt:
    """One host on its way to a connection: called, at the door, logged in."""

    def __init__(self, host: Host, connector: Connector, threads: Threads, door: asyncio.Semaphore) -> None:
        self._host = host
        self._connector = connector
        self._threads = threads
        self._door = door
        self._at_the_door: float | None = None
        self._inside: float | None = None
        self._moved = asyncio.Event()
        self._hurried = False
        self._calling: asyncio.Task[socket.socket | None] | None = None
        self.task = asyncio.create_task(self._open(), name=f"connect to {host.name}")

    @property
    def stale(self) -> bool:
        """Return whether it has come to nothing, or its connection has died."""
        if not self.task.done():
            return False
        link = self.task.result()
        return isinstance(link, Fault) or not link.alive

    async def reached(self, seconds: float) -> Reached | None:
        """Return what came of it, None when it took longer than that; the time at the door does not count."""
        began = time.monotonic()
        while not self.task.done():
            left = began + seconds + self._waited_since(began) - time.monotonic()
            if left <= 0:
                return None
            bound = None if self._waits else left
            self._moved.clear()
            moved = asyncio.ensure_future(self._moved.wait())
            try:
                await asyncio.wait({self.task, moved}, timeout=bound, return_when=asyncio.FIRST_COMPLETED)
            finally:
                moved.cancel()
        return Reached(await asyncio.shield(self.task), self._waited_since(began))

    def hurry(self) -> None:
        """Call nobody and wait at no door any more: the transport is being closed."""
        self._hurried = True
        if self._calling is not None:
            self._calling.cancel()

    @property
    def _waits(self) -> bool:
        return self._at_the_door is not None and self._inside is None

    def _waited_since(self, began: float) -> float:
        """Return how long it has been at the door since then."""
        if self._at_the_door is None:
            return 0.0
        return max((self._inside or time.monotonic()) - max(self._at_the_door, began), 0.0)

    async def _open(self) -> Link | Fault:
        endpoint = await self._threads.run(lambda: self._connector.endpoint(self._host))
        if isinstance(endpoint, Fault):
            return endpoint
        self._calling = asyncio.ensure_future(self._come_in(endpoint))
        if self._hurried:
            self._calling.cancel()
        try:
            spoken_to = await self._calling
        except Unable as error:
            return error.fault
        except asyncio.CancelledError:
            return Fault(kind=FaultKind.UNREACHABLE, message=f"{self._host.name}: stopped while connecting")
        try:
            return await self._threads.run(lambda: self._connector.connect(self._host, endpoint, spoken_to))
        finally:
            self._door.release()

    async def _come_in(self, endpoint: Endpoint) -> socket.socket | None:
        """Call the host, and wait for a place among those that log in."""
        spoken_to = await called(endpoint)
        self._at_the_door = time.monotonic()
        self._moved.set()
        try:
            await self._door.acquire()
        except BaseException:
            if spoken_to is not None:
                spoken_to.close()
            raise
        self._inside = time.monotonic()
        self._moved.set()
        return spoken_to
