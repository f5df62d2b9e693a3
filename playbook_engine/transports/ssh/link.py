"""A connection as commands see it: channels on it, and how many at once."""

import asyncio
import threading
from typing import Final

import paramiko

from playbook_engine.transports.ssh.lanes import Lanes, Traffic
from playbook_engine.transports.ssh.login import hang_up
from playbook_engine.transports.ssh.resident import Residents
from playbook_engine.transports.ssh.wire import Wire

KILLERS: Final = 2
"""Channels for ending what is overdue, beside those of the commands."""


class Slots:
    """How many commands may run on one connection at once: fewer, once the host shows that it allows fewer."""

    def __init__(self, limit: int) -> None:
        self._free = asyncio.Semaphore(limit)
        self.limit = limit
        self.used = 0

    @property
    def free(self) -> bool:
        """Return whether one can be taken without waiting."""
        return not self._free.locked()

    async def take(self) -> None:
        await self._free.acquire()
        self.used += 1

    def give_back(self) -> None:
        self.used -= 1
        self._free.release()

    def retire(self) -> bool:
        """Give a slot up for good, and return whether others are in use that one can wait for."""
        if self.used < 2:
            return False
        self.used -= 1
        self.limit -= 1
        return True


class Link:
    """A live connection to one host; `warm` says that its shells may stay for several commands."""

    def __init__(
        self, wire: Wire, place: str, channels: int, *, warm: bool = True, traffic: Traffic | None = None
    ) -> None:
        self.wire = wire
        self.place = place
        self.slots = Slots(channels)
        self.residents = Residents(wire)
        self.lanes = Lanes(wire.round_trip_s(), traffic or Traffic())
        self.warm = warm
        self.killers = threading.BoundedSemaphore(KILLERS)
        self.closed = False
        """Whether it was ended by us: nothing is tried again."""
        self._dead = False

    @property
    def alive(self) -> bool:
        return not self._dead and self.wire.is_active()

    @property
    def crowded(self) -> bool:
        """Return whether shells that wait hold channels that commands may need."""
        return self.slots.used + len(self.residents) > self.slots.limit

    def open(self, seconds: float) -> paramiko.Channel:
        """Return a new channel; raises what paramiko raises, ChannelException when the host refuses."""
        return self.wire.open_session(timeout=seconds)

    def open_through(self, address: str, port: int, seconds: float) -> paramiko.Channel:
        """Return a channel to an address that the host reaches; raises what paramiko raises."""
        origin = ("127.0.0.1", 0)
        return self.wire.open_channel("direct-tcpip", (address, port), origin, timeout=seconds)

    def give_up(self) -> None:
        """Let the next request have a new connection; commands that run on this one go on."""
        self._dead = True

    def close(self) -> None:
        """Close the connection and wait for its thread."""
        self._dead = self.closed = True
        hang_up(self.wire)
