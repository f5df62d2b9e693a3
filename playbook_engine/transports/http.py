"""Sends HTTP requests; what comes back is bounded, and a redirect is a reply unless it is to be followed."""

import asyncio
from dataclasses import replace

import httpx

from playbook_engine import __version__
from playbook_engine.model.replies import Answer, Fault, FaultKind, HttpReply, Output
from playbook_engine.model.requests import HttpRequest, Request
from playbook_engine.transports.gate import Gate
from playbook_engine.transports.http_body import BodyReader, BrokenBody
from playbook_engine.transports.http_client import Clients
from playbook_engine.transports.http_faults import CONNECT_AT_MOST_S, Exchange, Trouble, deadline_passed, trouble
from playbook_engine.transports.http_outgoing import READING, REDIRECTS, Outgoing
from playbook_engine.transports.http_trust import Unusable
from playbook_engine.transports.tunnels import Tunnels
from playbook_engine.values import SecretText


class HttpTransport:
    """Carries HttpRequests over kept-alive connections; verifies TLS; shares nothing else between requests.

    `tunnels` is for requests that go through a host.
    """

    def __init__(self, clients: Clients | None = None, tunnels: Tunnels | None = None) -> None:
        self._clients = clients or Clients(f"runbook/{__version__}", tunnels=tunnels)
        self._gate = Gate()

    async def perform(self, request: Request) -> Answer:
        """Return the server's reply, whatever its status, or a Fault; ends by the request's timeout."""
        if not isinstance(request, HttpRequest):
            return Fault(kind=FaultKind.ERROR, message=f"a {request.transport} request is not an HTTP request")
        try:
            outgoing = Outgoing.of(request)
        except httpx.InvalidURL:
            return Fault(kind=FaultKind.ERROR, message=f"the URL '{request.url}' is not valid")
        except ValueError as error:
            return Fault(kind=FaultKind.ERROR, message=f"the request cannot be written ({type(error).__name__})")
        place = str(request.target.name)
        answer = await self._gate.through(place, self._within_deadline(_Attempt(outgoing), request))
        return _veiled(answer, request) if isinstance(answer, Fault) else answer

    async def close(self) -> None:
        """End what is under way, and close every connection."""
        await self._gate.shut()
        await self._clients.close()

    async def _within_deadline(self, first: "_Attempt", request: HttpRequest) -> Answer:
        attempt, left = first, request.follow
        try:
            async with asyncio.timeout(request.timeout.seconds):
                while True:
                    answer = await self._send(attempt)
                    if answer is None:
                        attempt = attempt.again()
                        continue
                    hop = attempt.hop(answer, left) if request.follow else None
                    if hop is None:
                        return answer
                    if isinstance(hop, Trouble):
                        return attempt.fault(hop)
                    attempt, left = attempt.again(hop), left - 1
        except TimeoutError:
            return attempt.fault(deadline_passed(attempt.exchange, str(request.timeout)))

    async def _send(self, attempt: "_Attempt") -> Answer | None:
        """Send once; None when a kept connection turned out to be dead, and reading may simply be tried again.

        Each such try uses up a dead connection, so that the last one is made on a new connection.
        """
        outgoing = attempt.outgoing
        try:
            client = self._clients.client(outgoing)
        except Unusable as error:
            return attempt.fault(Trouble(FaultKind.ERROR, str(error)))
        except (OSError, ValueError, ImportError, RuntimeError) as error:
            return attempt.fault(_no_client(error))
        try:
            async with client.stream(
                outgoing.method,
                outgoing.url,
                headers=outgoing.pairs,
                content=outgoing.content,
                timeout=httpx.Timeout(None, connect=CONNECT_AT_MOST_S),
                extensions={"trace": attempt.exchange.trace} | _asked_name(outgoing),
            ) as response:
                return await attempt.read(response)
        except Exception as error:  # noqa: BLE001 - every failure of the library becomes a Fault
            if attempt.was_stale(error):
                return None
            return attempt.fault(trouble(error, attempt.exchange))
        finally:
            await attempt.exchange.abandon()


def _asked_name(outgoing: Outgoing) -> dict[str, str]:
    """Return the name that the server is asked for, and must prove, when it is not the host of the URL."""
    name = outgoing.tls.server_name if outgoing.tls else None
    return {"sni_hostname": name} if name else {}


class _Attempt:
    """One sending of a request: how far it came, and what has arrived."""

    def __init__(self, outgoing: Outgoing, began: float | None = None, *, sent_before: bool = False) -> None:
        self.outgoing = outgoing
        self.exchange = Exchange(outgoing.url, outgoing.through.name if outgoing.through else None)
        self.began = _now() if began is None else began
        self._sent_before = sent_before
        self._response: httpx.Response | None = None
        self._body: BodyReader | None = None

    def again(self, hop: Outgoing | None = None) -> "_Attempt":
        """Return the next sending of the same request, or that of the request that a redirect asks for."""
        return _Attempt(hop or self.outgoing, self.began, sent_before=self._sent_before or hop is not None)

    def hop(self, answer: Answer, left: int) -> "Outgoing | Trouble | None":
        """Return where the answer leads; None when it is the last word."""
        location = answer.headers.get("location") if isinstance(answer, HttpReply) else None
        if not isinstance(answer, HttpReply) or answer.status not in REDIRECTS or not location:
            return None
        if left == 0:
            message = f"{self.exchange.peer} redirects once more than 'follow' allows"
            return Trouble(FaultKind.REFUSED, message, begun=True)
        return self.outgoing.redirected(answer.status, location)

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
        reads = self.outgoing.method in READING
        return gone and reads and self._response is None and self.exchange.reused and self.exchange.begun

    def fault(self, found: Trouble) -> Fault:
        return Fault(
            kind=found.kind,
            message=found.message,
            begun=found.begun or self._sent_before,
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


def _veiled(fault: Fault, request: HttpRequest) -> Fault:
    """Mask the URL's secrets where a message names the server by what the URL says of it."""
    secrets = request.url.secrets() if isinstance(request.url, SecretText) else ()
    for secret in secrets:
        shown, value = str(secret), secret.reveal()
        if not value:
            continue
        hint = fault.hint.replace(value, shown) if fault.hint else None
        fault = replace(fault, message=fault.message.replace(value, shown), hint=hint)
    return fault


def _joined(headers: httpx.Headers) -> dict[str, str]:
    """Return the headers by lower-case name; what came several times is joined with commas."""
    found: dict[str, str] = {}
    for name, value in headers.multi_items():
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found


def _now() -> float:
    return asyncio.get_running_loop().time()
