"""What waits to be sent on a channel: it leaves as the host takes it, and sending never blocks."""

from collections import deque
from contextlib import suppress
from typing import Final

import paramiko

_AT_ONCE: Final = 256 * 1024


class Outgoing:
    """A queue of bytes, and of the end behind them.

    It may be more than the host takes at once: it goes out piece by piece between two looks at what comes in, so
    that neither side waits for the other for ever.
    """

    def __init__(self, channel: paramiko.Channel) -> None:
        self._channel = channel
        self._queue: deque[memoryview | None] = deque()
        self.sent = 0
        """How many bytes have left."""

    def add(self, data: bytes, *, last: bool = False) -> None:
        """Let bytes wait; `last` says that nothing comes after them."""
        if data:
            self._queue.append(memoryview(data))
        if last:
            self._queue.append(None)

    @property
    def waiting(self) -> int:
        """Return how many bytes have not left yet."""
        return sum(len(piece) for piece in self._queue if piece is not None)

    def push(self) -> None:
        """Send what waits, as much of it as the host takes now."""
        try:
            while self._queue and (self._queue[0] is None or self._channel.send_ready()):
                self._push_one()
        except OSError:
            if not self._channel.closed:
                raise
            self._queue.clear()  # the host closed first: why, the watch knows

    def hang_up(self) -> None:
        """Say that nothing more comes, whatever still waits."""
        self._queue.clear()
        with suppress(OSError):
            self._channel.shutdown_write()

    def _push_one(self) -> None:
        piece = self._queue.popleft()
        if piece is None:
            self._channel.shutdown_write()
            return
        sent = self._channel.send(bytes(piece[:_AT_ONCE]))
        self.sent += sent
        if sent and len(piece) > sent:
            self._queue.appendleft(piece[sent:])
