"""Servers that do what OpenSSH does not: each ends in a Fault of its own, in time."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import paramiko
import pytest
from paramiko.common import (
    AUTH_FAILED,
    AUTH_PARTIALLY_SUCCESSFUL,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)

from playbook_engine.model.replies import Answer, Fault, FaultKind, ShellReply
from playbook_engine.model.requests import ShellRequest
from playbook_engine.model.targets import Host
from playbook_engine.transports.ssh.settings import Limits, UserFiles
from playbook_engine.transports.ssh.transport import SshTransport
from playbook_engine.values import Duration, ShellText, TargetName

LOOPBACK = "127.0.0.1"


class Server(paramiko.ServerInterface):
    """Takes any key and any session, and then `run` decides what happens to a command."""

    def __init__(self, run: Callable[[paramiko.Channel], bool], *, auth: int, kinds: str, opens: bool) -> None:
        self._run = run
        self._auth = auth
        self._kinds = kinds
        self._opens = opens

    def get_allowed_auths(self, username: str) -> str:
        return self._kinds

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return self._auth

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED if self._opens else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        return self._run(channel)


def consent(channel: paramiko.Channel) -> bool:
    return True


class Odd:
    """One such server and a client that knows it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.identity = folder / "id"
        paramiko.ECDSAKey.generate().write_private_key_file(str(self.identity))

    async def ask(
        self,
        run: Callable[[paramiko.Channel], bool] = consent,
        *,
        auth: int = AUTH_SUCCESSFUL,
        kinds: str = "publickey",
        opens: bool = True,
        timeout_ms: int = 5_000,
    ) -> Answer:
        with serving(lambda: Server(run, auth=auth, kinds=kinds, opens=opens)) as (port, host_key):
            known = self.folder / "known_hosts"
            known.write_text(f"[{LOOPBACK}]:{port} {host_key.get_name()} {host_key.get_base64()}\n")
            files = UserFiles(
                home=self.folder,
                user="deploy",
                config=(),
                known_hosts=(known,),
                identities=(self.identity,),
                agent_socket=None,
            )
            transport = SshTransport(jitter=lambda: 0.0, files=files, limits=Limits(connect=Duration(3_000)))
            host = Host(name=TargetName("odd"), address=LOOPBACK, port=port)
            request = ShellRequest(target=host, shell=ShellText("true"), timeout=Duration(timeout_ms))
            try:
                return await transport.perform(request)
            finally:
                await transport.close()

    async def fault(self, run: Callable[[paramiko.Channel], bool] = consent, **how: object) -> Fault:
        answer = await self.ask(run, **how)  # type: ignore[arg-type]  # passed on as they are
        assert isinstance(answer, Fault), answer
        return answer


@contextmanager
def serving(make: Callable[[], Server]) -> Iterator[tuple[int, paramiko.PKey]]:
    """Serve connections until the block ends."""
    host_key = paramiko.ECDSAKey.generate()
    listener = socket.create_server((LOOPBACK, 0))
    transports: list[paramiko.Transport] = []

    def accept() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(peer)
            transport.add_server_key(host_key)
            transports.append(transport)
            with suppress(paramiko.SSHException, EOFError):
                transport.start_server(event=threading.Event(), server=make())

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield listener.getsockname()[1], host_key
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
        for transport in transports:
            transport.close()
            transport.join(5)
            transport.sock.close()


@pytest.fixture
def odd(tmp_path: Path) -> Odd:
    return Odd(tmp_path)


def refuse(channel: paramiko.Channel) -> bool:
    return False


async def test_a_server_that_refuses_commands(odd: Odd) -> None:
    found = await odd.fault(refuse)
    assert (found.kind, found.begun) == (FaultKind.REFUSED, False)
    assert "refused to run a command" in found.message


async def test_a_server_that_refuses_sessions(odd: Odd) -> None:
    found = await odd.fault(opens=False)
    assert (found.kind, found.begun) == (FaultKind.REFUSED, False)


def _close_at_once(channel: paramiko.Channel) -> bool:
    threading.Timer(0.05, channel.close).start()
    return True


async def test_a_session_that_ends_without_a_status(odd: Odd) -> None:
    found = await odd.fault(_close_at_once)
    assert (found.kind, found.begun, found.may_live) == (FaultKind.LOST, True, True)
    assert "without an exit status" in found.message


async def test_a_server_that_never_says_anything_about_the_command(odd: Odd) -> None:
    began = time.monotonic()
    found = await odd.fault(timeout_ms=500)
    assert time.monotonic() - began < 3
    assert (found.kind, found.begun, found.may_live) == (FaultKind.TIMEOUT, True, True)


def _stall(channel: paramiko.Channel) -> bool:
    time.sleep(1.2)  # the server's own thread: nothing is answered meanwhile, the consent least of all
    return True


async def test_a_server_that_hangs_before_it_consents(odd: Odd) -> None:
    began = time.monotonic()
    found = await odd.fault(_stall, timeout_ms=400)
    assert time.monotonic() - began < 3
    assert found.kind is FaultKind.TIMEOUT


async def test_a_second_factor_is_asked_for(odd: Odd) -> None:
    found = await odd.fault(auth=AUTH_PARTIALLY_SUCCESSFUL, kinds="keyboard-interactive")
    assert (found.kind, found.begun) == (FaultKind.AUTH, False)
    assert "keyboard-interactive" in found.message


async def test_keys_are_not_wanted(odd: Odd) -> None:
    found = await odd.fault(auth=AUTH_FAILED, kinds="password")
    assert found.kind is FaultKind.AUTH
    assert "only password" in found.message


def _marked(channel: paramiko.Channel, status: int) -> None:
    """Do what a shell would do with the script: say the two words that it asks for."""
    word = channel.recv(4096).split(b"echo ", 1)[1].split(b":", 1)[0]
    channel.sendall_stderr(word + b":12345\n" + word + b":go\n")
    channel.sendall(b"out")
    channel.send_exit_status(status)
    channel.close()


@pytest.mark.parametrize("status", [0, 7, 255])
async def test_an_ordinary_end_for_comparison(odd: Odd, status: int) -> None:
    def run(channel: paramiko.Channel) -> bool:
        threading.Thread(target=_marked, args=(channel, status)).start()
        return True

    answer = await odd.ask(run)
    assert isinstance(answer, ShellReply)
    assert (answer.rc, answer.stdout.text, answer.stderr.text) == (status, "out", "")
