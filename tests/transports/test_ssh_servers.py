"""What sshd cannot be made to do: the embedded server with a real shell behind it, and one thing wrong with it."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import paramiko
import pytest
from doors import LOOPBACK, Door, door
from paramiko.common import OPEN_FAILED_RESOURCE_SHORTAGE, cMSG_CHANNEL_REQUEST
from ssh_asking import Asked, asking

from playbook_engine.model.replies import Fault, FaultKind, ShellReply
from playbook_engine.model.targets import Host
from playbook_engine.sandbox import ssh_command, ssh_server
from playbook_engine.sandbox.guard import Guard
from playbook_engine.transports.ssh.settings import UserFiles
from playbook_engine.values import TargetName

pytestmark = pytest.mark.usefixtures("ssh_modes")
MIB = 1024 * 1024


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[tuple[Asked, Door]]:
    """Serve, with whatever has been changed about the server, and ask it."""
    key, guard = paramiko.ECDSAKey.generate(), Guard()
    server = ssh_server.SshServer(folder, key, guard)
    server.start()
    try:
        with door(server.port) as entrance:
            key_file, known = ssh_server.write_client_files(folder / "client", key, (server,))
            known.write_text(known.read_text().replace(f":{server.port} ", f":{entrance.port} "))
            files = UserFiles(
                home=folder,
                user=ssh_server.USER,
                config=(),
                known_hosts=(known,),
                identities=(key_file,),
                agent_socket=None,
            )
            host = Host(name=TargetName("odd"), address=LOOPBACK, port=entrance.port)
            async with asking(files, host) as asked:
                yield asked, entrance
    finally:
        server.close()


def _never_read(channel: paramiko.Channel, stream: Any) -> None:
    while not channel.closed:
        time.sleep(0.05)
    stream.close()


@pytest.mark.trap(
    "paramiko#1787",
    "A timeout is not honoured.",
)
async def test_a_window_that_is_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadline counts for sending too (paramiko#1787)."""
    monkeypatch.setattr(ssh_command, "_carry_in", _never_read)
    async with served(tmp_path) as (host, _):
        for stdin in (None, "x" * (8 * MIB)):
            began = time.monotonic()
            found = await host.fault("cat", 700, stdin)
            assert time.monotonic() - began < 6
            assert (found.kind, found.begun) == (FaultKind.TIMEOUT, True)


def _signalled(name: str) -> Any:
    def report(channel: paramiko.Channel, status: int) -> None:
        del status
        channel.shutdown_write()
        message = paramiko.Message()
        message.add_byte(cMSG_CHANNEL_REQUEST)
        message.add_int(channel.remote_chanid)
        message.add_string("exit-signal")
        message.add_boolean(False)
        message.add_string(name)
        message.add_boolean(True)
        message.add_string("\x1b[31mboo")
        message.add_string("xx-nowhere")
        transport: Any = channel.get_transport()
        transport._send_user_message(message)

    return report


@pytest.mark.trap(
    "paramiko#598, rundeck#143",
    "That a signal ended the command is dropped; the status is -1, and nobody can say why.",
)
@pytest.mark.parametrize("name", ["KILL", "USR1@openssh.com", "WINCH", "\x1b[31mEVIL", "", "X" * 4_000, "RTMIN+3"])
async def test_a_signal_of_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A signal is told, whatever the server calls it (paramiko#598, rundeck#143)."""
    monkeypatch.setattr(ssh_command, "_report", _signalled(name))
    async with served(tmp_path) as (host, _):
        reply = await host.reply("kill -9 $$")
        assert reply.rc >= 128
        assert reply.signal
        assert reply.signal.isprintable()
        assert len(reply.signal) < 30


def _say_nothing(channel: paramiko.Channel, status: int) -> None:
    del channel, status


@pytest.mark.trap(
    "paramiko#489",
    "No status and a status of -1 cannot be told apart.",
)
async def test_an_end_without_a_status_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ssh_modes: str
) -> None:
    """An end without a status is a lost command (paramiko#489)."""
    monkeypatch.setattr(ssh_command, "_report", _say_nothing)
    async with served(tmp_path) as (host, _):
        answer = await host.answer("echo out; exit 3")
        if ssh_modes == "session":
            assert isinstance(answer, Fault)
        if isinstance(answer, Fault):
            assert (answer.kind, answer.begun, answer.may_live) == (FaultKind.LOST, True, True)
            assert answer.partial["stdout"].text == "out\n"
        else:
            assert answer.default_expectation() == "rc = 3, expected 0"


async def test_a_session_that_is_closed_takes_no_other_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server closes the channel and not the connection: the next command goes over the same one."""
    async with served(tmp_path) as (host, entrance):
        assert (await host.reply()).rc == 0
        with monkeypatch.context() as patched:
            patched.setattr(ssh_command, "_report", _say_nothing)
            await host.answer("kill -9 $$")
        assert (await host.reply("exit 5")).rc == 5
        assert entrance.entered == 1


@pytest.mark.parametrize(("times", "works"), [(1, True), (2, True), (1000, False)])
async def test_sessions_that_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int, works: bool
) -> None:
    """A host that has not cleaned up yet refuses for a moment; one that always does says no."""
    left = [times]
    usual = ssh_server._Sessions.check_channel_request

    def check(self: Any, kind: str, chanid: int) -> int:
        left[0] -= 1
        return OPEN_FAILED_RESOURCE_SHORTAGE if left[0] >= 0 else usual(self, kind, chanid)

    monkeypatch.setattr(ssh_server._Sessions, "check_channel_request", check)
    async with served(tmp_path) as (host, _):
        answer = await host.answer()
        if works:
            assert isinstance(answer, ShellReply)
        else:
            assert isinstance(answer, Fault)
            assert (answer.kind, answer.begun) == (FaultKind.REFUSED, False)


@pytest.mark.trap(
    "paramiko#2599, paramiko#739",
    "Asking for a session or a command waits for the host without a timeout.",
)
async def test_a_session_that_is_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The request has one deadline for all of it (paramiko#2599, paramiko#739)."""

    def stall(self: Any, kind: str, chanid: int) -> int:
        time.sleep(1.5)
        return OPEN_FAILED_RESOURCE_SHORTAGE

    monkeypatch.setattr(ssh_server._Sessions, "check_channel_request", stall)
    async with served(tmp_path) as (host, _):
        began = time.monotonic()
        found = await host.fault(timeout_ms=500)
        assert time.monotonic() - began < 2
        assert found.begun is False
