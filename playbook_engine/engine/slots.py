"""How many targets are worked on at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from playbook_engine.model.requests import Request

T = TypeVar("T")

PATIENCE_S = 1.0
"""How long a reading request keeps its slot. A dead target would otherwise hold up those behind it."""
SSH_PATIENCE_S = 0.1
"""The same over SSH, which bounds connections and logins itself: hosts that say nothing have to be asked soon, all of
them, for the run ends a connect timeout after the last."""


def patience_s(request: Request | None) -> float:
    """Return how long a request that only reads keeps its slot."""
    return SSH_PATIENCE_S if request is not None and request.transport == "ssh" else PATIENCE_S


class Slots:
    """Lets `limit` targets work at once.

    A request that changes something keeps its slot to the end: the limit is a promise then. A request that only
    reads gives its slot back after a while, so that slow and dead targets never stall the others.
    """

    def __init__(self, limit: int) -> None:
        self._free = asyncio.Semaphore(limit)

    async def run(self, work: Callable[[], Awaitable[T]], *, keep: bool, patience_s: float = PATIENCE_S) -> T:
        """Wait for a slot and do the work."""
        await self._free.acquire()
        if keep:
            try:
                return await work()
            finally:
                self._free.release()
        handle = _Slot(self._free)
        timer = asyncio.get_running_loop().call_later(patience_s, handle.give_back)
        try:
            return await work()
        finally:
            timer.cancel()
            handle.give_back()


class _Slot:
    """A slot that is given back once."""

    def __init__(self, free: asyncio.Semaphore) -> None:
        self._free = free
        self._held = True

    def give_back(self) -> None:
        if self._held:
            self._held = False
            self._free.release()
