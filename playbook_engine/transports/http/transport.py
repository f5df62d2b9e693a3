"""Sends HTTP requests; what comes back is bounded, and a redirect is a reply unless it is to be followed."""

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from playbook_engine.model.replies import Answer, Fault, FaultKind
from playbook_engine.model.requests import HttpRequest, Request
from playbook_engine.transports.gate import Gate
from playbook_engine.transports.http.address import BadUrl
from playbook_engine.transports.http.attempt import Attempt
from playbook_engine.transports.http.connection import Connection
from playbook_engine.transports.http.faults import Stopped, Trouble, broken, deadline_passed
from playbook_engine.transports.http.opening import Opener, Route, proxy_wants_login
from playbook_engine.transports.http.outgoing import READING, Outgoing
from playbook_engine.transports.http.proxies import proxy_of
from playbook_engine.transports.http.routes import Connections
from playbook_engine.transports.http.trust import Trust, Unusable
from playbook_engine.transports.tunnels import Tunnels
from playbook_engine.values import SecretText

_PROXY_WANTS_LOGIN = 407


class HttpTransport:
    """Carries HttpRequests over kept-alive connections; verifies TLS; shares nothing else between requests.

    `tunnels` is for requests that go through a host; `environment` names proxies and certificates.
    """

    def __init__(
        self,
        tunnels: Tunnels | None = None,
        environment: Mapping[str, str] | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._environment = os.environ if environment is None else environment
        self._now = now or _system_time
        self._tunnels = tunnels
        self._connections: Connections | None = None
        self._gate = Gate()

    async def perform(self, request: Request) -> Answer:
        """Return the server's reply, whatever its status, or a Fault; ends by the request's timeout."""
        if not isinstance(request, HttpRequest):
            return Fault(kind=FaultKind.ERROR, message=f"a {request.transport} request is not an HTTP request")
        try:
            outgoing = Outgoing.of(request)
        except BadUrl:
            return Fault(kind=FaultKind.ERROR, message=f"the URL '{request.url}' is not valid")
        except ValueError as error:
            return Fault(kind=FaultKind.ERROR, message=f"the request cannot be written ({type(error).__name__})")
        work = self._within_deadline(Attempt(outgoing, self._now), request)
        answer = await self._gate.through(str(request.target.name), work)
        return _veiled(answer, request) if isinstance(answer, Fault) else answer

    async def close(self) -> None:
        """End what is under way, and close every connection."""
        await self._gate.shut()
        connections, self._connections = self._connections, None
        if connections is not None:
            await connections.close()

    async def _within_deadline(self, first: Attempt, request: HttpRequest) -> Answer:
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
                    attempt, left = attempt.redirected(hop), left - 1
        except TimeoutError:
            return attempt.fault(deadline_passed(attempt.exchange, str(request.timeout)))

    async def _send(self, attempt: Attempt) -> Answer | None:
        """Send once; None when a kept connection turned out to be dead, and reading may simply be tried again."""
        connections = self._open_connections()
        try:
            route = self._route(attempt.outgoing)
            fresh = attempt.fresh or attempt.outgoing.method not in READING
            connection = await connections.take(route, attempt.exchange, fresh=fresh)
        except Stopped as stopped:
            return attempt.fault(stopped.trouble)
        except Unusable as error:
            return attempt.fault(Trouble(FaultKind.ERROR, str(error), hint=error.hint))
        except Exception as error:  # noqa: BLE001 - every failure becomes a Fault
            return attempt.fault(broken(error, attempt.exchange))
        ready = False
        try:
            answer = await attempt.carry(connection, route)
            if answer.status == _PROXY_WANTS_LOGIN and route.proxy is not None and not route.secure:
                return attempt.fault(proxy_wants_login(route.proxy))
            ready = attempt.outgoing.method in READING and connection.ready_again()
        except Stopped as stopped:
            return attempt.fault(stopped.trouble)
        except Exception as error:  # noqa: BLE001 - every failure becomes a Fault
            return None if attempt.was_stale(error) else attempt.fault(broken(error, attempt.exchange))
        else:
            return answer
        finally:
            await self._give_back(connections, route, connection, ready=ready)

    async def _give_back(
        self, connections: Connections, route: Route, connection: Connection, *, ready: bool
    ) -> None:
        if ready and connections is self._connections:
            await connections.keep(route, connection)
        else:
            await connections.end(connection)

    def _route(self, outgoing: Outgoing) -> Route:
        """Return the way that a request takes; raises Unusable."""
        url = outgoing.url
        direct = outgoing.through is not None
        return Route(
            *url.origin,
            through=outgoing.through,
            proxy=None if direct else proxy_of(url, self._environment),
            tls=outgoing.tls if url.secure else None,
        )

    def _open_connections(self) -> Connections:
        if self._connections is None:
            trust = Trust(self._environment)
            self._connections = Connections(Opener(trust, self._now, self._tunnels))
        return self._connections


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


def _system_time() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  for whoever brings no clock
