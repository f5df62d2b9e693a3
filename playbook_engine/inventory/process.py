"""Runs a program and reads what it prints: bounded in bytes and in time, and ended with all that it started."""

import contextlib
import errno
import os
import selectors
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from playbook_engine.frozen import dataclass
from playbook_engine.values import Duration
from playbook_engine.visible import escape

MIB: Final = 1024 * 1024
_PIECE: Final = 64 * 1024
_LOOK_S: Final = 0.05
"""How often to look whether a program has ended that does not close its output."""
_SHOWN: Final = 300
"""How much of its complaints is shown, in characters."""

Monotonic = Callable[[], float]
"""A clock that only goes forward, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a program may take; `complaints` is how much of its standard error is kept, the end of it."""

    time: Duration
    output: int = 32 * MIB
    complaints: int = 64 * 1024


class ProgramFault(Exception):
    """Why there is no output to go on with; message and hint are fit for a terminal."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Runner:
    """Runs one program, perhaps several times, all runs together within one length of time from now on."""

    def __init__(self, limits: Limits, env: Mapping[str, str], clock: Monotonic) -> None:
        self._limits = limits
        self._env = env
        self._clock = clock
        self._until = clock() + limits.time.seconds

    def run(self, command: Sequence[str]) -> bytes:
        """Return what the program prints.

        Raises:
            ProgramFault: it could not be run, did not end well or in time, or printed too much.
        """
        process = self._start(command)
        try:
            output = _Output(process, self._limits)
            self._read(process, output)
            status = self._status(process)
        finally:
            _end(process)
        if status:
            raise ProgramFault(f"it {_ended(status)}", output.complaint())
        return bytes(output.printed)

    def _start(self, command: Sequence[str]) -> "subprocess.Popen[bytes]":
        if self._clock() >= self._until:
            raise self._late(None)
        try:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=dict(self._env),
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise ProgramFault(*_not_started(error)) from None

    def _read(self, process: "subprocess.Popen[bytes]", output: "_Output") -> None:
        """Read until both streams end, or the program has ended and nothing more comes."""
        while output.open:
            left = self._until - self._clock()
            if left <= 0:
                raise self._late(output)
            ended = process.poll() is not None
            if not output.read(min(left, _LOOK_S)) and ended:
                return

    def _status(self, process: "subprocess.Popen[bytes]") -> int:
        try:
            return process.wait(max(self._until - self._clock(), 0))
        except subprocess.TimeoutExpired:
            raise self._late(None) from None

    def _late(self, output: "_Output | None") -> ProgramFault:
        said = output.complaint() if output else None
        return ProgramFault(f"it did not end within {self._limits.time}", said)


class _Output:
    """What a program writes on its two streams, as far as it is kept."""

    def __init__(self, process: "subprocess.Popen[bytes]", limits: Limits) -> None:
        self._limits = limits
        self._selector = selectors.DefaultSelector()
        self.printed = bytearray()
        self._complaints = bytearray()
        for stream, kept in ((process.stdout, self.printed), (process.stderr, self._complaints)):
            if stream is not None:
                self._selector.register(stream, selectors.EVENT_READ, kept)

    @property
    def open(self) -> bool:
        return bool(self._selector.get_map())

    def read(self, seconds: float) -> bool:
        """Wait for more, but not for longer than that; return whether something happened."""
        ready = self._selector.select(seconds)
        for key, _ in ready:
            piece = os.read(key.fd, _PIECE)
            if not piece:
                self._selector.unregister(key.fileobj)
            elif key.data is self.printed:
                self.printed += piece
            else:
                self._complaints += piece
                del self._complaints[: -self._limits.complaints]
        if len(self.printed) > self._limits.output:
            raise ProgramFault(f"it printed more than {self._limits.output // MIB} MiB")
        return bool(ready)

    def complaint(self) -> str | None:
        """Return the end of what stands on standard error, which is where the reason mostly is."""
        text = bytes(self._complaints).decode("utf-8", "backslashreplace").strip()
        if not text:
            return None
        lines = " / ".join(line.strip() for line in text.splitlines() if line.strip())
        return f"It said: {'…' if len(lines) > _SHOWN else ''}{escape(lines[-_SHOWN:])}"


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the program and whatever it left in its process group, and close the pipes."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(1)
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _ended(status: int) -> str:
    if status > 0:
        return f"ended with status {status}"
    try:
        return f"was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"was ended by signal {-status}"


def _not_started(error: OSError | ValueError) -> tuple[str, str | None]:
    number = error.errno if isinstance(error, OSError) else None
    reason = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
    if number == errno.ENOEXEC:
        hint = "Begin it with a line that names its interpreter, such as '#!/usr/bin/env python3'."
        return "it cannot be executed: it has no '#!' line", hint
    if number == errno.ENOENT:
        return "it cannot be executed: the program that its '#!' line names is not there", None
    return f"it cannot be executed: {reason}", None
