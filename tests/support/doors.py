"""A door in front of a server: it counts who comes in, and can shut while they are inside."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

LOOPBACK = "127.0.0.1"
_RESET = b"\1\0\0\0\0\0\0\0"
"""SO_LINGER with no time to linger: closing resets the connection."""


class Door:
    """Carries bytes between clients and the server behind it."""

    def __init__(self, port: int) -> None:
        self._behind = port
        self._listener = socket.create_server((LOOPBACK, 0))
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._lock = threading.Lock()
        self._accepting = threading.Thread(target=self._accept, name="door")
        self.port: int = self._listener.getsockname()[1]
        self.entered = 0
        """How many connections there were so far."""
        self.mute = False
        """Whether what comes is swallowed on both ways, as by a host that has lost its network."""

    def start(self) -> None:
        self._accepting.start()

    @property
    def inside(self) -> int:
        """Return how many connections are open now."""
        with self._lock:
            return len(self._pairs)

    def cut(self) -> None:
        """Reset all connections."""
        with self._lock:
            pairs = tuple(self._pairs)
        for pair in pairs:
            for end in pair:
                with suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                    end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join()
        until = time.monotonic() + 10
        while self.inside and time.monotonic() < until:
            self.cut()
            time.sleep(0.01)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.entered += 1
            try:
                server = socket.create_connection((LOOPBACK, self._behind), timeout=5)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            with self._lock:
                self._pairs.append((client, server))
            threading.Thread(target=self._attend, args=(client, server), name="door").start()

    def _attend(self, client: socket.socket, server: socket.socket) -> None:
        back = threading.Thread(target=self._carry, args=(server, client), name="door")
        back.start()
        self._carry(client, server)
        back.join()
        with self._lock:
            self._pairs.remove((client, server))
        client.close()
        server.close()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        """Carry until one side ends; an end is passed on."""
        with suppress(OSError):
            while data := source.recv(65_536):
                if not self.mute:
                    sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
        if self.mute:
            with suppress(OSError):
                sink.shutdown(socket.SHUT_RDWR)


@contextmanager
def door(port: int) -> Iterator[Door]:
    """Open a door in front of a port until the block ends."""
    made = Door(port)
    made.start()
    try:
        yield made
    finally:
        made.close()
