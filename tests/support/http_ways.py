"""The ways on which a request can reach a web server: direct, through a host, through a proxy; each plain and in TLS."""

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from certificates import Authority

from playbook_engine.model.replies import Answer, Fault, HttpReply
from playbook_engine.model.requests import HttpRequest, Tls
from playbook_engine.model.targets import Control, Host
from playbook_engine.transports.http import HttpTransport
from playbook_engine.values import Duration

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Serve = Callable[..., Awaitable[str]]
NAME = "service.test"
"""What the servers' certificates are made out to, and what a proxy is asked for."""


@dataclass(kw_only=True)
class Way:
    """How requests of a test travel; `serve` starts a server at its end."""

    name: str
    secure: bool
    transport: HttpTransport
    authority: Authority
    start: Serve
    through: Host | None = None
    proxied: bool = False
    took_s: float = field(default=0.0, init=False)

    async def serve(self, handler: Handler) -> str:
        """Start a server and return the URL at which this way finds it."""
        return self.url(await self.start(handler, self.authority.server(NAME) if self.secure else None))

    async def serve_with(self, handler: Handler, context: ssl.SSLContext | None) -> str:
        """Start a server whose TLS, or lack of it, the test decides."""
        return self.url(await self.start(handler, context))

    def url(self, at: str) -> str:
        scheme = "https" if self.secure else "http"
        return f"{scheme}://{at.replace('127.0.0.1', NAME) if self.proxied else at}"

    async def ask(self, url: str, method: str = "GET", timeout_ms: int = 10_000, **fields: Any) -> Answer:
        tls = Tls(ca=str(self.authority.file), server_name=NAME) if self.secure else None
        given: dict[str, Any] = {
            "target": self.through or Control(),
            "via_ssh": self.through is not None,
            "tls": tls,
            "timeout": Duration(timeout_ms),
        }
        began = asyncio.get_running_loop().time()
        answer = await self.transport.perform(HttpRequest(method=method, url=url, **(given | fields)))
        self.took_s = asyncio.get_running_loop().time() - began
        return answer

    async def reply(self, url: str, method: str = "GET", timeout_ms: int = 10_000, **fields: Any) -> HttpReply:
        answer = await self.ask(url, method, timeout_ms, **fields)
        assert isinstance(answer, HttpReply), answer
        return answer

    async def fault(self, url: str, method: str = "GET", timeout_ms: int = 10_000, **fields: Any) -> Fault:
        """Return the fault, which must not come later than a second after the deadline."""
        answer = await self.ask(url, method, timeout_ms, **fields)
        assert isinstance(answer, Fault), answer
        assert self.took_s < timeout_ms / 1000 + 1
        return answer


class LoopbackProxy:
    """A proxy for whom every name is this machine; `asked` are the first lines of what it was asked."""

    def __init__(self, login: str | None = None) -> None:
        self.asked: list[str] = []
        self.heads: list[str] = []
        self._login = login

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, _, rest = head.partition("\r\n")
        self.asked.append(line)
        self.heads.append(head)
        if self._login is not None and f"Proxy-Authorization: {self._login}\r\n" not in head:
            writer.write(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n")
            await reader.read()
            return
        method, target, _ = line.split()
        there = target if method == "CONNECT" else target.split("/")[2]
        try:
            onward_reader, onward = await asyncio.open_connection("127.0.0.1", int(there.rpartition(":")[2]))
        except OSError:
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            await reader.read()
            return
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Here you are\r\n\r\n")
        else:
            onward.write(f"{line}\r\n{rest}".encode("latin-1"))
        await _carry_both(reader, writer, onward_reader, onward)


async def _carry_both(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    onward_reader: asyncio.StreamReader,
    onward: asyncio.StreamWriter,
) -> None:
    there = asyncio.ensure_future(_carry(reader, onward))
    back = asyncio.ensure_future(_carry(onward_reader, writer))
    try:
        await asyncio.wait((there, back), return_when=asyncio.FIRST_COMPLETED)
        if back.done() and back.exception() is not None:
            writer.transport.abort()
    finally:
        for task in (there, back):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(there, back, return_exceptions=True)
        onward.transport.abort()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
