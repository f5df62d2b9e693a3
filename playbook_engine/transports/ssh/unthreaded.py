"""A short command in a shell that waits for one, followed by the event loop itself.

Most commands are a line there and a line back. A thread that sends the one and waits for the other costs more than
all the rest: it is woken for each packet, and everybody else has to let it. So nobody waits here. Whatever may take
patience is left to a thread: a command that changes something (the shell is asked whether it is there first), much
output, children that hold the output, the deadline, a shell or a connection that is gone.
"""

import asyncio
import time
from contextlib import suppress
from typing import Final

from playbook_engine.model.replies import Answer
from playbook_engine.transports.shell_resident import suits
from playbook_engine.transports.ssh import warm
from playbook_engine.transports.ssh.link import Link
from playbook_engine.transports.ssh.order import Cold, NotBegun, Order
from playbook_engine.transports.ssh.settings import Limits
from playbook_engine.transports.ssh.warm import Turn
from playbook_engine.transports.ssh.watch import Watch

_SHORT: Final = 8192
"""Bytes of a command that certainly have room in what a connection takes at once."""
_MUCH: Final = 64 * 1024
"""Bytes of output: taking so much, paramiko may send something in between, and sending can wait."""
_HELD_S: Final = 0.05
"""After a command has ended, how long its output may take to end too before a thread listens on."""


def begin(link: Link, order: Order, watch: Watch, limits: Limits) -> "Follower | None":
    """Send a command to a shell that waits; None when it is better left to a thread, and nothing was sent."""
    request = order.request
    if not (link.warm and request.reads and suits(request) and link.wire.takes_at_once()):
        return None
    resident = link.residents.take()
    if resident is None:
        return None
    turn = Turn(link, resident.channel, order, watch, limits, shell=resident.shell)
    return Follower(turn, asyncio.get_running_loop())


class Follower:
    """Looks at what has come of one command, each time that something has."""

    def __init__(self, turn: Turn, loop: asyncio.AbstractEventLoop) -> None:
        self.turn = turn
        self._loop = loop
        self._settled = loop.create_future()
        self._rung = False
        self._failure: Exception | None = None
        self.handed_over = False
        """Whether somebody else sees to the end of the command."""
        turn.watch.bell = self._ring
        turn.watch.begin()
        turn.channel.settimeout(max(turn.order.until - time.monotonic(), 0.1))
        try:
            turn.ask()
            if turn.outgoing.waiting <= _SHORT:
                turn.outgoing.push()
        except Exception as error:  # noqa: BLE001  what it means is the same as in a thread
            self._failure = error
        if self._failure is not None or turn.outgoing.waiting:
            self._settle()

    async def end(self) -> Answer | NotBegun | Turn:
        """Wait for the end, and return how it came; or the turn, when a thread has to follow it from here."""
        turn = self.turn
        late = self._loop.call_later(turn.order.until - time.monotonic(), self._settle)
        try:
            await self._settled
        finally:
            late.cancel()
            turn.watch.hand_over()
        self.handed_over = True
        if self._failure is None and not self._is_over():
            return turn
        found = warm.carried(turn, self._answer)
        return turn if found is None or isinstance(found, Cold) else found

    def _answer(self) -> Answer:
        if self._failure is not None:
            raise self._failure
        return self.turn.how_it_ended()

    def _ring(self) -> None:
        """Have a look soon; called by paramiko's thread."""
        if not self._rung:
            self._rung = True
            with suppress(RuntimeError):  # the loop has ended: nobody waits for this any more
                self._loop.call_soon_threadsafe(self._look)

    def _look(self) -> None:
        self._rung = False
        turn = self.turn
        if self._settled.done():
            return
        try:
            turn.intake.drain()
        except Exception as error:  # noqa: BLE001  as above
            self._failure = error
        if self._failure is not None or self._is_over() or turn.gone or turn.intake.size > _MUCH:
            self._settle()
        elif turn.frame.status is not None:
            self._loop.call_later(_HELD_S, self._settle)

    def _settle(self) -> None:
        if not self._settled.done():
            self._settled.set_result(None)

    def _is_over(self) -> bool:
        frame = self.turn.frame
        return frame.complete and frame.status is not None
