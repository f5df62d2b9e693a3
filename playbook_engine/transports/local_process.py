"""One local command: its output as it comes, and the moments that matter."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from playbook_engine.model.replies import Fault, FaultKind, Output, ShellReply
from playbook_engine.transports import shell_status
from playbook_engine.transports.bounded import Bounded, Bounds

STDOUT: Final = 1
STDERR: Final = 2


class Process(asyncio.SubprocessProtocol):
    """Collects what a process writes, and knows when it has ended and when its output has.

    The two differ: a child in the background may keep the output open long after the command itself ended.
    """

    def __init__(self, bounds: Bounds, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._began = clock()
        self._streams = {STDOUT: Bounded(bounds), STDERR: Bounded(bounds)}
        self._open = set(self._streams)
        self.ended = asyncio.Event()
        self.silent = asyncio.Event()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._streams[fd].feed(data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        del exc  # a broken pipe is an end like any other
        self._open.discard(fd)
        if not self._open:
            self.silent.set()

    def process_exited(self) -> None:
        self.ended.set()

    @property
    def size(self) -> int:
        """Return how many bytes have come by now on both streams."""
        return sum(stream.size for stream in self._streams.values())

    def outputs(self) -> dict[str, Output]:
        """Return what was kept of both streams by now."""
        return {"stdout": self._streams[STDOUT].output(), "stderr": self._streams[STDERR].output()}

    def reply(self, returncode: int) -> ShellReply:
        """Return how the command ended; asyncio says by a negative number that a signal did it."""
        stdout, stderr = self._streams[STDOUT].output(), self._streams[STDERR].output()
        end = shell_status.killed if returncode < 0 else shell_status.exited
        return replace(end(abs(returncode), stdout, stderr), duration_ms=self._elapsed())

    def overdue(self, message: str, *, may_live: bool) -> Fault:
        """Return that the deadline passed, with what had arrived by then."""
        return Fault(
            kind=FaultKind.TIMEOUT,
            message=message,
            begun=True,
            may_live=may_live,
            duration_ms=self._elapsed(),
            partial=self.outputs(),
        )

    def _elapsed(self) -> int:
        return int((self._clock() - self._began) * 1000)
