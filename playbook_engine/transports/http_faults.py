"""What went wrong between here and an HTTP server, in plain words.

Texts of the library and of the URL stay out of the messages: either may hold a secret.
"""

import errno
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol

import httpx

from playbook_engine.model.replies import Fault, FaultKind

CONNECT_AT_MOST_S = 10
"""How long a connection may take to be made, whatever the request's own timeout."""
_ROUTE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ENETDOWN)
_NAME_HINT = "Check the name in the URL, and whether this machine's name service answers."
_TRUST_HINT = "If you trust its issuer, name a file with the issuer's certificate in SSL_CERT_FILE."


class NoTunnel(Exception):
    """There is no way through the host, for the reason that `fault` tells."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class Stage(IntEnum):
    """How far a request has come."""

    WAITING = 0
    CONNECTING = 1
    SENT = 2
    """The first byte may have left; the server may act on it."""


class _Stream(Protocol):
    async def aclose(self) -> None: ...


class Exchange:
    """One request on its way, as the connection reports it (`trace` is an extension of httpx)."""

    def __init__(self, url: httpx.URL, through: str | None = None) -> None:
        port = url.port or (443 if url.scheme == "https" else 80)
        self._through = f" (from {through})" if through else ""
        self.host = url.host
        self.peer = _address(url.host, port) + self._through
        self.stage = Stage.WAITING
        self.reused = True
        """Whether the request left on a connection that an earlier one had opened."""
        self._opening: _Stream | None = None

    @property
    def begun(self) -> bool:
        return self.stage is Stage.SENT

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        if event.endswith("connect_tcp.started"):
            self.stage, self.reused = Stage.CONNECTING, False
            self.host = str(info["host"])
            self.peer = _address(self.host, info["port"]) + self._through
        elif event.endswith("connect_tcp.complete"):
            self._opening = info["return_value"]
        elif event.endswith("send_request_headers.started") and info["request"].method != b"CONNECT":
            self.stage = Stage.SENT
            self._opening = None

    async def abandon(self) -> None:
        """Close a connection that was never finished: the library forgets it when it is cancelled in a handshake."""
        if self._opening is not None:
            await self._opening.aclose()


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why no reply came: what a Fault says, without the numbers."""

    kind: FaultKind
    message: str
    begun: bool = False
    hint: str | None = None


def trouble(error: Exception, exchange: Exchange) -> Trouble:
    """Translate an exception of httpx, or any other, for the exchange that it ended."""
    if isinstance(error, NoTunnel):
        return Trouble(error.fault.kind, error.fault.message, hint=error.fault.hint)
    refused = next((cause for cause in _causes(error) if _refuses_us(cause)), None)
    return _of_library(error, exchange) if refused is None else _not_accepted_as(refused, exchange.peer)


def _of_library(error: Exception, exchange: Exchange) -> Trouble:
    match error:
        case httpx.ConnectTimeout():
            return Trouble(FaultKind.UNREACHABLE, _not_accepted(exchange, f"{CONNECT_AT_MOST_S}s"))
        case httpx.PoolTimeout():
            return Trouble(FaultKind.TIMEOUT, "no connection became free in time")
        case httpx.TimeoutException():
            return Trouble(FaultKind.TIMEOUT, f"{exchange.peer} did not answer in time", exchange.begun)
        case httpx.ProxyError():
            message = f"the proxy did not make a connection ({_quoted(error)})"
            return Trouble(FaultKind.UNREACHABLE, message, hint="Check HTTPS_PROXY and NO_PROXY.")
        case httpx.ConnectError():
            return _no_connection(error, exchange)
        case httpx.LocalProtocolError():
            return Trouble(FaultKind.ERROR, "the request is not valid HTTP", hint="Check its headers.")
        case httpx.NetworkError() | httpx.RemoteProtocolError() | ssl.SSLError():
            return _lost(error, exchange)
        case httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return Trouble(FaultKind.ERROR, "the URL is not valid")
        case _:
            return Trouble(FaultKind.ERROR, f"the request failed ({type(error).__name__})", exchange.begun)


def deadline_passed(exchange: Exchange, timeout: str) -> Trouble:
    """Return what it means that the request's own deadline passed at this stage."""
    match exchange.stage:
        case Stage.WAITING:
            return Trouble(FaultKind.TIMEOUT, f"no connection became free within {timeout}")
        case Stage.CONNECTING:
            return Trouble(FaultKind.UNREACHABLE, _not_accepted(exchange, timeout))
        case Stage.SENT:
            return Trouble(FaultKind.TIMEOUT, f"no complete answer from {exchange.peer} within {timeout}", begun=True)


def _not_accepted(exchange: Exchange, timeout: str) -> str:
    return f"{exchange.peer} did not accept a connection within {timeout}"


def _lost(error: Exception, exchange: Exchange) -> Trouble:
    if not exchange.begun:
        return Trouble(FaultKind.UNREACHABLE, f"{exchange.peer} closed the connection before the request was sent")
    if isinstance(error, httpx.RemoteProtocolError) and "disconnected" not in str(error):
        message = f"{exchange.peer} sent something that is not an HTTP answer"
        hint = "It may want https://, or it is no web server."
        return Trouble(FaultKind.LOST, message, begun=True, hint=hint)
    message = f"{exchange.peer} closed the connection before the answer was complete"
    return Trouble(FaultKind.LOST, message, begun=True)


def _no_connection(error: Exception, exchange: Exchange) -> Trouble:
    causes = tuple(_causes(error))
    certificate = next((cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None)
    if certificate is not None:
        return _bad_certificate(certificate, exchange.host)
    handshake = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
    if handshake is not None:
        return _no_handshake(handshake, exchange.peer)
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        message = f"the name '{exchange.host}' does not resolve"
        return Trouble(FaultKind.UNREACHABLE, message, hint=_NAME_HINT)
    return Trouble(FaultKind.UNREACHABLE, _network_words(causes, exchange.peer))


def _bad_certificate(error: ssl.SSLCertVerificationError, host: str) -> Trouble:
    words = error.verify_message.rstrip(".")
    if "expired" in words or "not yet valid" in words:
        hint = "The server needs a new certificate; check this machine's clock as well."
    elif "mismatch" in words:
        hint = "Use a name that the certificate is made out to."
    else:
        hint = _TRUST_HINT
    message = f"the certificate of {host} is not accepted: {_uncapitalised(words)}"
    return Trouble(FaultKind.UNREACHABLE, message, hint=hint)


def _refuses_us(error: BaseException) -> bool:
    """Return whether it is the server that breaks off because of our certificate, or because we have none."""
    reason = (error.reason or "") if isinstance(error, ssl.SSLError) else ""
    return "ALERT" in reason and any(word in reason for word in ("CERTIFICATE", "UNKNOWN_CA"))


def _not_accepted_as(error: BaseException, peer: str) -> Trouble:
    """Say that the server wants to know who we are; nothing of the request was looked at."""
    reason = (error.reason or "") if isinstance(error, ssl.SSLError) else ""
    words = reason.partition("ALERT_")[2].replace("_", " ").lower()
    message = f"{peer} does not accept us: {words}"
    return Trouble(FaultKind.AUTH, message, hint="Name a client certificate that it knows: tls: {cert: …}.")


def _uncapitalised(words: str) -> str:
    """Return the words for the middle of a sentence: `Hostname …` gets a small letter, `IP …` does not."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _no_handshake(error: ssl.SSLError, peer: str) -> Trouble:
    reason = (error.reason or "no reason given").replace("_", " ").lower()
    hint = "It may speak plain HTTP: try http://." if error.reason == "WRONG_VERSION_NUMBER" else None
    return Trouble(FaultKind.UNREACHABLE, f"the TLS handshake with {peer} failed: {reason}", hint=hint)


def _network_words(causes: tuple[BaseException, ...], peer: str) -> str:
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return f"connection refused by {peer}"
    if any(isinstance(cause, OSError) and cause.errno in _ROUTE for cause in causes):
        return f"no route to {peer}"
    if any(isinstance(cause, ConnectionError) or type(cause).__name__ == "EndOfStream" for cause in causes):
        return f"{peer} closed the connection at once"
    named = next((cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror), None)
    return f"no connection to {peer}" + (f": {named.lower()}" if named else "")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and all that stand behind it, members of groups included."""
    queue, seen = [error], set[int]()
    while queue:
        current = queue.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        queue.extend(found for found in (current.__cause__, current.__context__) if found is not None)
        if isinstance(current, BaseExceptionGroup):
            queue.extend(current.exceptions)


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _quoted(error: Exception) -> str:
    """Return what a proxy said, shortened and safe to show."""
    text = "".join(char if char.isprintable() else "?" for char in str(error)[:80])
    return text or "no reason given"
