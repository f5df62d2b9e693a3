"""The connections of one run: kept while they may be needed again, never more than this machine has room for."""

import asyncio
from collections import OrderedDict
from typing import Final

from playbook_engine.transports.http.connection import Connection
from playbook_engine.transports.http.exchange import Exchange
from playbook_engine.transports.http.faults import CONNECT_AT_MOST_S, Stopped, deadline_passed
from playbook_engine.transports.http.opening import Opener, Route

OPEN_AT_MOST: Final = 500
"""How many connections are open at once, idle ones included."""
KEPT_FOR_S: Final = 30


class Connections:
    """Open connections by route.

    A request that changes something never takes a connection that an earlier one left open: when the server is just
    closing it, nobody could say whether the change was made.
    """

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._places = asyncio.Semaphore(OPEN_AT_MOST)
        self._waiting = 0
        self._idle: dict[Route, list[Connection]] = {}
        self._order: OrderedDict[Connection, Route] = OrderedDict()
        """Idle connections, the one that has been idle longest first."""

    async def take(self, route: Route, exchange: Exchange, *, fresh: bool) -> Connection:
        """Return a connection that nobody else uses; raises Stopped and Unusable."""
        kept = None if fresh else await self._kept(route)
        if kept is not None:
            exchange.reused = True
            return kept
        await self._place()
        limit = asyncio.timeout(CONNECT_AT_MOST_S)
        try:
            async with limit:
                return await self._opener.open(route, exchange)
        except TimeoutError:
            self._places.release()
            if not limit.expired():
                raise
            raise Stopped(deadline_passed(exchange, f"{CONNECT_AT_MOST_S}s")) from None
        except BaseException:
            self._places.release()
            raise

    async def keep(self, route: Route, connection: Connection) -> None:
        """Take back a connection that is ready for another request, or close it when somebody waits for its place."""
        if self._waiting:
            await self.end(connection)
            return
        connection.idle_since = asyncio.get_running_loop().time()
        self._idle.setdefault(route, []).append(connection)
        self._order[connection] = route

    async def end(self, connection: Connection) -> None:
        """Close a connection that was taken."""
        self._places.release()
        await connection.close()

    async def close(self) -> None:
        """Close every idle connection; those in use are closed by who took them."""
        while self._order:
            await self._end_oldest()

    async def _kept(self, route: Route) -> Connection | None:
        """Return the connection that was used last, if one is still good."""
        kept = self._idle.get(route)
        while kept:
            connection = kept.pop()
            del self._order[connection]
            old = asyncio.get_running_loop().time() - connection.idle_since > KEPT_FOR_S
            if not old and not connection.dead:
                return connection
            await self.end(connection)
        return None

    async def _place(self) -> None:
        """Wait for a place; an idle connection gives up its own."""
        if self._places.locked() and self._order:
            await self._end_oldest()
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1

    async def _end_oldest(self) -> None:
        connection, route = self._order.popitem(last=False)
        self._idle[route].remove(connection)
        await self.end(connection)
