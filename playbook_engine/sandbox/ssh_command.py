"""One command of an SSH session: a shell in the scratch folder, its streams, and its end."""

import os
import select
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from paramiko import Channel, Message, SSHException
from paramiko.common import cMSG_CHANNEL_REQUEST

from playbook_engine.sandbox.guard import Guard, group_lives, kill_group

_CHUNK = 32_768
_GONE = (OSError, EOFError, SSHException)  # what paramiko raises when the client has gone
_ACCEPT_SECONDS = 1.0  # a client may not want to be told; then nothing is waited for but this
_TICK = 0.1  # how soon a stream that says nothing notices that its channel has closed


class ShellCommand:
    """A process group of its own, tied to a channel: when the channel closes, the group is killed."""

    def __init__(self, arguments: Sequence[str | bytes], folder: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=dict(environment),
            start_new_session=True,
            bufsize=0,
        )

    def serve(self, channel: Channel, guard: Guard, accepted: threading.Event) -> None:
        """Carry the streams until the command has ended or the client has gone, then report the end.

        The end is reported after `accepted`: a client must not hear that its channel is closed before it has heard
        that its request was accepted.
        """
        process = self._process
        assert process.stdin and process.stdout and process.stderr  # noqa: S101, PT018 all three are pipes
        guard.watch(process.pid)
        carriers = [
            threading.Thread(target=_carry_out, args=(process.stderr, channel.sendall_stderr, channel), daemon=True),
            threading.Thread(target=_carry_in, args=(channel, process.stdin), daemon=True),
        ]
        with process.stdout, process.stderr:
            for carrier in carriers:
                carrier.start()
            _carry_out(process.stdout, channel.sendall, channel)
            carriers[0].join()
            status = self._end(channel)
            if not group_lives(process.pid):
                guard.forget(process.pid)  # else it left something running in the background
            accepted.wait(_ACCEPT_SECONDS)
            with suppress(*_GONE):
                _report(channel, status)
            with suppress(*_GONE):  # this also ends the carrier of standard input, which may wait for the client
                channel.close()
            carriers[1].join()

    def _end(self, channel: Channel) -> int:
        while True:
            if channel.closed:
                kill_group(self._process.pid, signal.SIGKILL)
            try:
                return self._process.wait(_TICK)
            except subprocess.TimeoutExpired:
                continue  # it closed its output and goes on working


def _carry_out(stream: IO[bytes], send: Callable[[bytes], object], channel: Channel) -> None:
    while not channel.closed:
        if not select.select([stream], [], [], _TICK)[0]:
            continue
        data = os.read(stream.fileno(), _CHUNK)
        if not data:
            return
        try:
            send(data)
        except _GONE:
            return


def _carry_in(channel: Channel, stream: IO[bytes]) -> None:
    with stream:
        while data := channel.recv(_CHUNK):
            if not _write(channel, stream, data):
                return


def _write(channel: Channel, stream: IO[bytes], data: bytes) -> bool:
    """Write all of it, without blocking for good on a command that does not read."""
    while data:
        if channel.closed:
            return False
        if select.select([], [stream], [], _TICK)[1]:
            try:
                data = data[os.write(stream.fileno(), data[: select.PIPE_BUF]) :]
            except BrokenPipeError:
                return False
    return True


def _report(channel: Channel, status: int) -> None:
    channel.shutdown_write()
    if status >= 0:
        channel.send_exit_status(status)
        return
    message = Message()
    message.add_byte(cMSG_CHANNEL_REQUEST)
    message.add_int(channel.remote_chanid)
    message.add_string("exit-signal")
    message.add_boolean(False)
    message.add_string(signal.Signals(-status).name.removeprefix("SIG"))
    message.add_boolean(False)
    message.add_string("")
    message.add_string("")
    transport = channel.get_transport()
    transport._send_user_message(message)  # type: ignore[attr-defined]  # noqa: SLF001 paramiko sends no exit-signal of its own
