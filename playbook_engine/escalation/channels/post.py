"""One POST to a receiver whose address may be a secret, and what its answer means.

A webhook's URL is a password. No message here holds more of it than the host, and no exception leaves.
"""

import logging
import os
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import TypeAlias

import httpx

from playbook_engine import __version__
from playbook_engine.escalation.channels.delivery import Delivery, no_use, try_again
from playbook_engine.frozen import dataclass
from playbook_engine.model.inventory import Channel
from playbook_engine.values import Secret

_TIMEOUT_S = 10.0
_ANSWER_LIMIT = 4096
_PASSING = (408, 425, 429)


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where a notice goes; only `host` may be shown."""

    url: httpx.URL

    @property
    def host(self) -> str:
        return self.url.host

    def __repr__(self) -> str:
        return f"Receiver({self.host})"


@dataclass(frozen=True, slots=True)
class Answered:
    """The receiver's answer; `text` is its beginning."""

    status: int
    text: str
    retry_after: str | None


Posted: TypeAlias = Answered | Delivery
"""An answer, or why there is none."""


def receiver(channel: Channel, secrets: Mapping[str, Secret]) -> Receiver | Delivery:
    """Return where the channel leads, or why it leads nowhere."""
    if channel.url_secret is not None and channel.url_secret not in secrets:
        return no_use(f"the secret '{channel.url_secret}' of channel '{channel.name}' has no value")
    text = secrets[channel.url_secret].reveal() if channel.url_secret is not None else channel.url
    if text is None:
        return no_use(f"channel '{channel.name}' has no URL")
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, ValueError):
        return no_use(f"the URL of channel '{channel.name}' is not valid")
    if not url.host or url.scheme not in {"http", "https"}:
        return no_use(f"the URL of channel '{channel.name}' does not begin with https:// and a host")
    if url.scheme == "http" and not _is_loopback(url.host):
        return no_use(f"the URL of channel '{channel.name}' is not encrypted; use https://")
    return Receiver(url)


async def post(to: Receiver, body: bytes, headers: Mapping[str, str]) -> Posted:
    """Send once; redirects are not followed, servers are verified, and this machine is reached without a proxy."""
    _silence()
    try:
        async with (
            _client(to) as client,
            client.stream("POST", to.url, content=body, headers={**headers, **_common()}) as response,
        ):
            text = await _beginning(response)
            return Answered(response.status_code, text, response.headers.get("retry-after"))
    except httpx.ConnectError as error:
        return try_again(f"{to.host}: {_no_connection(error)}")
    except httpx.TimeoutException:
        return try_again(f"{to.host}: no answer within {_TIMEOUT_S:.0f}s")
    except httpx.TransportError:
        return try_again(f"{to.host}: the connection broke before the answer")
    except Exception as error:  # noqa: BLE001 - nothing may stop the next channel from being tried
        return no_use(f"{to.host}: the notice could not be sent ({type(error).__name__})")


def refusal(answered: Answered, host: str, now: datetime, *, known: frozenset[str] = frozenset()) -> Delivery:
    """Return what an answer means that is no receipt; the receiver's own words are shown when they are `known`."""
    words = answered.text.strip()
    detail = f"{host}: HTTP {answered.status}" + (f" {words}" if words in known else "")
    if answered.status in _PASSING or answered.status >= 500:
        return try_again(detail, _seconds(answered.retry_after, now))
    if 300 <= answered.status < 400:
        return no_use(f"{detail}; redirects are not followed")
    return no_use(detail)


def _client(to: Receiver) -> httpx.AsyncClient:
    # Plain HTTP goes to this machine only (see `receiver`) and is never redirected: it needs no certificates.
    return httpx.AsyncClient(
        verify=_trust() if to.url.scheme == "https" else False,
        timeout=_TIMEOUT_S,
        trust_env=not _is_loopback(to.host),
        follow_redirects=False,
    )


def _trust() -> ssl.SSLContext:
    context = httpx.create_ssl_context()
    if not os.environ.get("SSL_CERT_FILE") and not os.environ.get("SSL_CERT_DIR"):
        # Besides the bundled authorities, those of this system: a company's own receiver needs no setting.
        context.load_default_certs()
    return context


def _common() -> dict[str, str]:
    return {"User-Agent": f"runbook/{__version__}", "Accept-Encoding": "identity"}


async def _beginning(response: httpx.Response) -> str:
    """Return the first bytes of the answer, for receivers that say in words what they think."""
    found = bytearray()
    async for data in response.aiter_raw(_ANSWER_LIMIT):
        found += data
        if len(found) >= _ANSWER_LIMIT:
            break
    return found[:_ANSWER_LIMIT].decode("utf-8", "replace")


def _seconds(retry_after: str | None, now: datetime) -> float:
    """Return how long the receiver asks to wait: seconds or a date; 0 when it does not say."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


def _no_connection(error: httpx.ConnectError) -> str:
    """Return why there is no connection, without the library's own words."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not accepted ({cause.verify_message.rstrip('.')})"
        if isinstance(cause, ssl.SSLError):
            return "the TLS handshake failed"
        if isinstance(cause, ConnectionRefusedError):
            return "connection refused"
        cause = cause.__cause__ or cause.__context__
    return "no connection"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _silence() -> None:
    """Keep the libraries from logging: their lines would show the URL."""
    for name in ("httpx", "httpcore"):
        logger = logging.getLogger(name)
        logger.propagate = False
        logger.setLevel(logging.CRITICAL)
