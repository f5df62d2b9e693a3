"""Shells that stay on a host between commands: whether one can still be used, and how many wait."""

import threading
from contextlib import suppress
from dataclasses import dataclass

import paramiko

from playbook_engine.transports.ssh.watch import Watch
from playbook_engine.transports.ssh.wire import Wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """A shell that waits for its next command: its channel, its process id, and who watched it last."""

    channel: paramiko.Channel
    shell: int
    watch: Watch

    @property
    def usable(self) -> bool:
        """Return whether it lives and has kept silent: what it says unasked is of no command that we know."""
        channel = self.channel
        gone = channel.closed or channel.eof_received or self.watch.ended
        return not (gone or channel.recv_ready() or channel.recv_stderr_ready())


class Residents:
    """The shells of one connection that wait for their next command; asked from many threads."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._waiting: list[Resident] = []
        self._turn = threading.Lock()

    def __len__(self) -> int:
        return len(self._waiting)

    def take(self) -> Resident | None:
        """Return one that can be used; those that cannot are closed."""
        while (resident := self._next()) is not None:
            if resident.usable:
                return resident
            self._close(resident)
        return None

    def keep(self, resident: Resident) -> None:
        """Let one wait for its next command."""
        with self._turn:
            self._waiting.append(resident)

    def close_one(self) -> bool:
        """Close one to make room for another channel, and return whether there was any."""
        resident = self._next()
        if resident is None:
            return False
        self._close(resident)
        return True

    def _next(self) -> Resident | None:
        with self._turn:
            return self._waiting.pop() if self._waiting else None

    def _close(self, resident: Resident) -> None:
        with suppress(OSError, EOFError, paramiko.SSHException):
            self._wire.release(resident.channel)
