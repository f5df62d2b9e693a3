"""A connection through an SSH host to a port of its loopback interface (direct-tcpip)."""

import select
import socket
import threading
from contextlib import suppress

from paramiko import Channel, SSHException
from paramiko.common import OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED, OPEN_FAILED_CONNECT_FAILED

from playbook_engine.sandbox.server import LOOPBACK

_CHUNK = 32_768
_CONNECT_SECONDS = 2.0
_TICK = 0.1  # how soon a connection that says nothing notices that its channel has closed
_GONE = (OSError, EOFError, SSHException)


def connect(destination: tuple[str, int]) -> socket.socket | int:
    """Return a connection to where a client wants to go, or the code of the refusal: only loopback is let through."""
    host, port = destination
    if host not in {"localhost", LOOPBACK, "::1"}:
        return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
    try:
        return socket.create_connection((LOOPBACK, port), timeout=_CONNECT_SECONDS)
    except OSError:
        return OPEN_FAILED_CONNECT_FAILED


def carry(channel: Channel, connection: socket.socket) -> None:
    """Copy bytes both ways until both sides have said all they had to say, or the client has gone."""
    connection.settimeout(None)
    back = threading.Thread(target=_carry_back, args=(connection, channel), daemon=True)
    with connection:
        back.start()
        with suppress(*_GONE):
            while data := channel.recv(_CHUNK):
                connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        back.join()
    with suppress(*_GONE):
        channel.close()


def _carry_back(connection: socket.socket, channel: Channel) -> None:
    with suppress(*_GONE):
        while not channel.closed:
            if not select.select([connection], [], [], _TICK)[0]:
                continue
            data = connection.recv(_CHUNK)
            if not data:
                channel.shutdown_write()
                return
            channel.sendall(data)
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)  # the client has gone: nobody waits for the rest
