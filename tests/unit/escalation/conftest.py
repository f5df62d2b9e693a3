"""A receiver on the loopback that gives scripted answers and remembers what it got."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

import pytest

Got: TypeAlias = tuple[str, dict[str, str], bytes]
Receive: TypeAlias = Callable[..., Awaitable[tuple[str, list[Got]]]]


@pytest.fixture
async def receive() -> AsyncIterator[Receive]:
    """Return a function: answers, one for each connection (None: hang up) -> base URL, and what came."""
    servers: list[asyncio.Server] = []
    writers: list[asyncio.StreamWriter] = []

    async def start(*answers: bytes | None) -> tuple[str, list[Got]]:
        got: list[Got] = []

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writers.append(writer)
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {line.split(": ")[0].lower(): line.split(": ", 1)[1] for line in head[1:] if line}
            got.append((head[0], headers, await reader.readexactly(int(headers["content-length"]))))
            answer = answers[min(len(got), len(answers)) - 1]
            if answer is not None:
                writer.write(answer)
                await writer.drain()
            writer.close()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        servers.append(server)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", got

    yield start
    for server in servers:
        server.close()
    for writer in writers:
        writer.transport.abort()
    await asyncio.sleep(0)
