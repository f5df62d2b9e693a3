"""Sends HTTP requests from the control machine; what comes back is bounded, and redirects are replies."""

import asyncio
import json
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx

from playbook_engine import __version__
from playbook_engine.model.replies import Answer, Fault, FaultKind, HttpReply, Output
from playbook_engine.model.requests import HttpRequest, Request
from playbook_engine.transports.http_body import BodyReader, BrokenBody
from playbook_engine.transports.http_client import Clients
from playbook_engine.transports.http_faults import CONNECT_AT_MOST_S, Exchange, Trouble, deadline_passed, trouble
from playbook_engine.values import Secret, SecretText, Value, reveal

_READING = ("GET", "HEAD", "OPTIONS")


class HttpTransport:
    """Carries HttpRequests over kept-alive connections; verifies TLS; shares nothing else between requests."""

    def __init__(self, clients: Clients | None = None) -> None:
        self._clients = clients or Clients(f"runbook/{__version__}")

    async def perform(self, request: Request) -> Answer:
        """Return the server's reply, whatever its status, or a Fault; ends by the request's timeout."""
        if not isinstance(request, HttpRequest):
            return Fault(kind=FaultKind.ERROR, message=f"a {request.transport} request is not an HTTP request")
        try:
            outgoing = _Outgoing.of(request)
        except httpx.InvalidURL:
            return Fault(kind=FaultKind.ERROR, message=f"the URL '{request.url}' is not valid")
        except ValueError as error:
            return Fault(kind=FaultKind.ERROR, message=f"the request cannot be written ({type(error).__name__})")
        return await self._within_deadline(outgoing, request)

    async def close(self) -> None:
        """Close every connection."""
        await self._clients.close()

    async def _within_deadline(self, outgoing: "_Outgoing", request: HttpRequest) -> Answer:
        attempt = _Attempt(outgoing)
        try:
            async with asyncio.timeout(request.timeout.seconds):
                while (answer := await self._send(attempt)) is None:
                    attempt = _Attempt(outgoing, began=attempt.began)
                return answer
        except TimeoutError:
            return attempt.fault(deadline_passed(attempt.exchange, str(request.timeout)))

    async def _send(self, attempt: "_Attempt") -> Answer | None:
        """Send once; None when a kept connection turned out to be dead, and reading may simply be tried again.

        Each such try uses up a dead connection, so that the last one is made on a new connection.
        """
        outgoing = attempt.outgoing
        try:
            client = self._clients.client(outgoing.url, changes=outgoing.method not in _READING)
        except (OSError, ValueError, ImportError) as error:
            return attempt.fault(_no_client(error))
        try:
            async with client.stream(
                outgoing.method,
                outgoing.url,
                headers=outgoing.headers,
                content=outgoing.content,
                timeout=httpx.Timeout(None, connect=CONNECT_AT_MOST_S),
                extensions={"trace": attempt.exchange.trace},
            ) as response:
                return await attempt.read(response)
        except Exception as error:  # noqa: BLE001 - every failure of the library becomes a Fault
            if attempt.was_stale(error):
                return None
            return attempt.fault(trouble(error, attempt.exchange))
        finally:
            await attempt.exchange.abandon()


@dataclass(frozen=True, slots=True)
class _Outgoing:
    """A request as the library takes it, secrets revealed; lives only while it is sent."""

    method: str
    url: httpx.URL
    headers: list[tuple[bytes, bytes]]
    content: bytes | None

    @classmethod
    def of(cls, request: HttpRequest) -> "_Outgoing":
        content, content_type = _content(request)
        headers = [
            (name.encode("ascii"), reveal(value).strip(" \t").encode("utf-8")) for name, value in request.headers
        ]
        if content_type and not any(name.lower() == b"content-type" for name, _ in headers):
            headers.append((b"Content-Type", content_type.encode("ascii")))
        return cls(request.method, httpx.URL(reveal(request.url)), headers, content)


def _content(request: HttpRequest) -> tuple[bytes | None, str]:
    if request.has_json:
        text = json.dumps(_revealed(request.json), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8"), "application/json"
    if request.form:
        pairs = [(name, reveal(value)) for name, value in request.form]
        return urlencode(pairs).encode("ascii"), "application/x-www-form-urlencoded"
    if request.body is not None:
        return reveal(request.body).encode("utf-8"), "text/plain; charset=utf-8"
    return None, ""


def _revealed(value: Value) -> object:
    """Return a JSON value with its secrets as the server must get them."""
    match value:
        case Secret() | SecretText():
            return value.reveal()
        case list() | tuple():
            return [_revealed(item) for item in value]
        case None | bool() | int() | float() | str():
            return value
        case _:
            return {name: _revealed(item) for name, item in value.items()}


class _Attempt:
    """One sending of a request: how far it came, and what has arrived."""

    def __init__(self, outgoing: _Outgoing, began: float | None = None) -> None:
        self.outgoing = outgoing
        self.exchange = Exchange(outgoing.url)
        self.began = _now() if began is None else began
        self._response: httpx.Response | None = None
        self._body: BodyReader | None = None

    async def read(self, response: httpx.Response) -> Answer:
        self._response = response
        self._body = BodyReader(response.headers.get("content-encoding", ""))
        try:
            async for data in response.aiter_raw():
                if not self._body.feed(data):
                    break
            else:
                self._body.finish()
        except BrokenBody:
            peer = self.exchange.peer
            return self.fault(Trouble(FaultKind.ERROR, f"the answer of {peer} is compressed and damaged", begun=True))
        return HttpReply(
            status=response.status_code,
            headers=_joined(response.headers),
            body=self._output(),
            duration_ms=self._elapsed(),
        )

    def was_stale(self, error: Exception) -> bool:
        """Return whether the server had closed a kept connection before it could take a reading request."""
        gone = isinstance(error, httpx.RemoteProtocolError | httpx.NetworkError)
        reads = self.outgoing.method in _READING
        return gone and reads and self._response is None and self.exchange.reused and self.exchange.begun

    def fault(self, found: Trouble) -> Fault:
        return Fault(
            kind=found.kind,
            message=found.message,
            begun=found.begun,
            duration_ms=self._elapsed(),
            hint=found.hint,
            partial={"body": self._output()} if self._body else {},
        )

    def _output(self) -> Output:
        if self._response is None or self._body is None:
            return Output()
        return self._body.output(self._response.charset_encoding)

    def _elapsed(self) -> int:
        return int((_now() - self.began) * 1000)


def _no_client(error: Exception) -> Trouble:
    hint = (
        "Check SSL_CERT_FILE and SSL_CERT_DIR." if isinstance(error, OSError) else "Check HTTPS_PROXY and ALL_PROXY."
    )
    return Trouble(FaultKind.ERROR, f"HTTP cannot be set up on this machine ({type(error).__name__})", hint=hint)


def _joined(headers: httpx.Headers) -> dict[str, str]:
    """Return the headers by lower-case name; what came several times is joined with commas."""
    found: dict[str, str] = {}
    for name, value in headers.multi_items():
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found


def _now() -> float:
    return asyncio.get_running_loop().time()
