"""A stable address in front of processes that come and go, like a Service of a cluster."""

import select
import socket
import threading
from collections.abc import Sequence
from socketserver import BaseRequestHandler

from playbook_engine.sandbox.server import LOOPBACK, ReservedPort, Server

_CHUNK = 65_536
_CONNECT_SECONDS = 2.0
_IDLE_SECONDS = 60.0
_GRACE_SECONDS = 0.2


class Service:
    """Forwards connections to the ports given last, in turn; without any it refuses connections."""

    def __init__(self) -> None:
        self._reserved = ReservedPort()
        self._lock = threading.Lock()
        self._ports: tuple[int, ...] = ()
        self._turn = 0
        self._server: Server | None = None

    @property
    def port(self) -> int:
        return self._reserved.number

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def lead_to(self, ports: Sequence[int]) -> None:
        """Forward new connections to these ports; open connections go on where they are."""
        with self._lock:
            self._ports = tuple(ports)
        if ports and self._server is None:
            self._server = _ForwardingServer(self)
            self._server.start()
        elif not ports and self._server is not None:
            self._server.close(grace=_GRACE_SECONDS)
            self._server = None

    def next_ports(self) -> tuple[int, ...]:
        """Return the ports to try for one connection: the one whose turn it is, then the others."""
        with self._lock:
            self._turn += 1
            first = self._turn % max(len(self._ports), 1)
            return self._ports[first:] + self._ports[:first]

    def close(self) -> None:
        """Refuse connections from now on, and give the port back."""
        self.lead_to(())
        self._reserved.close()


class _ForwardingServer(Server):
    def __init__(self, service: Service) -> None:
        super().__init__(_Forwarding, service.port)
        self.service = service


class _Forwarding(BaseRequestHandler):
    """One connection; the client is hung up on when no process takes it."""

    def handle(self) -> None:
        server = self.server
        assert isinstance(server, _ForwardingServer)  # noqa: S101 only that server makes these
        process = _connect(server.service.next_ports())
        if process is not None:
            with process:
                _exchange(self.request, process)


def _connect(ports: Sequence[int]) -> socket.socket | None:
    for port in ports:
        try:
            return socket.create_connection((LOOPBACK, port), timeout=_CONNECT_SECONDS)
        except OSError:
            continue  # it has just gone; the next one may be there
    return None


def _exchange(client: socket.socket, process: socket.socket) -> None:
    """Copy bytes both ways until both sides have said all they had to say, or one is silent for too long."""
    other = {client: process, process: client}
    talking = {client, process}
    while talking:
        ready, _, _ = select.select(list(talking), [], [], _IDLE_SECONDS)
        if not ready:
            return
        for source in ready:
            data = source.recv(_CHUNK)
            if data:
                other[source].sendall(data)
                continue
            talking.discard(source)
            other[source].shutdown(socket.SHUT_WR)
