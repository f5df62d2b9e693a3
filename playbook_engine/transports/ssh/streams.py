"""What an SSH connection runs on: a socket, the two ends of a program, or a channel of another connection."""

import os
import select
import signal
import socket
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Final, TypeAlias

import paramiko

from playbook_engine.model.replies import FaultKind
from playbook_engine.transports.ssh.faults import Unable, clean
from playbook_engine.transports.ssh.patience import Patience

_KEPT: Final = 4096
_END_S: Final = 1.0
_PIECE: Final = 65_536


class ProgramStream(socket.socket):
    """The standard input and output of a ProxyCommand, which ends with the connection."""

    def __init__(self, command: str, environ: Mapping[str, str]) -> None:
        ours, its = socket.socketpair()
        super().__init__(fileno=ours.detach())
        try:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", f"exec {command}"],
                stdin=its.fileno(),
                stdout=its.fileno(),
                stderr=subprocess.PIPE,
                env=dict(environ),
                start_new_session=True,
            )
        except BaseException:
            super().close()
            raise
        finally:
            its.close()
        self._said = b""
        self._listener = threading.Thread(target=self._listen, name=f"proxy-{self._process.pid}", daemon=True)
        self._listener.start()

    def close(self) -> None:
        """Close our end and end the program with everything that it started."""
        super().close()
        self._signal(signal.SIGHUP)
        self._listener.join(_END_S)
        if self._listener.is_alive():
            self._signal(signal.SIGKILL)
            self._listener.join(_END_S)

    def epitaph(self) -> str:
        """Return how the program ended and what it complained about, in words for people."""
        self._listener.join(_END_S)
        status = self._process.poll()
        how = "closed its output" if status is None else _ending(status)
        said = clean(" ".join(self._said.decode("utf-8", "replace").split()), 300)
        return f"{how}: {said}" if said else how

    def _listen(self) -> None:
        """Keep the beginning of what the program complains about, and take leave of it when it has ended."""
        stream = self._process.stderr
        if stream is not None:
            with stream:
                while piece := os.read(stream.fileno(), _PIECE):
                    self._said = (self._said + piece)[:_KEPT]
        self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._process.poll() is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)


Stream: TypeAlias = "socket.socket | paramiko.Channel"


def await_first(stream: Stream, patience: Patience) -> bool:
    """Wait until something has come, or has ended; without taking it away from who reads it later."""
    if isinstance(stream, paramiko.Channel):
        news = threading.Event()
        stream.in_buffer.set_event(news)
        return patience.wait(lambda seconds: stream.recv_ready() or stream.closed or news.wait(seconds))
    return patience.wait(lambda seconds: ready(stream, seconds, write=False))


def ready(connection: socket.socket, seconds: float, *, write: bool) -> bool:
    poll = select.poll()  # not select(): that one ends at file descriptor 1024
    poll.register(connection, select.POLLOUT if write else select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def start(command: str, environ: Mapping[str, str], place: str) -> ProgramStream:
    """Start a ProxyCommand; raises Unable."""
    try:
        return ProgramStream(command, environ)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it cannot be started"
        raise Unable(FaultKind.UNREACHABLE, f"{place}: ProxyCommand: {reason}") from None


def _ending(status: int) -> str:
    return f"was ended by signal {-status}" if status < 0 else f"ended with exit status {status}"
