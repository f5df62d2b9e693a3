"""HTTP/1.1 over any connection, with h11: one request, one answer, and whether another one may follow."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

import h11

from playbook_engine.model.replies import Certificate
from playbook_engine.transports.http.exchange import Exchange
from playbook_engine.transports.http.faults import CutShort, NotHttp, TooMuchHead, Unsendable
from playbook_engine.transports.tunnels import Tunnel

HEAD_AT_MOST: Final = 64 * 1024
"""How many bytes of headers an answer may have, those of its trailer and of its chunks likewise."""
HEADERS_AT_MOST: Final = 500
_AT_ONCE: Final = 64 * 1024
_TLS_RECORDS: Final = (0x14, 0x15, 0x16)
_TOO_LARGE: Final = 431

Headers = list[tuple[bytes, bytes]]


class Connection:
    """A connection to one server; `certificate` is what it showed when TLS was agreed on."""

    def __init__(self, way: Tunnel, certificate: Certificate | None = None) -> None:
        self._way = way
        self._protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_AT_MOST)
        self._writing: asyncio.Task[None] | None = None
        self.certificate = certificate
        self.idle_since = 0.0

    @property
    def dead(self) -> bool:
        """Return whether an idle connection cannot be used: it has ended, or says something that nobody asked for."""
        return self._way.readable

    def write(self, method: bytes, target: bytes, headers: Headers, content: bytes | None) -> bytes:
        """Return a request as it is sent; raises Unsendable."""
        try:
            pieces = [self._protocol.send(h11.Request(method=method, target=target, headers=headers))]
            if content:
                pieces.append(self._protocol.send(h11.Data(data=content)))
            pieces.append(self._protocol.send(h11.EndOfMessage()))
        except h11.LocalProtocolError:
            raise Unsendable from None
        return b"".join(piece for piece in pieces if piece)

    async def send(self, data: bytes) -> None:
        """Send what was written. A large body leaves while the answer is waited for."""
        if len(data) <= _AT_ONCE:
            # A server may answer and hang up before it has read everything: what it said counts.
            with contextlib.suppress(OSError):
                await self._way.send(data)
        else:
            self._writing = asyncio.ensure_future(_send_quietly(self._way, data))

    async def head(self, exchange: Exchange | None = None) -> tuple[int, Headers]:
        """Return status and headers, without those of 1xx; raises OSError, NotHttp, TooMuchHead."""
        while True:
            event = await self._event(exchange)
            if isinstance(event, h11.Response) or (
                isinstance(event, h11.InformationalResponse) and event.status_code == 101
            ):
                if len(event.headers) > HEADERS_AT_MOST:
                    raise TooMuchHead
                return event.status_code, list(event.headers)

    async def body(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes; raises as `head` does."""
        while True:
            event = await self._event(None)
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            else:
                return

    def ready_again(self) -> bool:
        """Return whether another request may follow on this connection, and make it ready for that.

        Bytes behind the answer would be taken for the answer to the next request, so such a connection is not used.
        """
        protocol = self._protocol
        if self._writing is not None or protocol.our_state is not h11.DONE or protocol.their_state is not h11.DONE:
            return False
        if protocol.trailing_data[0] or self._way.readable:
            return False
        protocol.start_next_cycle()
        return True

    def taken_over(self) -> Tunnel:
        """Return the way behind a proxy that has agreed to CONNECT; raises NotHttp when the proxy said more."""
        if self._protocol.trailing_data[0]:
            raise NotHttp
        return self._way

    async def close(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
        await self._way.close()

    async def _event(self, exchange: Exchange | None) -> object:
        while True:
            try:
                event = self._protocol.next_event()
                if event is not h11.NEED_DATA:
                    return event
                data = await self._way.receive(_AT_ONCE)
                if exchange is not None and data:
                    self._begin(data, exchange)
                if not data and self._protocol.their_state is h11.SEND_RESPONSE:
                    raise CutShort
                self._protocol.receive_data(data)
            except h11.RemoteProtocolError as error:
                raise self._meant(error) from None

    def _begin(self, data: bytes, exchange: Exchange) -> None:
        if not exchange.answered and data[0] in _TLS_RECORDS:
            raise NotHttp(speaks_tls=True)
        exchange.first_byte()

    def _meant(self, error: h11.RemoteProtocolError) -> Exception:
        if error.error_status_hint == _TOO_LARGE:
            return TooMuchHead()
        # h11 has one exception for all; only an end that comes too early leaves the buffer empty.
        return CutShort() if "closed connection" in str(error) else NotHttp()


async def _send_quietly(way: Tunnel, data: bytes) -> None:
    with contextlib.suppress(OSError):
        await way.send(data)
