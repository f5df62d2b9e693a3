"""One local command: its output as it comes, and the moments that matter."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from playbook_engine.model.replies import Fault, FaultKind, Output, ShellReply
from playbook_engine.transports import shell_status
from playbook_engine.transports.bounded import Bounded, Bounds
from playbook_engine.transports.shell_dialogue import Dialogue, Said

STDIN: Final = 0
STDOUT: Final = 1
STDERR: Final = 2


class Process(asyncio.SubprocessProtocol):
    """Collects what a process writes, and knows when it has ended and when its output has.

    The two differ: a child in the background may keep the output open long after the command itself ended. `reads`
    is what the process gets to read: all at once, or in a dialogue.
    """

    def __init__(self, bounds: Bounds, clock: Callable[[], float], reads: Said | Dialogue | None = None) -> None:
        self._clock = clock
        self._began = clock()
        self._streams = {STDOUT: Bounded(bounds), STDERR: Bounded(bounds)}
        self._open = set(self._streams)
        self.ended = asyncio.Event()
        self.silent = asyncio.Event()
        self._dialogue = reads if isinstance(reads, Dialogue) else None
        self._opening = reads.opening if isinstance(reads, Dialogue) else reads
        self._stdin: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        pipe = transport.get_pipe_transport(STDIN) if isinstance(transport, asyncio.SubprocessTransport) else None
        self._stdin = pipe if isinstance(pipe, asyncio.WriteTransport) else None
        if self._opening is not None:
            self._say(self._opening)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == STDERR and self._dialogue is not None:
            data = self._dialogue.hear(data)
            for said in self._dialogue.more():
                self._say(said)
        self._streams[fd].feed(data)

    def _say(self, said: Said) -> None:
        """Write what the process is to read; one that has ended, or closed its input, is not told."""
        if self._stdin is None or self._stdin.is_closing():
            return
        if said.data:
            self._stdin.write(said.data)
        if said.last:
            self._stdin.write_eof()

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        del exc  # a broken pipe is an end like any other
        if fd == STDIN:
            return  # it reads no further
        if fd == STDERR and self._dialogue is not None:
            self._streams[STDERR].feed(self._dialogue.rest())
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
