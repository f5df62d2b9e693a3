"""Time that passes when there is nothing else to do: minutes of waiting in a moment, exact to the millisecond."""

import asyncio
import selectors
from datetime import datetime, timedelta


class _Jump(selectors.SelectSelector):
    """A selector that never waits: the time for which it would is over at once, and nobody ever writes to us."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("the rehearsal waits for something that never comes")
        self.now += max(timeout, 0.0)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next timer as soon as nothing is ready."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        return self._jump.now


class VirtualClock:
    """The clock of one scenario on a virtual loop (`ports.Clock`)."""

    def __init__(self, begins: datetime) -> None:
        self._begins = begins
        self._loop = asyncio.get_running_loop()
        self._zero = self._loop.time()

    def now(self) -> datetime:
        return self._begins + timedelta(milliseconds=self.monotonic_ms())

    def monotonic_ms(self) -> int:
        return round((self._loop.time() - self._zero) * 1000)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
