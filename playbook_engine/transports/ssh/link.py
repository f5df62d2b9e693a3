"""A connection as commands see it: channels on it, and how many at once."""

import asyncio
import threading
from types import TracebackType
from typing import Final

import paramiko

from playbook_engine.transports.ssh.login import hang_up
from playbook_engine.transports.ssh.wire import Wire

KILLERS: Final = 2
"""Channels for ending what is overdue, beside those of the commands."""


class Slots:
    """How many channels may be open at once: fewer, as soon as the host shows that it allows fewer."""

    def __init__(self, limit: int) -> None:
        self._free = asyncio.Semaphore(limit)
        self._used = 0
        self._kept = False

    async def __aenter__(self) -> None:
        await self._free.acquire()
        self._used += 1

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._used -= 1
        self._free.release()

    def lower(self) -> bool:
        """Take one slot away for good while others are in use; return whether that was possible."""
        if self._used < 2:
            return False
        self._used += 1  # a place that nobody gives back
        return True
