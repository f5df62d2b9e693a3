"""A connection of this machine, as a `Tunnel`: bytes there and back, and no more of them in memory than are read."""

import asyncio
import contextlib
import select
from collections.abc import Sequence
from typing import Final

_ENOUGH: Final = 256 * 1024
"""Behind so many bytes that nobody has read, the other side has to wait."""
_NEXT_AFTER_S: Final = 0.25
"""How long one address is tried alone before the next one is tried beside it (RFC 8305)."""


async def connected(addresses: Sequence[str], port: int) -> "SocketWay":
    """Return a connection to the first of the addresses that takes one; raises OSError, or a group of them."""
    left, tried = list(addresses), list[asyncio.Task[SocketWay]]()
    first: asyncio.Task[SocketWay] | None = None
    try:
        while first is None and (left or not all(task.done() for task in tried)):
            if left:
                tried.append(asyncio.ensure_future(_connected(left.pop(0), port)))
            under_way = [task for task in tried if not task.done()]
            patience = _NEXT_AFTER_S if left else None
            await asyncio.wait(under_way, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            first = next((task for task in tried if task.done() and task.exception() is None), None)
        if first is not None:
            return first.result()
    finally:
        for task in tried:
            if task is not first:
                task.add_done_callback(_let_go)
                task.cancel()
    errors = [error for task in tried if isinstance(error := task.exception(), Exception)]
    raise errors[0] if len(errors) == 1 else ExceptionGroup("no address took a connection", errors)


async def _connected(address: str, port: int) -> "SocketWay":
    _, way = await asyncio.get_running_loop().create_connection(SocketWay, address, port)
    return way


def _let_go(task: "asyncio.Task[SocketWay]") -> None:
    if not task.cancelled() and task.exception() is None:
        task.result().abort()


class SocketWay(asyncio.Protocol):
    """One TCP connection."""

    def __init__(self) -> None:
        self._arrived = bytearray()
        self._ended = False
        self._error: Exception | None = None
        self._news: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None
        self._paused = self._full = False

    @property
    def readable(self) -> bool:
        """Return whether there are bytes or an end, also one that the event loop has not seen yet."""
        return bool(self._arrived) or self._ended or _has_news(self._transport)

    async def receive(self, most: int) -> bytes:
        while not self._arrived:
            if self._error is not None:
                raise ConnectionResetError from self._error
            if self._ended:
                return b""
            self._news = asyncio.get_running_loop().create_future()
            await self._news
        data = bytes(self._arrived[:most])
        del self._arrived[:most]
        if self._paused and len(self._arrived) < _ENOUGH:
            self._paused = False
            self._transport.resume_reading()
        return data

    async def send(self, data: bytes) -> None:
        if self._error is not None or self._transport.is_closing():
            raise ConnectionResetError
        self._transport.write(data)
        if self._full:
            self._room = asyncio.get_running_loop().create_future()
            await self._room
        if self._error is not None:
            raise ConnectionResetError from self._error

    async def close(self) -> None:
        self.abort()

    def abort(self) -> None:
        self._transport.abort()

    # -- what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  what create_connection makes
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._arrived += data
        if len(self._arrived) >= _ENOUGH and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        _wake(self._news)

    def eof_received(self) -> bool:
        self._ended = True
        _wake(self._news)
        return True  # what we have to say may still be wanted

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = True
        self._error = exc
        _wake(self._news)
        _wake(self._room)

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        _wake(self._room)


def _wake(sleeper: "asyncio.Future[None] | None") -> None:
    if sleeper is not None and not sleeper.done():
        sleeper.set_result(None)


def _has_news(transport: asyncio.Transport) -> bool:
    """Ask the system; the event loop may not have come round to it."""
    with contextlib.suppress(OSError, ValueError):
        poll = select.poll()
        poll.register(transport.get_extra_info("socket").fileno(), select.POLLIN | select.POLLPRI)
        return bool(poll.poll(0))
    return True
