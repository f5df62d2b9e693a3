"""The connections to hosts on the way (ProxyJump): one for each, however many hosts lie behind it."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from playbook_engine.model.replies import FaultKind
from playbook_engine.transports.ssh.endpoint import Endpoint
from playbook_engine.transports.ssh.faults import Unable, translate
from playbook_engine.transports.ssh.host_key import trusting
from playbook_engine.transports.ssh.login import hang_up
from playbook_engine.transports.ssh.patience import Patience
from playbook_engine.transports.ssh.wire import Wire

_FINAL: Final = frozenset({FaultKind.AUTH, FaultKind.HOST_KEY, FaultKind.ERROR})
"""What another attempt in the same run would not change."""

_REST_S: Final = 5.0
"""How long one that cannot be reached is left alone: a thousand hosts behind it need not each find out."""


class _Attempt:
    """An attempt to reach a host on the way: one thread makes it, and all others wait for it."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.wire: Wire | None = None
        self.error: Exception | None = None
        self.ended = 0.0

    @property
    def is_stale(self) -> bool:
        """Return whether it is over, and another one is worth while."""
        if not self.done.is_set():
            return False
        if self.wire is not None:
            return not self.wire.is_active()
        if isinstance(self.error, Unable) and self.error.fault.kind in _FINAL:
            return False
        return time.monotonic() - self.ended > _REST_S


class Bastions:
    """Opens each of them once, and again when it has died."""

    def __init__(self, open_: Callable[[Endpoint], Wire]) -> None:
        self._open = open_
        self._attempts: dict[Endpoint, _Attempt] = {}
        self._turn = threading.Lock()
        self._closed = False

    def wire(self, jump: Endpoint, behind: Endpoint, patience: Patience) -> Wire:
        """Return the connection to a host on the way to another one; raises Unable."""
        with self._turn:
            attempt = self._attempts.get(jump)
            mine = attempt is None or attempt.is_stale
            if attempt is None or mine:
                attempt = self._attempts[jump] = _Attempt()
        if mine:
            self._make(attempt, jump)
        elif not patience.wait(attempt.done.wait):
            raise Unable(FaultKind.UNREACHABLE, f"{behind}: by way of {jump}: it could not be reached in time")
        if attempt.wire is not None:
            return attempt.wire
        error = attempt.error or EOFError()
        if not isinstance(error, Unable):
            raise error
        fault = error.fault
        # The inventory may not know the host on the way; it is looked at first when the one behind it is.
        hint = fault.hint and fault.hint.replace(trusting(jump), trusting(behind))
        raise Unable(fault.kind, f"{behind}: by way of {fault.message}", hint)

    def close(self) -> None:
        """Close all of them."""
        with self._turn:
            self._closed = True
            attempts = list(self._attempts.values())
        for attempt in attempts:
            if attempt.wire is not None:
                hang_up(attempt.wire)

    def _make(self, attempt: _Attempt, jump: Endpoint) -> None:
        try:
            wire = self._open(jump)
        except Unable as error:
            attempt.error = error
        except Exception as error:  # noqa: BLE001  those who wait have to hear of it
            fault = translate(error, str(jump))
            attempt.error = Unable(fault.kind, fault.message, fault.hint)
        else:
            attempt.wire = wire
            if self._closed:
                with suppress(OSError):
                    hang_up(wire)
        finally:
            attempt.ended = time.monotonic()
            attempt.done.set()
