"""One connection per host, opened once however many ask for it at the same moment, and again when it has died."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from playbook_engine.model.replies import Fault, FaultKind
from playbook_engine.model.targets import Host
from playbook_engine.transports.ssh.dial import dial
from playbook_engine.transports.ssh.endpoint import Configuration, Endpoint
from playbook_engine.transports.ssh.faults import Unable, Unavailable, translate
from playbook_engine.transports.ssh.identities import KeyRing
from playbook_engine.transports.ssh.known_hosts import KnownHosts
from playbook_engine.transports.ssh.link import Link
from playbook_engine.transports.ssh.login import login
from playbook_engine.transports.ssh.patience import Closing, Patience
from playbook_engine.transports.ssh.settings import Limits, UserFiles
from playbook_engine.transports.ssh.threads import Threads

_RETRIES: Final = 3
_PAUSE_S: Final = 0.2


class Connector:
    """Opens connections; all of it blocks, and so runs in threads."""

    def __init__(
        self, files: UserFiles, limits: Limits, jitter: Callable[[], float], closing: threading.Event
    ) -> None:
        self._limits = limits
        self._jitter = jitter
        self._closing = closing
        self._configuration = Configuration(files, limits)
        self._ring = KeyRing()
        self._known: dict[tuple[Path, ...], KnownHosts] = {}
        self._handshakes = threading.BoundedSemaphore(limits.handshakes)

    def connect(self, host: Host) -> Link | Fault:
        """Return a connection, or why there is none; a host that turned us away is asked again a few times."""
        try:
            endpoint = self._configuration.endpoint(host)
            known = self._known_hosts(endpoint)
            return self._insist(endpoint, known, Patience.of(endpoint.connect_s, self._closing))
        except Closing:
            return Fault(kind=FaultKind.UNREACHABLE, message=f"{host.name}: stopped while connecting")
        except Exception as error:  # noqa: BLE001  whatever paramiko comes up with, the others go on
            return translate(error, host.name)

    def _insist(self, endpoint: Endpoint, known: KnownHosts, patience: Patience) -> Link:
        for attempt in range(_RETRIES):
            try:
                return self._once(endpoint, known, patience)
            except Unavailable:
                pause = _PAUSE_S * 2**attempt * (0.5 + self._jitter())
                if pause >= patience.left:
                    raise
                patience.pause(pause)
        return self._once(endpoint, known, patience)

    def _once(self, endpoint: Endpoint, known: KnownHosts, patience: Patience) -> Link:
        with ExitStack() as undo:
            connection = dial(endpoint, patience)
            undo.callback(connection.close)
            with self._turn(endpoint, patience):
                wire = login(connection, endpoint, known, self._ring, patience)
            undo.pop_all()
        return Link(wire, str(endpoint), self._limits.channels, warm=self._limits.warm)

    @contextmanager
    def _turn(self, endpoint: Endpoint, patience: Patience) -> Iterator[None]:
        if not patience.wait(lambda seconds: self._handshakes.acquire(timeout=seconds)):
            raise Unable(FaultKind.UNREACHABLE, f"{endpoint}: too many connections at once, no turn for this one")
        try:
            yield
        finally:
            self._handshakes.release()

    def _known_hosts(self, endpoint: Endpoint) -> KnownHosts:
        files = endpoint.known_hosts
        if files not in self._known:
            self._known[files] = KnownHosts.read(files)
        return self._known[files]


class Pool:
    """The connections of a run."""

    def __init__(self, connector: Connector, threads: Threads) -> None:
        self._connector = connector
        self._threads = threads
        self._links: dict[Host, asyncio.Task[Link | Fault]] = {}
        self._given_up: list[asyncio.Task[Link | Fault]] = []

    async def link(self, host: Host) -> Link | Fault:
        """Return the host's connection; the attempt goes on when the one who asked first gives up."""
        attempt = self._links.get(host)
        if attempt is None or _stale(attempt):
            if attempt is not None and isinstance(attempt.result(), Link):
                self._given_up.append(attempt)
            attempt = asyncio.create_task(self._open(host), name=f"connect to {host.name}")
            self._links[host] = attempt
        return await asyncio.shield(attempt)

    async def close(self) -> None:
        """Close all connections, also those that are just being opened."""
        attempts = [*self._links.values(), *self._given_up]
        self._links.clear()
        self._given_up.clear()
        async with asyncio.TaskGroup() as group:
            for attempt in attempts:
                group.create_task(self._discard(attempt))

    async def _open(self, host: Host) -> Link | Fault:
        return await self._threads.run(lambda: self._connector.connect(host))

    async def _discard(self, attempt: "asyncio.Task[Link | Fault]") -> None:
        with suppress(asyncio.CancelledError):
            link = await attempt
            if isinstance(link, Link):
                await self._threads.run(link.close)


def _stale(attempt: "asyncio.Task[Link | Fault]") -> bool:
    if not attempt.done():
        return False
    link = attempt.result()
    return isinstance(link, Fault) or not link.alive
