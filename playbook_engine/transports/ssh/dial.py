"""A way to something that speaks SSH: a TCP connection, a program, or a channel through another host.

The host's first bytes are waited for here and only looked at, so that a silent host is told apart from a refusing
one, and none of them takes a place among the handshakes.
"""

import errno
import os
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Final, TypeAlias

import paramiko

from playbook_engine.model.replies import FaultKind
from playbook_engine.transports.ssh.endpoint import Endpoint
from playbook_engine.transports.ssh.faults import Unable, Unavailable, plain
from playbook_engine.transports.ssh.handshake import BUSY, TURNED_AWAY
from playbook_engine.transports.ssh.patience import Patience
from playbook_engine.transports.ssh.streams import ProgramStream, await_first, ready, start
from playbook_engine.transports.ssh.tunnel import refusal
from playbook_engine.transports.ssh.wire import Wire

_Address: TypeAlias = tuple[int, int, int, str, Any]
_LOOK: Final = 64
_TURNED_AWAY: Final = tuple(text.encode() for text in TURNED_AWAY)
_UNANSWERED_S: Final = 30
"""After so long without an acknowledgement the system gives a connection up: that is how a lost host is noticed."""
_FAMILIES: Final = {"inet": socket.AF_INET, "inet6": socket.AF_INET6}


def dial(endpoint: Endpoint, patience: Patience) -> socket.socket:
    """Return a socket on which an SSH server has begun to speak; raises Unable, or Unavailable to try again."""
    reasons = []
    for family, kind, protocol, _, address in _resolve(endpoint, patience):
        try:
            connection = socket.socket(family, kind, protocol)
        except OSError as error:
            reasons.append(plain(error))
            continue
        try:
            _connect(connection, address, endpoint, patience)
            _await_greeting(connection, endpoint, patience)
        except OSError as error:
            connection.close()
            reasons.append(_reason(error))
        except BaseException:
            connection.close()
            raise
        else:
            return connection
    raise Unable(FaultKind.UNREACHABLE, f"{endpoint}: {'; '.join(dict.fromkeys(reasons))}")


def dial_by_program(
    endpoint: Endpoint, command: str, environ: Mapping[str, str], patience: Patience
) -> ProgramStream:
    """Return the ends of a ProxyCommand behind which an SSH server has begun to speak."""
    stream = start(command, environ, str(endpoint))
    with ExitStack() as undo:
        undo.callback(stream.close)
        if not await_first(stream, patience):
            raise Unable(FaultKind.UNREACHABLE, f"{endpoint}: by way of ProxyCommand, nothing answers")
        if not _peek(stream):
            message = f"{endpoint}: the ProxyCommand {stream.epitaph()}"
            raise Unable(FaultKind.UNREACHABLE, message, "See ProxyCommand in ~/.ssh/config.")
        undo.pop_all()
    return stream


def dial_through(wire: Wire, endpoint: Endpoint, jump: Endpoint, patience: Patience) -> paramiko.Channel:
    """Return a channel through a host on the way, on which an SSH server has begun to speak."""
    there = (endpoint.address, endpoint.port)
    try:
        channel = wire.open_channel("direct-tcpip", there, ("127.0.0.1", 0), timeout=max(patience.left, 0.1))
    except (paramiko.SSHException, EOFError, OSError) as error:
        place = f"[{there[0]}]:{there[1]}" if ":" in there[0] else f"{there[0]}:{there[1]}"
        fault = refusal(error, str(jump), place)
        raise Unable(fault.kind, f"{endpoint}: by way of {fault.message}", fault.hint) from None
    if await_first(channel, patience):
        return channel
    channel.close()
    raise Unable(
        FaultKind.UNREACHABLE, f"{endpoint}: by way of {jump}, the host accepts connections and says nothing"
    )


def _resolve(endpoint: Endpoint, patience: Patience) -> Sequence[_Address]:
    """Return the host's addresses; a name server that does not answer only holds a thread of its own."""
    try:
        return _lookup(endpoint, socket.AI_NUMERICHOST)
    except socket.gaierror:
        pass
    found: list[Sequence[_Address] | OSError] = []
    done = threading.Event()

    def ask() -> None:
        try:
            found.append(_lookup(endpoint, 0))
        except (OSError, UnicodeError) as error:
            found.append(error if isinstance(error, OSError) else OSError(errno.EINVAL, "not a name"))
        finally:
            done.set()

    threading.Thread(target=ask, name=f"ssh-name-{endpoint.address}", daemon=True).start()
    if not patience.wait(done.wait):
        raise Unable(FaultKind.UNREACHABLE, f"{endpoint}: the name server does not answer")
    answer = found[0]
    if isinstance(answer, OSError):
        raise Unable(FaultKind.UNREACHABLE, f"{endpoint}: the name cannot be resolved ({plain(answer)})")
    return answer


def _lookup(endpoint: Endpoint, flags: int) -> Sequence[_Address]:
    return socket.getaddrinfo(
        endpoint.address, endpoint.port, _FAMILIES.get(endpoint.family, 0), socket.SOCK_STREAM, flags=flags
    )


def _connect(connection: socket.socket, address: Any, endpoint: Endpoint, patience: Patience) -> None:
    _tune(connection)
    connection.setblocking(False)
    status = connection.connect_ex(address)
    if status not in {0, errno.EINPROGRESS}:
        raise OSError(status, os.strerror(status))
    if not patience.wait(lambda seconds: ready(connection, seconds, write=True)):
        raise Unable(FaultKind.UNREACHABLE, f"{endpoint}: no answer within {endpoint.pace.connect_s:g} s")
    status = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if status:
        raise OSError(status, os.strerror(status))


def _tune(connection: socket.socket) -> None:
    """Send small packets at once, and notice a host that has gone away."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if sys.platform == "linux":
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _UNANSWERED_S // 2)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _UNANSWERED_S // 6)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNANSWERED_S * 1000)


def _await_greeting(connection: socket.socket, endpoint: Endpoint, patience: Patience) -> None:
    """Wait until the host says something, without taking it away from who reads it later."""
    if not await_first(connection, patience):
        message = f"{endpoint}: the host accepts connections and says nothing"
        raise Unable(
            FaultKind.UNREACHABLE, message, "Something listens there, but it is not an SSH server that works."
        )
    greeting = _peek(connection)
    if not greeting or greeting.startswith(_TURNED_AWAY):
        message = f"{endpoint}: the host closed the connection before it said who it is"
        raise Unavailable(FaultKind.UNREACHABLE, message, BUSY)


def _peek(connection: socket.socket) -> bytes:
    try:
        return connection.recv(_LOOK, socket.MSG_PEEK)
    except ConnectionResetError:
        return b""


def _reason(error: OSError) -> str:
    if error.errno == errno.ECONNREFUSED:
        return "nothing listens there (connection refused)"
    return plain(error)
