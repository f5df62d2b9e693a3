"""TLS over any connection: a socket, a way through a host, a proxy."""

import contextlib
import ssl
from typing import Final

from playbook_engine.transports.tunnels import Tunnel

_AT_ONCE: Final = 64 * 1024


class TlsWay:
    """A `Tunnel` inside another one; what goes wrong is an OSError, ssl.SSLError among them."""

    def __init__(self, way: Tunnel, context: ssl.SSLContext, name: str) -> None:
        self._way = way
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._secure = context.wrap_bio(self._in, self._out, server_hostname=name)

    @property
    def secure(self) -> ssl.SSLObject:
        return self._secure

    @property
    def readable(self) -> bool:
        return self._in.pending > 0 or self._way.readable

    async def handshake(self) -> None:
        """Agree on keys and check who the server is; raises OSError."""
        while True:
            try:
                self._secure.do_handshake()
                break
            except ssl.SSLWantReadError:
                await self._flush()
                await self._more()
            except ssl.SSLError:
                with contextlib.suppress(OSError):
                    await self._flush()  # our alert tells the server why
                raise
        await self._flush()

    async def receive(self, most: int) -> bytes:
        while True:
            try:
                return self._secure.read(most)
            except ssl.SSLWantReadError:
                await self._flush()
                await self._more()
            except ssl.SSLZeroReturnError:
                return b""

    async def send(self, data: bytes) -> None:
        for start in range(0, len(data), _AT_ONCE):
            self._secure.write(data[start : start + _AT_ONCE])
            await self._flush()

    async def close(self) -> None:
        # A polite end would wait for an answer; the connection is let go instead.
        await self._way.close()

    async def _flush(self) -> None:
        if self._out.pending:
            await self._way.send(self._out.read())

    async def _more(self) -> None:
        data = await self._way.receive(_AT_ONCE)
        if data:
            self._in.write(data)
        else:
            self._in.write_eof()
