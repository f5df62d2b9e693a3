"""What a transport's `close` means for requests: those to come are not let in, those under way are ended."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from playbook_engine.model.replies import Answer, Fault, FaultKind


class Gate:
    """Lets requests in until it is shut; shutting it cuts those short that are inside.

    One that is cut short is cancelled, so that it ends what it began, and answered with a Fault.
    """

    def __init__(self) -> None:
        self._inside: set[asyncio.Timeout] = set()
        self._empty = asyncio.Event()
        self._empty.set()
        self._shut = False

    async def through(self, place: str, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Return what the work returns; `place` is where it happens, in words."""
        if self._shut:
            work.close()
            return Fault(kind=FaultKind.ERROR, message=f"{place}: asked after close")
        pass_ = asyncio.timeout(None)
        self._inside.add(pass_)
        self._empty.clear()
        try:
            async with pass_:
                return await work
        except TimeoutError:
            if not pass_.expired():
                raise
            message = f"{place}: closed before there was an answer"
            return Fault(kind=FaultKind.LOST, message=message, begun=True, may_live=True)
        finally:
            self._inside.discard(pass_)
            if not self._inside:
                self._empty.set()

    async def shut(self) -> None:
        """Let nobody in any more, and wait until nobody is inside; each ends in bounded time by itself."""
        self._shut = True
        now = asyncio.get_running_loop().time()
        for each in self._inside:
            if not each.expired():
                each.reschedule(now)
        await self._empty.wait()
