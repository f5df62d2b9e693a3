"""How a connection is made: a socket or a way through a host, a proxy if there is one, TLS if it is wanted."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from playbook_engine.model.replies import Fault, FaultKind
from playbook_engine.model.requests import Tls
from playbook_engine.model.targets import Host
from playbook_engine.transports.http.address import host_and_port
from playbook_engine.transports.http.certificate import certificate_of, refused_certificate
from playbook_engine.transports.http.connection import Connection
from playbook_engine.transports.http.exchange import Exchange, Stage
from playbook_engine.transports.http.faults import (
    NotHttp,
    Stopped,
    TooMuchHead,
    Trouble,
    no_handshake,
    not_connected,
    not_resolved,
)
from playbook_engine.transports.http.names import Names
from playbook_engine.transports.http.proxies import Proxy
from playbook_engine.transports.http.sockets import connected
from playbook_engine.transports.http.tls import TlsWay
from playbook_engine.transports.http.trust import Trust
from playbook_engine.transports.tunnels import Tunnel, Tunnels

_AUTHENTICATION_REQUIRED: Final = 407


@dataclass(frozen=True, slots=True)
class Route:
    """What requests must have in common to share a connection."""

    scheme: str
    host: str
    port: int
    through: Host | None = None
    proxy: Proxy | None = None
    tls: Tls | None = None

    @property
    def secure(self) -> bool:
        return self.scheme == "https"

    @property
    def proven_name(self) -> str:
        """Return the host as certificates name it: without the root's dot, and without the zone of an address."""
        return self.host.partition("%")[0].rstrip(".")


class Opener:
    """Makes connections; what goes wrong is Stopped."""

    def __init__(self, trust: Trust, now: Callable[[], datetime], tunnels: Tunnels | None) -> None:
        self._trust = trust
        self._now = now
        self._tunnels = tunnels
        self._names = Names()

    async def open(self, route: Route, exchange: Exchange) -> Connection:
        """Return a new connection; raises Stopped, and Unusable when this machine's certificates cannot be used."""
        context = await self._trust.context(route.tls) if route.secure else None
        way = await self._way(route, exchange)
        try:
            if context is None:
                return Connection(way)
            exchange.stage = Stage.HANDSHAKE
            began = _clock()
            name = (route.tls.server_name if route.tls else None) or route.proven_name
            secure = TlsWay(way, context, name)
            await _shake_hands(secure, exchange)
            exchange.tls_s = _clock() - began
            return Connection(secure, certificate_of(secure.secure, self._now()))
        except BaseException:
            await way.close()
            raise

    async def _way(self, route: Route, exchange: Exchange) -> Tunnel:
        began = _clock()
        if route.through is not None:
            way = await self._through(route.through, route, exchange)
        elif route.proxy is not None:
            way = await self._by_proxy(route.proxy, route, exchange)
        else:
            way = await self._socket(route.host, route.port, exchange)
        exchange.connect_s = _clock() - began
        return way

    async def _through(self, host: Host, route: Route, exchange: Exchange) -> Tunnel:
        if self._tunnels is None:
            raise Stopped(Trouble(FaultKind.ERROR, "a request through a host needs the SSH transport"))
        exchange.stage = Stage.CONNECTING
        found = await self._tunnels.open_tunnel(host, route.host, route.port)
        if isinstance(found, Fault):
            raise Stopped(Trouble(found.kind, found.message, hint=found.hint))
        return found

    async def _socket(self, host: str, port: int, exchange: Exchange) -> Tunnel:
        exchange.stage = Stage.RESOLVING
        try:
            addresses = await self._names.addresses(host)
        except OSError:
            raise Stopped(not_resolved(host)) from None
        exchange.stage = Stage.CONNECTING
        try:
            return await connected(addresses, port)
        except (OSError, ExceptionGroup) as error:
            raise Stopped(not_connected(error, exchange.peer)) from None

    async def _by_proxy(self, proxy: Proxy, route: Route, exchange: Exchange) -> Tunnel:
        """Connect to the proxy, and with it to the server when that speaks TLS."""
        host, peer = exchange.host, exchange.peer
        exchange.host, exchange.peer = proxy.host, f"the proxy {proxy.peer}"
        try:
            way = await self._socket(proxy.host, proxy.port, exchange)
        except Stopped as stopped:
            raise Stopped(_of_proxy(stopped.trouble, proxy)) from None
        try:
            if proxy.secure:
                exchange.stage = Stage.HANDSHAKE
                way = TlsWay(way, await self._trust.context(None), proxy.host)
                await _shake_hands(way, exchange)
            exchange.host, exchange.peer, exchange.stage = host, peer, Stage.PROXY
            return await _connect_behind(way, proxy, route) if route.secure else way
        except BaseException:
            await way.close()
            raise


async def _shake_hands(way: TlsWay, exchange: Exchange) -> None:
    try:
        await way.handshake()
    except OSError as error:
        raise Stopped(no_handshake(error, exchange, refused_certificate(way.secure))) from None


async def _connect_behind(way: Tunnel, proxy: Proxy, route: Route) -> Tunnel:
    """Have the proxy connect us with the server; it then hears and says nothing that is not from there."""
    there = host_and_port(route.host, route.port).encode("ascii")
    headers = [(b"Host", there), *proxy_headers(proxy)]
    asking = Connection(way)
    try:
        await asking.send(asking.write(b"CONNECT", there, headers, None))
        status, _ = await asking.head()
        if 200 <= status < 300:
            return asking.taken_over()
    except (OSError, NotHttp, TooMuchHead):
        message = f"the proxy {proxy.peer} broke off before it had made a connection"
        raise Stopped(_of_proxy(Trouble(FaultKind.UNREACHABLE, message), proxy)) from None
    if status == _AUTHENTICATION_REQUIRED:
        raise Stopped(proxy_wants_login(proxy))
    message = f"the proxy {proxy.peer} made no connection to {there.decode()}: it answered {status}"
    raise Stopped(_of_proxy(Trouble(FaultKind.UNREACHABLE, message), proxy))


def proxy_headers(proxy: Proxy) -> list[tuple[bytes, bytes]]:
    return [] if proxy.credentials is None else [(b"Proxy-Authorization", proxy.credentials)]


def proxy_wants_login(proxy: Proxy) -> Trouble:
    """Say that the proxy does not know us; it has sent nothing on."""
    wrong = "does not accept our user name and password" if proxy.credentials else "wants a user name and a password"
    hint = f"Put them into {proxy.variable}: http://USER:PASSWORD@{proxy.peer}."
    return Trouble(FaultKind.AUTH, f"the proxy {proxy.peer} {wrong}", hint=hint)


def _of_proxy(trouble: Trouble, proxy: Proxy) -> Trouble:
    hint = f"The proxy is from {proxy.variable}; NO_PROXY names what is reached without it."
    return Trouble(trouble.kind, trouble.message, hint=hint)


def _clock() -> float:
    return asyncio.get_running_loop().time()
