"""How requests leave this machine: proxies, trust, connections, and nothing that one request leaves to the next."""

import logging
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import ip_address

import httpx

_CONNECTIONS = 100
_KEPT_FOR_S = 30


def trusted_certificates(environment: Mapping[str, str]) -> ssl.SSLContext:
    """Return a context that verifies servers.

    SSL_CERT_FILE and SSL_CERT_DIR decide alone when they are given. Otherwise a server is trusted that either
    the certifi bundle or this system trusts, so that a company's own authority needs no setting.
    """
    context = httpx.create_ssl_context()
    if not environment.get("SSL_CERT_FILE") and not environment.get("SSL_CERT_DIR"):
        context.load_default_certs()
    return context


class Clients:
    """The clients of one run, made when first needed.

    A request to this machine never takes a proxy. A request that changes something never takes a connection that
    an earlier one left open: when the server is just closing it, nobody could say whether the change was made.
    """

    def __init__(self, user_agent: str, trust: ssl.SSLContext | None = None) -> None:
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": "gzip"}
        self._trust = trust
        self._made: dict[_Route, httpx.AsyncClient] = {}
        _silence()

    def client(self, url: httpx.URL, *, changes: bool) -> httpx.AsyncClient:
        direct = is_loopback(url.host)
        route = _Route(direct, keep=not changes, tls=not direct or url.scheme == "https")
        if route not in self._made:
            self._made[route] = self._make(route)
        return self._made[route]

    async def close(self) -> None:
        made, self._made = tuple(self._made.values()), {}
        for client in made:
            await client.aclose()

    def _make(self, route: "_Route") -> httpx.AsyncClient:
        if route.tls and self._trust is None:
            self._trust = trusted_certificates(os.environ)
        limits = httpx.Limits(
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_CONNECTIONS if route.keep else 0,
            keepalive_expiry=_KEPT_FOR_S,
        )
        return httpx.AsyncClient(
            headers=self._headers,
            verify=self._trust if route.tls and self._trust else False,
            trust_env=not route.direct,
            limits=limits,
            follow_redirects=False,
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        )


@dataclass(frozen=True, slots=True)
class _Route:
    """What requests must have in common to share a client.

    `tls` says that certificates are needed; reading them takes a tenth of a second, which plain HTTP to this machine
    is spared.
    """

    direct: bool
    keep: bool
    tls: bool


def is_loopback(host: str) -> bool:
    """Return whether a host of a URL is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _silence() -> None:
    """Keep the libraries from logging requests: their lines would show URLs and headers with secrets."""
    for name in ("httpx", "httpcore"):
        logger = logging.getLogger(name)
        logger.propagate = False
        logger.setLevel(logging.CRITICAL)
