"""How requests leave this machine: proxies, ways through hosts, and nothing that one request leaves to the next."""

import logging
import os
import ssl
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import ip_address

import httpx

from playbook_engine.model.requests import Tls
from playbook_engine.model.targets import Host
from playbook_engine.transports.http_outgoing import READING, Outgoing
from playbook_engine.transports.http_trust import own_certificates, trusted_certificates
from playbook_engine.transports.tunnels import Tunnels

_CONNECTIONS = 100
_KEPT_FOR_S = 30


class Clients:
    """The clients of one run, made when first needed.

    A request to this machine never takes a proxy. A request that changes something never takes a connection that
    an earlier one left open: when the server is just closing it, nobody could say whether the change was made.
    """

    def __init__(self, user_agent: str, trust: ssl.SSLContext | None = None, tunnels: Tunnels | None = None) -> None:
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": "gzip"}
        self._trust = trust
        self._tunnels = tunnels
        self._made: dict[_Route, httpx.AsyncClient] = {}
        _silence()

    def client(self, outgoing: Outgoing) -> httpx.AsyncClient:
        """Return the client for a request; raises Unusable, and what the library raises when it cannot be made."""
        direct = outgoing.through is not None or is_loopback(outgoing.url.host)
        https = outgoing.url.scheme == "https"
        route = _Route(
            direct=direct,
            keep=outgoing.method in READING,
            tls=https or not direct,
            own=outgoing.tls if https else None,
            through=outgoing.through,
        )
        if route not in self._made:
            self._made[route] = self._make(route)
        return self._made[route]

    async def close(self) -> None:
        made, self._made = tuple(self._made.values()), {}
        for client in made:
            await client.aclose()

    def _make(self, route: "_Route") -> httpx.AsyncClient:
        context = self._context(route)
        limits = httpx.Limits(
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_CONNECTIONS if route.keep else 0,
            keepalive_expiry=_KEPT_FOR_S,
        )
        return httpx.AsyncClient(
            headers=self._headers,
            verify=context or False,
            trust_env=not route.direct,
            limits=limits,
            follow_redirects=False,
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
            transport=self._through(route.through, context, limits),
        )

    def _context(self, route: "_Route") -> ssl.SSLContext | None:
        if route.own is not None:
            return own_certificates(route.own, os.environ)
        if route.tls and self._trust is None:
            self._trust = trusted_certificates(os.environ)
        return self._trust if route.tls else None

    def _through(
        self, host: Host | None, context: ssl.SSLContext | None, limits: httpx.Limits
    ) -> httpx.AsyncBaseTransport | None:
        if host is None:
            return None
        if self._tunnels is None:
            raise RuntimeError("a request through a host needs the SSH transport")
        from playbook_engine.transports.http_tunnel import TunnelTransport  # noqa: PLC0415  only when one is needed

        return TunnelTransport(host, self._tunnels, context, limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Route:
    """What requests must have in common to share a client.

    `tls` says that certificates are needed; reading them takes a tenth of a second, which plain HTTP to this machine
    is spared. `own` are those that the request itself names.
    """

    direct: bool
    keep: bool
    tls: bool
    own: Tls | None
    through: Host | None


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
