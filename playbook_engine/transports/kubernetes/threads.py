"""Blocking calls in threads: a bounded number, none of which can keep the program from ending."""

import asyncio
import contextlib
import select
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def readable(fileno: int, seconds: float) -> bool:
    """Wait until there is something to read; any descriptor will do, and `select` takes only the first thousand."""
    waiting = select.poll()
    waiting.register(fileno, select.POLLIN)
    return bool(waiting.poll(max(seconds, 0) * 1000))


class Threads:
    """Runs blocking calls beside the event loop.

    The client's calls cannot be interrupted, and a credential plugin may hang for good. So the threads are
    daemons: one that is stuck holds its place among `limit`, but never the exit of the program.
    """

    def __init__(self, limit: int) -> None:
        self._free = asyncio.Semaphore(limit)
        self._busy: set[asyncio.Future[Any]] = set()

    async def run(self, work: Callable[[], T], *, counted: bool = True) -> T:
        """Return what `work` returns; when the caller is cancelled, `work` goes on by itself.

        What waits for minutes is not `counted`: it would keep a place from those that are quick.
        """
        if counted:
            await self._free.acquire()
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._busy.add(done)
        done.add_done_callback(self._release if counted else self._forget)

        def settle(result: Callable[[Any], None], came: object) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits for this any more
                loop.call_soon_threadsafe(result, came)

        def body() -> None:
            try:
                value = work()
            except BaseException as error:  # noqa: BLE001 - handed to whoever awaits the call
                settle(done.set_exception, error)  # kept in no name of ours: it would keep itself, by its traceback
            else:
                settle(done.set_result, value)

        threading.Thread(target=body, daemon=True, name="kubernetes").start()
        return await asyncio.shield(done)

    async def settled(self, seconds: float) -> None:
        """Wait for calls that are still on their way, but not for long."""
        if self._busy:
            await asyncio.wait(self._busy, timeout=seconds)

    def _release(self, done: asyncio.Future[Any]) -> None:
        self._free.release()
        self._forget(done)

    def _forget(self, done: asyncio.Future[Any]) -> None:
        self._busy.discard(done)
        if not done.cancelled():
            done.exception()  # taken note of, so that a call nobody waits for leaves no complaint behind
