"""Opens connections, by whatever way leads to a host; all of it blocks, and so runs in threads."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final, TypeVar

from playbook_engine.model.replies import Fault, FaultKind
from playbook_engine.model.targets import Host
from playbook_engine.transports.ssh.authentication import WrongPassword
from playbook_engine.transports.ssh.bastions import Bastions
from playbook_engine.transports.ssh.configuration import Configuration
from playbook_engine.transports.ssh.dial import dial, dial_by_program, dial_through
from playbook_engine.transports.ssh.endpoint import Endpoint
from playbook_engine.transports.ssh.faults import Unable, Unavailable, translate
from playbook_engine.transports.ssh.lanes import Traffic
from playbook_engine.transports.ssh.link import Link
from playbook_engine.transports.ssh.login import Papers, login
from playbook_engine.transports.ssh.patience import Closing, Patience
from playbook_engine.transports.ssh.settings import Limits, UserFiles
from playbook_engine.transports.ssh.streams import Stream
from playbook_engine.transports.ssh.wire import Wire

T = TypeVar("T")
_LEAST_S: Final = 0.05
_FIRST_S: Final = 0.4
_LONGEST_S: Final = 3.0


class Connector:
    """Opens connections for a run; what it learned on the way counts for all that come later."""

    def __init__(
        self, files: UserFiles, limits: Limits, jitter: Callable[[], float], closing: threading.Event
    ) -> None:
        self._files = files
        self._limits = limits
        self._jitter = jitter
        self._closing = closing
        self.configuration = Configuration(files, limits)
        self.papers = Papers()
        self.traffic = Traffic()
        self._bastions = Bastions(self._open)
        self._handshakes = threading.BoundedSemaphore(limits.handshakes)
        self._locked_out: dict[Endpoint, Unable] = {}

    def endpoint(self, host: Host) -> Endpoint | Fault:
        """Return how a host is reached, or why that cannot be said."""
        try:
            return self.configuration.endpoint(host)
        except Exception as error:  # noqa: BLE001  whatever comes up, the others go on
            return translate(error, host.name)

    def connect(self, host: Host, endpoint: Endpoint, called: socket.socket | None = None) -> Link | Fault:
        """Return a connection, or why there is none; `called` is a socket on which the host has spoken."""
        try:
            wire = self._open(endpoint, called)
            limits, warm = self._limits, self._limits.warm and host.warm_shell
            return Link(wire, str(endpoint), limits.channels, warm=warm, traffic=self.traffic)
        except Closing:
            return Fault(kind=FaultKind.UNREACHABLE, message=f"{host.name}: stopped while connecting")
        except Exception as error:  # noqa: BLE001  whatever paramiko comes up with, the others go on
            return translate(error, host.name)

    def close(self) -> None:
        """Close the connections to hosts on the way; those that led through them are closed by now."""
        self._bastions.close()

    def _open(self, endpoint: Endpoint, called: socket.socket | None = None) -> Wire:
        """Return a connection; where a password was wrong, it is not shown once more."""
        if endpoint in self._locked_out:
            if called is not None:
                called.close()
            raise self._locked_out[endpoint]
        try:
            return self.insist(endpoint, self._log_in, called)
        except WrongPassword as error:
            self._locked_out[endpoint] = error
            raise

    def insist(
        self,
        endpoint: Endpoint,
        once: "Callable[[Stream, Endpoint, Patience], T]",
        called: socket.socket | None = None,
    ) -> T:
        """Do something with a stream to a host; again while the host turns us away, and there is time.

        It does so when too many log in at once. The pauses grow, and their length is by chance: those who were turned
        away together do not come back together.
        """
        patience = Patience.of(endpoint.whole_s, self._closing)
        longest = _FIRST_S
        while True:
            try:
                return self._once(endpoint, patience, once, called)
            except Unavailable:
                called = None
                pause = _LEAST_S + longest * self._jitter()
                if pause >= patience.left:
                    raise
                patience.pause(pause)
                longest = min(longest * 2, _LONGEST_S)

    def _once(
        self,
        endpoint: Endpoint,
        patience: Patience,
        once: "Callable[[Stream, Endpoint, Patience], T]",
        called: socket.socket | None,
    ) -> T:
        with ExitStack() as undo:
            if called is not None:
                undo.callback(called.close)
            stream = self._reach(endpoint, patience, called)
            undo.callback(stream.close)
            with self._turn(patience) as waited_s:
                # That others log in first is not the host's fault, and not on its time.
                found = once(stream, endpoint, patience.longer(waited_s))
            undo.pop_all()
        return found

    def _log_in(self, stream: Stream, endpoint: Endpoint, patience: Patience) -> Wire:
        return login(stream, endpoint, self.papers, patience)

    def _reach(self, endpoint: Endpoint, patience: Patience, called: socket.socket | None) -> Stream:
        if endpoint.jump is not None:
            wire = self._bastions.wire(endpoint.jump, endpoint, patience)
            return dial_through(wire, endpoint, endpoint.jump, patience)
        if endpoint.proxy is not None:
            return dial_by_program(endpoint, endpoint.proxy, self._files.environ, patience)
        return dial(endpoint, patience, called)

    @contextmanager
    def _turn(self, patience: Patience) -> Iterator[float]:
        """Wait for a place among those that log in; yields how many seconds that took."""
        began = time.monotonic()
        while not patience.longer(time.monotonic() - began).wait(
            lambda seconds: self._handshakes.acquire(timeout=seconds)
        ):
            continue
        try:
            yield time.monotonic() - began
        finally:
            self._handshakes.release()
