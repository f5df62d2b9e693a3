"""What went wrong between here and an HTTP server, in plain words.

Texts of libraries and of the URL stay out of the messages: either may hold a secret.
"""

import errno
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from playbook_engine.model.replies import FaultKind
from playbook_engine.transports.http.exchange import Exchange, Stage

CONNECT_AT_MOST_S: Final = 10
"""How long a connection may take to be made, whatever the request's own timeout."""
_ROUTE: Final = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ENETDOWN)
_NO_FILES: Final = (errno.EMFILE, errno.ENFILE)
_NAME_HINT: Final = "Check the name in the URL, and whether this machine's name service answers."
_TRUST_HINT: Final = "If you trust its issuer, name its certificate's file in tls: {ca: …} or SSL_CERT_FILE."
_FILES_HINT: Final = "Raise the limit of open files (ulimit -n), or lower --parallel."
_NOT_HTTP_HINT: Final = "It may want https://, or it is no web server."
_HANDSHAKE_HINTS: Final = {
    "WRONG_VERSION_NUMBER": "It may speak plain HTTP: try http://.",
    "HTTP_REQUEST": "It may speak plain HTTP: try http://.",
    "UNSUPPORTED_PROTOCOL": "It speaks only versions of TLS that are not safe any more.",
    "TLSV1_ALERT_PROTOCOL_VERSION": "It does not speak the versions of TLS that we do (1.2 and 1.3).",
    "DH_KEY_TOO_SMALL": "Its keys are too short to be safe.",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why no reply came: what a Fault says, without the numbers."""

    kind: FaultKind
    message: str
    begun: bool = False
    hint: str | None = None


class Stopped(Exception):
    """A request ends here, for the reason that `trouble` tells."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.message)
        self.trouble = trouble


class NotHttp(Exception):
    """What came is no HTTP; `speaks_tls` when it looks like TLS."""

    def __init__(self, *, speaks_tls: bool = False) -> None:
        super().__init__()
        self.speaks_tls = speaks_tls


class Unsendable(Exception):
    """A request that cannot be written as HTTP: a line end in a header, a length that is not the body's."""


class TooMuchHead(Exception):
    """The headers of an answer are larger than anybody needs."""


class CutShort(OSError):
    """The other side ended before the answer did."""


def broken(error: Exception, exchange: Exchange) -> Trouble:
    """Translate what broke the exchange off once there was a connection."""
    peer = exchange.peer
    match error:
        case NotHttp():
            message = f"{peer} sent something that is not an HTTP answer"
            hint = "It speaks TLS: try https://." if error.speaks_tls else _NOT_HTTP_HINT
            return Trouble(FaultKind.LOST, message, exchange.begun, hint)
        case Unsendable():
            return Trouble(FaultKind.ERROR, "the request is not valid HTTP", hint="Check its headers.")
        case TooMuchHead():
            return Trouble(FaultKind.ERROR, f"the headers of the answer of {peer} are too large", exchange.begun)
        case ssl.SSLError() if refuses_us(error):
            return _not_accepted_as(error, peer)
        case OSError() if not exchange.begun:
            return Trouble(FaultKind.UNREACHABLE, f"{peer} closed the connection before the request was sent")
        case OSError():
            message = f"{peer} closed the connection before the answer was complete"
            return Trouble(FaultKind.LOST, message, begun=True)
        case _:
            return Trouble(FaultKind.ERROR, f"the request failed ({type(error).__name__})", exchange.begun)


def not_resolved(host: str) -> Trouble:
    return Trouble(FaultKind.UNREACHABLE, f"the name '{host}' does not resolve", hint=_NAME_HINT)


def not_connected(error: Exception, peer: str) -> Trouble:
    """Translate why no connection could be made."""
    causes = tuple(_causes(error))
    if any(isinstance(cause, OSError) and cause.errno in _NO_FILES for cause in causes):
        message = "this machine has no room for another connection"
        return Trouble(FaultKind.ERROR, message, hint=_FILES_HINT)
    return Trouble(FaultKind.UNREACHABLE, _network_words(causes, peer))


def no_handshake(error: Exception, exchange: Exchange, certificate: str | None) -> Trouble:
    """Translate why TLS did not come about; `certificate` is what the server's certificate says."""
    match error:
        case ssl.SSLCertVerificationError():
            return _bad_certificate(error, exchange.host, certificate)
        case ssl.SSLError() if refuses_us(error):
            return _not_accepted_as(error, exchange.peer)
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return Trouble(FaultKind.UNREACHABLE, f"{exchange.peer} closed the connection in the TLS handshake")
        case ssl.SSLError():
            reason = (_reason(error) or "no reason given").replace("_", " ").lower()
            message = f"the TLS handshake with {exchange.peer} failed: {reason}"
            return Trouble(FaultKind.UNREACHABLE, message, hint=_HANDSHAKE_HINTS.get(_reason(error)))
        case _:
            return Trouble(FaultKind.UNREACHABLE, f"{exchange.peer} closed the connection in the TLS handshake")


def deadline_passed(exchange: Exchange, timeout: str) -> Trouble:
    """Return what it means that a deadline passed at this stage."""
    peer = exchange.peer
    match exchange.stage:
        case Stage.WAITING:
            return Trouble(FaultKind.TIMEOUT, f"no connection became free within {timeout}")
        case Stage.RESOLVING:
            message = f"the name '{exchange.host}' did not resolve within {timeout}"
            return Trouble(FaultKind.UNREACHABLE, message, hint=_NAME_HINT)
        case Stage.CONNECTING:
            return Trouble(FaultKind.UNREACHABLE, f"{peer} did not accept a connection within {timeout}")
        case Stage.PROXY:
            return Trouble(FaultKind.UNREACHABLE, f"the proxy made no connection to {peer} within {timeout}")
        case Stage.HANDSHAKE:
            return Trouble(FaultKind.UNREACHABLE, f"{peer} did not finish the TLS handshake within {timeout}")
        case Stage.SENT:
            return Trouble(FaultKind.TIMEOUT, f"no complete answer from {peer} within {timeout}", begun=True)


def refuses_us(error: BaseException) -> bool:
    """Return whether it is the server that breaks off because of our certificate, or because we have none."""
    reason = _reason(error)
    return "ALERT" in reason and any(word in reason for word in ("CERTIFICATE", "UNKNOWN_CA"))


def _reason(error: BaseException) -> str:
    """Return OpenSSL's word for it; not every error of TLS has one."""
    return getattr(error, "reason", None) or "" if isinstance(error, ssl.SSLError) else ""


def _not_accepted_as(error: ssl.SSLError, peer: str) -> Trouble:
    """Say that the server wants to know who we are; nothing of the request was looked at."""
    words = _reason(error).partition("ALERT_")[2].replace("_", " ").lower()
    message = f"{peer} does not accept us: {words}"
    return Trouble(FaultKind.AUTH, message, hint="Name a client certificate that it knows: tls: {cert: …}.")


def _bad_certificate(error: ssl.SSLCertVerificationError, host: str, says: str | None) -> Trouble:
    words = error.verify_message.rstrip(".")
    if "expired" in words or "not yet valid" in words:
        hint = "The server needs a new certificate; check this machine's clock as well."
    elif "mismatch" in words:
        hint = "Use a name that the certificate is made out to."
    else:
        hint = _TRUST_HINT
    details = f" ({says})" if says else ""
    message = f"the certificate of {host} is not accepted: {_uncapitalised(words)}{details}"
    return Trouble(FaultKind.UNREACHABLE, message, hint=hint)


def _uncapitalised(words: str) -> str:
    """Return the words for the middle of a sentence: `Hostname …` gets a small letter, `IP …` does not."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _network_words(causes: tuple[BaseException, ...], peer: str) -> str:
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return f"connection refused by {peer}"
    if any(isinstance(cause, OSError) and cause.errno in _ROUTE for cause in causes):
        return f"no route to {peer}"
    if any(isinstance(cause, ConnectionError) for cause in causes):
        return f"{peer} closed the connection at once"
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return f"{peer} did not accept a connection"
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
