"""How many shells stay on a host: as many as commands have really needed at once."""

import asyncio
from collections import deque
from typing import Final

_FAR_S: Final = 0.01
"""From this round trip on it is quicker to have a shell for each command than to wait for one."""
_WAIT_S: Final = 0.1
_WAIT_FOR_EACH_S: Final = 0.002


class Traffic:
    """How many commands are under way on all connections: the more, the longer each takes, whoever runs it."""

    def __init__(self) -> None:
        self.commands = 0

    @property
    def wait_s(self) -> float:
        """Return how long a command waits for a shell in which nothing ends, before it gets one of its own."""
        return _WAIT_S + _WAIT_FOR_EACH_S * self.commands


class Lanes:
    """Lets commands wait for a shell that another one uses, as long as that one gets on.

    A shell costs the host more than many a command. Quick commands share one, though they were asked for side by
    side; slow ones get one each, and these stay. `round_trip_s` is None when nobody knows how far the host is.
    """

    def __init__(self, round_trip_s: float | None, traffic: Traffic) -> None:
        self._near = round_trip_s is not None and round_trip_s < _FAR_S
        self._traffic = traffic
        self._free = 1
        self._ended = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    def take_now(self) -> bool:
        """Take a lane unless that means to wait for one; return whether it was taken."""
        if self._free:
            self._free -= 1
            return True
        return not self._near

    async def take(self) -> None:
        """Take a shell's lane when one is free or soon will be, else open a new one."""
        if not self.take_now():
            await self._wait()

    def give_back(self) -> None:
        """Let the next command have the lane."""
        self._ended += 1
        self._pass_on()

    def _pass_on(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    async def _wait(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        ended = -1
        try:
            while not turn.done() and ended != self._ended:
                ended = self._ended
                await asyncio.wait({turn}, timeout=self._traffic.wait_s)
        except asyncio.CancelledError:
            if turn.done():
                self._pass_on()
            raise
        finally:
            turn.cancel()
