"""A place where nobody should come."""

import socket
from dataclasses import dataclass, field


@dataclass(slots=True)
class Trap:
    """A loopback port on which nobody answers and every connection counts."""

    listener: socket.socket
    port: int = field(init=False)

    def __post_init__(self) -> None:
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen()
        self.listener.setblocking(False)
        self.port = self.listener.getsockname()[1]

    def contacts(self) -> int:
        """Return how many connections were made since the last time."""
        count = 0
        while True:
            try:
                connection, _ = self.listener.accept()
            except BlockingIOError:
                return count
            connection.close()
            count += 1
