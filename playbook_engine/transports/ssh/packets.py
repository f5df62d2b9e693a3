"""How an SSH connection is read and timed: fewer calls into the system, and no thread for a deadline.

Paramiko reads a packet in two or three pieces, each of which costs two calls into the system and a wait for the
interpreter's turn. And it starts a thread for each handshake that only waits for its time to be over.
"""

import socket
import time
from typing import Final

from paramiko.packet import Packetizer

_AHEAD: Final = 64 * 1024


class Packets(Packetizer):
    """Paramiko's packets, read ahead."""

    def __init__(self, stream: socket.socket) -> None:
        super().__init__(_Ahead(stream))  # type: ignore[arg-type]  # it has all of a socket that is asked for
        self._until: float | None = None

    def start_handshake(self, timeout: float) -> None:
        """Let the handshake end at the latest after so many seconds."""
        self._until = time.monotonic() + timeout

    def handshake_timed_out(self) -> bool:
        """Return whether the handshake goes on though its time is over."""
        return self._until is not None and time.monotonic() > self._until

    def complete_handshake(self) -> None:
        """Take note that the handshake is over."""
        self._until = None


class _Ahead:
    """A stream of which as much is read as has come, whatever is asked for."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream = stream
        self._data = b""
        self._at = 0
        self.send = stream.send
        self.close = stream.close

    def recv(self, most: int) -> bytes:
        """Return some of what was read ahead; only when there is nothing, the stream is read."""
        if self._at == len(self._data):
            self._data, self._at = self._stream.recv(_AHEAD), 0
        piece = self._data[self._at : self._at + most]
        self._at += len(piece)
        return piece
