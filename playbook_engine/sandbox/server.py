"""A TCP server on loopback, a thread for each connection, that can be closed completely."""

import logging
import socket
import threading
import time
from contextlib import suppress
from socketserver import BaseRequestHandler, TCPServer
from typing import Any

LOOPBACK = "127.0.0.1"
_LOG = logging.getLogger(__name__)


class Server(TCPServer):
    """Listens on loopback from `start` to `close`; `close` leaves neither a thread nor a socket.

    The standard mix-in for threads either leaves them behind or waits for clients that never hang up. This one
    knows its connections, so that it can hang up itself.
    """

    allow_reuse_port = True  # a `ReservedPort` keeps the number while nobody listens
    request_queue_size = 128

    def __init__(self, handler: type[BaseRequestHandler], port: int = 0) -> None:
        super().__init__((LOOPBACK, port), handler)
        self.port: int = self.server_address[1]
        self._lock = threading.Lock()
        self._connections: dict[threading.Thread, socket.socket] = {}
        self._accepting = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, name=f"accept-{self.port}", daemon=True
        )

    def start(self) -> None:
        """Accept connections from now on."""
        self._accepting.start()

    def close(self, grace: float = 0.0) -> None:
        """Accept no more, let open connections end by themselves for `grace` seconds, then hang up."""
        if self._accepting.is_alive():
            self.shutdown()
            self._accepting.join()
        self.server_close()
        self._join(grace)
        with self._lock:
            left = list(self._connections.values())
        for connection in left:
            _hang_up(connection)
        self._join(1.0)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Handle one connection in a thread of its own."""
        thread = threading.Thread(
            target=self._converse, args=(request, client_address), name=f"serve-{self.port}", daemon=True
        )
        with self._lock:
            self._connections[thread] = request
        thread.start()

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 the base class's signature
        """Say nothing of clients that went away; anything else is a defect and is shown as one."""
        _LOG.exception("a request to a server of the demo stack failed")

    def _converse(self, request: socket.socket, client_address: Any) -> None:
        try:
            request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # small answers go out at once
            self.finish_request(request, client_address)
        except OSError:
            pass  # the client went away, or `close` hung up
        except Exception:  # noqa: BLE001 whatever a handler raises, its server goes on
            self.handle_error(request, client_address)
        finally:
            self.shutdown_request(request)
            with self._lock:
                self._connections.pop(threading.current_thread(), None)

    def _join(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        with self._lock:
            threads = list(self._connections)
        for thread in threads:
            thread.join(max(deadline - time.monotonic(), 0))


class ReservedPort:
    """A port number of loopback that stays ours while nobody listens there.

    It is bound and never listens, so a client is refused until a `Server` binds the same number beside it.
    """

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._socket.bind((LOOPBACK, 0))
        self.number: int = self._socket.getsockname()[1]

    def close(self) -> None:
        self._socket.close()


def accepts(port: int) -> bool:
    """Tell whether somebody listens on this port of loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((LOOPBACK, port)) == 0


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):  # it has ended by itself
        connection.shutdown(socket.SHUT_RDWR)
