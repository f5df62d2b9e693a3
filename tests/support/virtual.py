"""Time that passes only when nothing else is left to do: minutes of waiting in a moment, exact to the millisecond.

run = Rehearsal(text, clock=VirtualClock(), …)
finished = play(run)
assert run.clock.ms == 4_000
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from rehearsing import NOW, FrozenClock, Rehearsal

from playbook_engine.model.events import RunFinished
from playbook_engine.rehearsal.virtual_time import VirtualLoop

FOREVER_S = 1e6


class VirtualClock(FrozenClock):
    """The clock of a run on a virtual loop."""

    def __init__(self) -> None:
        super().__init__()
        self.ms = 0

    def now(self) -> datetime:
        return NOW + timedelta(milliseconds=self.monotonic_ms())

    def monotonic_ms(self) -> int:
        self.ms = round(asyncio.get_running_loop().time() * 1000)
        return self.ms

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(seconds)


def play(run: Rehearsal) -> RunFinished:
    """Play a rehearsal on a virtual loop to its end."""
    run.patience_s = FOREVER_S
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(run.play())


def interrupted(run: Rehearsal, when: Callable[[], object], signal: str = "SIGINT", *, times: int = 1) -> RunFinished:
    """Play a rehearsal, and send it a signal as soon as something is so."""

    async def body() -> RunFinished:
        task = asyncio.create_task(run.play())
        while not when():
            await asyncio.sleep(0.001)
        for _ in range(times):
            run.executor.interrupt(signal)
        return await task

    run.patience_s = FOREVER_S
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(body())
