"""One sending of a request: how far it came, and what has arrived."""

import asyncio
import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from playbook_engine.model.replies import Answer, Fault, FaultKind, HttpReply, Output
from playbook_engine.transports.http.body import BodyReader, BrokenBody, UnknownCoding
from playbook_engine.transports.http.connection import Connection, Headers
from playbook_engine.transports.http.exchange import Exchange, Stage
from playbook_engine.transports.http.faults import Stopped, Trouble, refuses_us
from playbook_engine.transports.http.opening import Route, proxy_headers
from playbook_engine.transports.http.outgoing import READING, REDIRECTS, Outgoing

_LONGEST_PAUSE_MS: Final = 366 * 86_400_000
_CHARSET: Final = re.compile(r"""charset\s*=\s*["']?([^\s;"']+)""", re.IGNORECASE)


class Attempt:
    """One sending of a request; `fresh` says that it must not take a connection that was kept."""

    def __init__(
        self,
        outgoing: Outgoing,
        now: Callable[[], datetime],
        began: float | None = None,
        *,
        fresh: bool = False,
        sent_before: bool = False,
    ) -> None:
        self.outgoing = outgoing
        through = f" (from {outgoing.through.name})" if outgoing.through else ""
        self.exchange = Exchange(outgoing.url.host, f"{outgoing.url.peer}{through}")
        self.fresh = fresh
        self._now = now
        self._began = _clock() if began is None else began
        self._sent_before = sent_before
        self._body: BodyReader | None = None
        self._charset: str | None = None

    def again(self) -> "Attempt":
        """Return the next sending of the same request, on a connection of its own."""
        return Attempt(self.outgoing, self._now, self._began, fresh=True, sent_before=self._sent_before)

    def redirected(self, hop: Outgoing) -> "Attempt":
        return Attempt(hop, self._now, self._began, sent_before=True)

    def hop(self, answer: Answer, left: int) -> Outgoing | Trouble | None:
        """Return where the answer leads; None when it is the last word."""
        location = answer.headers.get("location") if isinstance(answer, HttpReply) else None
        if not isinstance(answer, HttpReply) or answer.status not in REDIRECTS or not location:
            return None
        if left == 0:
            message = f"{self.exchange.peer} redirects once more than 'follow' allows"
            return Trouble(FaultKind.REFUSED, message, begun=True)
        return self.outgoing.redirected(answer.status, location)

    async def carry(self, connection: Connection, route: Route) -> HttpReply:
        """Send the request and return its answer; raises OSError, Stopped and what a Connection raises."""
        outgoing, exchange = self.outgoing, self.exchange
        target, headers = outgoing.url.target, outgoing.pairs
        if route.proxy is not None and not route.secure:
            target, headers = str(outgoing.url), headers + proxy_headers(route.proxy)
        data = connection.write(outgoing.method.encode("ascii"), target.encode("ascii"), headers, outgoing.content)
        exchange.stage = Stage.SENT
        await connection.send(data)
        status, found = await connection.head(exchange)
        joined = _joined(found)
        self._charset = _charset(joined.get("content-type", ""))
        await self._read(connection, joined.get("content-encoding", ""))
        return HttpReply(
            status=status,
            headers=joined,
            body=self._output(),
            duration_ms=self._elapsed(),
            connect_ms=int(exchange.connect_s * 1000),
            tls_ms=int(exchange.tls_s * 1000),
            ttfb_ms=int(((exchange.first_byte_at or self._began) - self._began) * 1000),
            certificate=connection.certificate,
            retry_after_ms=self._retry_after(joined.get("retry-after")),
        )

    def was_stale(self, error: Exception) -> bool:
        """Return whether the server had closed a kept connection before it could take a reading request."""
        exchange = self.exchange
        gone = isinstance(error, OSError) and not refuses_us(error)
        return gone and self.outgoing.method in READING and exchange.reused and not exchange.answered

    def fault(self, found: Trouble) -> Fault:
        return Fault(
            kind=found.kind,
            message=found.message,
            begun=found.begun or self._sent_before,
            duration_ms=self._elapsed(),
            hint=found.hint,
            partial={"body": self._output()} if self._body else {},
        )

    async def _read(self, connection: Connection, coding: str) -> None:
        peer = self.exchange.peer
        try:
            self._body = BodyReader(coding)
            async for data in connection.body():
                if not self._body.feed(data):
                    return
            self._body.finish()
        except UnknownCoding as unknown:
            message = f"the answer of {peer} is encoded as {unknown.shown}, which is not supported"
            raise Stopped(Trouble(FaultKind.ERROR, message, begun=True)) from None
        except BrokenBody:
            message = f"the answer of {peer} is compressed and damaged"
            raise Stopped(Trouble(FaultKind.ERROR, message, begun=True)) from None

    def _retry_after(self, value: str | None) -> int | None:
        """Return how long the server asks to be left alone: a number of seconds, or until a date."""
        if value is None:
            return None
        if value.isascii() and value.isdigit():
            return min(int(value[:10]) * 1000, _LONGEST_PAUSE_MS)
        from email.utils import parsedate_to_datetime  # noqa: PLC0415  few servers ask, and it takes time to import

        try:
            until = parsedate_to_datetime(value).timestamp()
        except (ValueError, OverflowError):
            return None
        return min(max(0, int((until - self._now().timestamp()) * 1000)), _LONGEST_PAUSE_MS)

    def _output(self) -> Output:
        return Output() if self._body is None else self._body.output(self._charset)

    def _elapsed(self) -> int:
        return int((_clock() - self._began) * 1000)


def _joined(headers: Headers) -> dict[str, str]:
    """Return the headers by lower-case name; what came several times is joined with commas."""
    found: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("ascii"), _text(raw_value)
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _charset(content_type: str) -> str | None:
    found = _CHARSET.search(content_type)
    return found[1] if found else None


def _clock() -> float:
    return asyncio.get_running_loop().time()
