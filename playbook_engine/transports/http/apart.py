"""Work that blocks and that cannot be told to stop, in a thread of its own that nobody waits for.

Asyncio's threads are a handful that everybody shares, and the program waits for them at its end.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def apart(name: str, work: Callable[[], T]) -> "asyncio.Future[T]":
    """Return what the work will return, or raise; `name` is the thread's."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()
    answer.add_done_callback(_noticed)

    def run() -> None:
        try:
            found = work()
        except Exception as error:  # noqa: BLE001  it is raised where somebody waits for it
            _tell(loop, answer, error)
        else:
            _tell(loop, answer, None, found)

    threading.Thread(target=run, name=name, daemon=True).start()
    return answer


def _tell(loop: asyncio.AbstractEventLoop, answer: "asyncio.Future[T]", error: Exception | None, *found: T) -> None:
    def tell() -> None:
        if answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(*found)

    with contextlib.suppress(RuntimeError):  # the loop has ended: nobody listens any more
        loop.call_soon_threadsafe(tell)


def _noticed(answer: "asyncio.Future[T]") -> None:
    """Look at an exception that nobody may wait for any more, so that asyncio does not complain about it."""
    if not answer.cancelled():
        answer.exception()
