"""Threads for paramiko, which blocks: our own, because asyncio's few are everyone's."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Threads:
    """A pool that blocking work is handed to; each piece of work is bounded in time by itself."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._pool = ThreadPoolExecutor(max_workers=limit, thread_name_prefix="ssh")

    async def run(self, work: Callable[[], T]) -> T:
        """Return what the work returns; when the caller is cancelled, work that has begun goes on by itself."""
        return await asyncio.wrap_future(self._pool.submit(work))

    def leave(self, work: Callable[[], object]) -> None:
        """Have the work done by a thread that nobody waits for; after the close it is not needed any more."""
        with contextlib.suppress(RuntimeError):
            self._pool.submit(work)

    async def run_to_its_end(self, work: Callable[[], T], stop: Callable[[], bool]) -> T:
        """Return what the work returns; when the caller is cancelled, `stop` is called, and True means: wait."""
        begun = self._pool.submit(work)
        waiting = asyncio.wrap_future(begun)
        try:
            return await asyncio.shield(waiting)
        except asyncio.CancelledError:
            waiting.add_done_callback(_noticed)
            if stop():
                await _settled(waiting)
            else:
                begun.cancel()
            raise

    async def finish(self, work: Callable[[], T]) -> T:
        """Return what the work returns, which is waited for however often the caller is cancelled."""
        waiting = asyncio.wrap_future(self._pool.submit(work))
        waiting.add_done_callback(_noticed)
        await _settled(waiting)
        return waiting.result()

    async def close(self) -> None:
        """Wait until all threads have ended; one more of them does the waiting."""
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()

        def wait() -> None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
                loop.call_soon_threadsafe(ended.set)

        waiter = threading.Thread(target=wait, name="ssh-close")
        waiter.start()
        await ended.wait()
        waiter.join()


async def _settled(waiting: "asyncio.Future[T]") -> None:
    """Wait for the end, however often the caller is cancelled meanwhile."""
    while not waiting.done():
        try:
            await asyncio.wait({waiting})
        except asyncio.CancelledError:
            continue


def _noticed(done: "asyncio.Future[T]") -> None:
    """Look at an exception that nobody waits for any more, so that asyncio does not complain about it."""
    if not done.cancelled():
        done.exception()
