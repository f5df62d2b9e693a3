"""A small HTTP/1.1 server on loopback that keeps connections open and answers `GET /N` at once."""

import asyncio
import sys


class Answering(asyncio.Protocol):
    """One connection; requests have no body."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        *requests, self._heard = (self._heard + data).split(b"\r\n\r\n")
        for request in requests:
            number = request.split(b" ", 2)[1].strip(b"/")
            body = b"answer %s ok\n" % number
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % len(body)
            if self._transport is not None:
                self._transport.write(head + body)


async def main() -> None:
    """Listen, say where, and serve until somebody ends it."""
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0, backlog=1000)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


asyncio.run(main())
