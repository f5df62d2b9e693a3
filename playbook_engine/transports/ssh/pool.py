"""One connection per host, opened once however many ask for it at the same moment, and again when it has died."""

import asyncio
from contextlib import suppress

from playbook_engine.model.replies import Fault
from playbook_engine.model.targets import Host
from playbook_engine.transports.ssh.connector import Connector
from playbook_engine.transports.ssh.link import Link
from playbook_engine.transports.ssh.threads import Threads

__all__ = ["Connector", "Pool"]


class Pool:
    """The connections of a run."""

    def __init__(self, connector: Connector, threads: Threads) -> None:
        self._connector = connector
        self._threads = threads
        self._links: dict[Host, asyncio.Task[Link | Fault]] = {}
        self._given_up: list[asyncio.Task[Link | Fault]] = []

    async def link(self, host: Host) -> Link | Fault:
        """Return the host's connection; the attempt goes on when the one who asked first gives up."""
        attempt = self._links.get(host)
        if attempt is None or _stale(attempt):
            if attempt is not None and isinstance(attempt.result(), Link):
                self._given_up.append(attempt)
            attempt = asyncio.create_task(self._open(host), name=f"connect to {host.name}")
            self._links[host] = attempt
        return await asyncio.shield(attempt)

    async def close(self) -> None:
        """Close all connections, also those that are just being opened."""
        attempts = [*self._links.values(), *self._given_up]
        self._links.clear()
        self._given_up.clear()
        async with asyncio.TaskGroup() as group:
            for attempt in attempts:
                group.create_task(self._discard(attempt))
        await self._threads.run(self._connector.close)

    async def _open(self, host: Host) -> Link | Fault:
        return await self._threads.run(lambda: self._connector.connect(host))

    async def _discard(self, attempt: "asyncio.Task[Link | Fault]") -> None:
        with suppress(asyncio.CancelledError):
            link = await attempt
            if isinstance(link, Link):
                await self._threads.run(link.close)


def _stale(attempt: "asyncio.Task[Link | Fault]") -> bool:
    if not attempt.done():
        return False
    link = attempt.result()
    return isinstance(link, Fault) or not link.alive
