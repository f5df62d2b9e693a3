"""How many shells stay on a host: as many as commands have really needed at once."""

import asyncio
from collections import deque
from contextlib import suppress
from typing import Final

_FAR_S: Final = 0.01
"""From this round trip on it is quicker to have a shell for each command than to wait for one."""
_WAIT_S: Final = 0.2
"""How long a command waits for a shell of a host nearby before it gets one more."""


class Lanes:
    """Lets commands wait for a shell that another one uses, for a moment.

    A shell costs the host more than many a command. Quick commands share one, though they were asked for side by
    side; slow ones get one each, and these stay. `round_trip_s` is None when nobody knows how far the host is.
    """

    def __init__(self, round_trip_s: float | None) -> None:
        self._wait_s = _WAIT_S if round_trip_s is not None and round_trip_s < _FAR_S else 0.0
        self._free = 1
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def take(self) -> None:
        """Take a shell's lane when one is free or soon will be, else open a new one."""
        if self._free:
            self._free -= 1
        elif self._wait_s:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await self._until(turn)

    def give_back(self) -> None:
        """Let the next command have the lane."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    async def _until(self, turn: "asyncio.Future[None]") -> None:
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._wait_s):
                    await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give_back()
            raise
