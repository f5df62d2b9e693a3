"""What comes from a channel: both streams, bounded, freed of what is not the command's."""

from collections.abc import Callable
from typing import Final

import paramiko

from playbook_engine.model.replies import Output
from playbook_engine.transports.bounded import Bounded, Bounds

_PIECE: Final = 1024 * 1024

Sieve = Callable[[bytes], bytes]
"""Takes what came, returns what belongs to the command."""


def all_of_it(data: bytes) -> bytes:
    """Return what came."""
    return data


class Intake:
    """Takes both streams as far as they have come; neither waits for the other."""

    def __init__(self, channel: paramiko.Channel, bounds: Bounds, *, out: Sieve = all_of_it, err: Sieve) -> None:
        self._channel = channel
        self._out, self._err = out, err
        self.stdout = Bounded(bounds)
        self.stderr = Bounded(bounds)

    @property
    def size(self) -> int:
        """Return how many bytes of the command have come on both streams."""
        return self.stdout.size + self.stderr.size

    def drain(self) -> None:
        """Take what has come, without waiting."""
        while self._channel.recv_ready():
            self.stdout.feed(self._out(self._channel.recv(_PIECE)))
        while self._channel.recv_stderr_ready():
            self.stderr.feed(self._err(self._channel.recv_stderr(_PIECE)))

    def outputs(self) -> dict[str, Output]:
        """Return what was kept of both streams."""
        return {"stdout": self.stdout.output(), "stderr": self.stderr.output()}
