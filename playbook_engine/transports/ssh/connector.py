"""Opens connections, by whatever way leads to a host; all of it blocks, and so runs in threads."""

import threading
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
        self._bastions = Bastions(self._open)
        self._handshakes = threading.BoundedSemaphore(limits.handshakes)
        self._locked_out: dict[Endpoint, Unable] = {}

    def connect(self, host: Host) -> Link | Fault:
        """Return a connection, or why there is none."""
        try:
            endpoint = self.configuration.endpoint(host)
            return Link(self._open(endpoint), str(endpoint), self._limits.channels, warm=self._limits.warm)
        except Closing:
            return Fault(kind=FaultKind.UNREACHABLE, message=f"{host.name}: stopped while connecting")
        except Exception as error:  # noqa: BLE001  whatever paramiko comes up with, the others go on
            return translate(error, host.name)

    def close(self) -> None:
        """Close the connections to hosts on the way; those that led through them are closed by now."""
        self._bastions.close()

    def _open(self, endpoint: Endpoint) -> Wire:
        """Return a connection; where a password was wrong, it is not shown once more."""
        if endpoint in self._locked_out:
            raise self._locked_out[endpoint]
        try:
            return self.insist(endpoint, self._log_in)
        except WrongPassword as error:
            self._locked_out[endpoint] = error
            raise

    def insist(self, endpoint: Endpoint, once: "Callable[[Stream, Endpoint, Patience], T]") -> T:
        """Do something with a stream to a host; again while the host turns us away, and there is time.

        It does so when too many log in at once. The pauses grow, and their length is by chance: those who were turned
        away together do not come back together.
        """
        patience = Patience.of(endpoint.whole_s, self._closing)
        longest = _FIRST_S
        while True:
            try:
                return self._once(endpoint, patience, once)
            except Unavailable:
                pause = _LEAST_S + longest * self._jitter()
                if pause >= patience.left:
                    raise
                patience.pause(pause)
                longest = min(longest * 2, _LONGEST_S)

    def _once(self, endpoint: Endpoint, patience: Patience, once: "Callable[[Stream, Endpoint, Patience], T]") -> T:
        with ExitStack() as undo:
            stream = self._reach(endpoint, patience)
            undo.callback(stream.close)
            with self._turn(endpoint, patience):
                found = once(stream, endpoint, patience)
            undo.pop_all()
        return found

    def _log_in(self, stream: Stream, endpoint: Endpoint, patience: Patience) -> Wire:
        return login(stream, endpoint, self.papers, patience)

    def _reach(self, endpoint: Endpoint, patience: Patience) -> Stream:
        if endpoint.jump is not None:
            wire = self._bastions.wire(endpoint.jump, endpoint, patience)
            return dial_through(wire, endpoint, endpoint.jump, patience)
        if endpoint.proxy is not None:
            return dial_by_program(endpoint, endpoint.proxy, self._files.environ, patience)
        return dial(endpoint, patience)

    @contextmanager
    def _turn(self, endpoint: Endpoint, patience: Patience) -> Iterator[None]:
        if not patience.wait(lambda seconds: self._handshakes.acquire(timeout=seconds)):
            raise Unable(FaultKind.UNREACHABLE, f"{endpoint}: too many connections at once, no turn for this one")
        try:
            yield
        finally:
            self._handshakes.release()
