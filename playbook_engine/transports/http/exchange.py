"""How far a request has come, and how long that took."""

import asyncio
from enum import IntEnum


class Stage(IntEnum):
    """How far a request has come."""

    WAITING = 0
    RESOLVING = 1
    CONNECTING = 2
    PROXY = 3
    HANDSHAKE = 4
    SENT = 5
    """The first byte may have left; the server may act on it."""


class Exchange:
    """One request on its way. `peer` is whom messages speak of: the server, or for the time being its proxy."""

    def __init__(self, host: str, peer: str) -> None:
        self.host = host
        self.peer = peer
        self.stage = Stage.WAITING
        self.reused = False
        """Whether the request leaves on a connection that an earlier one had opened."""
        self.answered = False
        """Whether a byte of the answer has come."""
        self.connect_s = self.tls_s = 0.0
        self.first_byte_at: float | None = None

    @property
    def begun(self) -> bool:
        return self.stage is Stage.SENT

    def first_byte(self) -> None:
        """Note when the answer began."""
        if not self.answered:
            self.answered = True
            self.first_byte_at = asyncio.get_running_loop().time()
