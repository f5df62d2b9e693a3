"""A way through a host's connection to what the host can reach (direct-tcpip), as asyncio wants it.

Paramiko rings a bell when bytes come, so no thread waits for them. Sending may wait for the host, and is done in one.
"""

import asyncio
import contextlib
import threading
from functools import partial
from typing import Final

import paramiko

from playbook_engine.model.replies import Fault, FaultKind
from playbook_engine.transports.ssh.threads import Threads

_AT_ONCE: Final = 32 * 1024

REFUSALS: Final = {
    1: (
        FaultKind.REFUSED,
        "the host lets no connection through to {there}",
        "See AllowTcpForwarding and PermitOpen in its sshd_config.",
    ),
    2: (FaultKind.UNREACHABLE, "from the host, {there} does not accept a connection", None),
    3: (FaultKind.REFUSED, "the host's SSH server lets no connections through", None),
    4: (FaultKind.UNREACHABLE, "the host has no room for another connection to {there}", None),
}
"""What it means that the host opened no way, by the number it gives as the reason (RFC 4254, 5.1)."""
_OTHERWISE: Final = (FaultKind.UNREACHABLE, "from the host, there is no way to {there}", None)


def refusal(error: Exception, place: str, there: str) -> Fault:
    """Return why a host that is there opened no way to somewhere."""
    code = error.code if isinstance(error, paramiko.ChannelException) else 0
    kind, words, hint = REFUSALS.get(code, _OTHERWISE)
    return Fault(kind=kind, message=f"{place}: {words.format(there=there)}", hint=hint)


class ChannelTunnel:
    """A tunnels.Tunnel over one channel."""

    def __init__(self, channel: paramiko.Channel, threads: Threads) -> None:
        self._channel = channel
        self._threads = threads
        self._news = asyncio.Event()
        channel.in_buffer.set_event(_Bell(asyncio.get_running_loop(), self._news))

    @property
    def readable(self) -> bool:
        channel = self._channel
        return channel.recv_ready() or channel.closed or bool(channel.eof_received)

    async def receive(self, most: int) -> bytes:
        while True:
            self._news.clear()
            if self._channel.recv_ready():
                return self._channel.recv(most)
            if self._channel.closed or self._channel.eof_received:
                self._check_connection()
                return b""
            await self._news.wait()

    async def send(self, data: bytes) -> None:
        for start in range(0, len(data), _AT_ONCE):
            piece = data[start : start + _AT_ONCE]
            await self._threads.run(partial(self._send, piece))

    async def close(self) -> None:
        """Let the channel go; nobody waits for the host to hear of it."""
        self._threads.leave(self._channel.close)

    def _send(self, piece: bytes) -> None:
        try:
            self._channel.sendall(piece)
        except (EOFError, paramiko.SSHException):
            raise ConnectionResetError("the SSH connection was lost") from None

    def _check_connection(self) -> None:
        if not self._channel.get_transport().is_active():
            raise ConnectionResetError("the SSH connection was lost")


class _Bell(threading.Event):
    """What paramiko rings from its thread, heard in the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, news: asyncio.Event) -> None:
        super().__init__()
        self._loop = loop
        self._heard = news

    def set(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody listens any more
            self._loop.call_soon_threadsafe(self._heard.set)

    def clear(self) -> None:
        """Do nothing: the listener clears what it hears."""
