"""Hosts that turn people away, speak slowly or for ever, or fall silent: all of it within the time there is."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random  # noqa: TID251  a test may throw dice

import openssh
import pytest
from asking import ask, fault, said, using

from playbook_engine.model.replies import Fault, FaultKind, ShellReply
from playbook_engine.model.targets import Host
from playbook_engine.transports.ssh.settings import Limits
from playbook_engine.transports.ssh.transport import SshTransport
from playbook_engine.values import Duration, TargetName

pytestmark = pytest.mark.sshd


@pytest.fixture(autouse=True)
def _needs_sshd(sshd: openssh.OpenSsh) -> None:
    """Skip all of this where there is no sshd."""


@pytest.mark.parametrize("starts", ["2:100:2", "1"])
async def test_thirty_hosts_at_one_address_that_takes_two_at_once(tmp_path: Path, starts: str) -> None:
    """MaxStartups: OpenSSH drops who comes while others are logging in; pyinfra and Ansible then report a dead host."""
    with openssh.serve(tmp_path / "sshd", first=f"MaxStartups {starts}") as server:
        dice = Random(4)  # noqa: S311  no secret hangs on it
        transport = SshTransport(
            jitter=dice.random, files=server.files(), limits=Limits(connect=Duration(30_000), handshakes=20)
        )
        try:
            hosts = [server.host(f"web-{number}") for number in range(30)]
            answers = await asyncio.gather(*(ask(transport, host, timeout_ms=40_000) for host in hosts))
        finally:
            await transport.close()
    assert [answer for answer in answers if not isinstance(answer, ShellReply)] == []


@contextmanager
def listening(talk: Callable[[socket.socket, threading.Event], None]) -> Iterator[int]:
    """Hand one connection after the other to `talk`, which has to end when the event is set."""
    done = threading.Event()
    server = socket.create_server((openssh.LOOPBACK, 0))
    server.settimeout(0.1)

    def serve() -> None:
        while not done.is_set():
            with suppress(OSError):
                peer, _ = server.accept()
                with peer, suppress(OSError):
                    talk(peer, done)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        done.set()
        thread.join()
        server.close()


def endless_lines(peer: socket.socket, done: threading.Event) -> None:
    while not done.wait(0.005):
        peer.sendall(b"Welcome to a server that never comes to the point\r\n")


def endless_line(peer: socket.socket, done: threading.Event) -> None:
    while not done.wait(0.005):
        peer.sendall(b"Welcome")


def banner_and_nothing(peer: socket.socket, done: threading.Event) -> None:
    peer.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
    done.wait(20)


@pytest.mark.parametrize("talk", [endless_lines, endless_line, banner_and_nothing])
async def test_a_host_that_does_not_come_to_the_point(
    sshd: openssh.OpenSsh, talk: Callable[[socket.socket, threading.Event], None]
) -> None:
    with listening(talk) as port:
        began = time.monotonic()
        host = Host(name=TargetName("slow"), address=openssh.LOOPBACK, port=port, user="x")
        found = await fault(sshd.files(), host, Limits(connect=Duration(1_000)))
        assert time.monotonic() - began < 4
    assert (found.kind, found.begun) == (FaultKind.UNREACHABLE, False)


class Relay:
    """Carries bytes to a real server and back, until it is cut: then it swallows all, as a dead cable does."""

    def __init__(self, port: int) -> None:
        self.cut = threading.Event()
        self._port = port

    def __call__(self, peer: socket.socket, done: threading.Event) -> None:
        with socket.create_connection((openssh.LOOPBACK, self._port)) as server:
            back = threading.Thread(target=self._carry, args=(server, peer, done))
            back.start()
            self._carry(peer, server, done)
            back.join()

    def _carry(self, source: socket.socket, sink: socket.socket, done: threading.Event) -> None:
        source.settimeout(0.05)
        while not done.is_set():
            with suppress(TimeoutError):
                data = source.recv(65_536)
                if not data:
                    return
                if not self.cut.is_set():
                    sink.sendall(data)


async def test_a_host_that_falls_silent_is_noticed_before_the_commands_deadline(
    sshd: openssh.OpenSsh, tmp_path: Path
) -> None:
    """ServerAliveInterval times ServerAliveCountMax; paramiko's own keepalive wants no answer and notices nothing."""
    relay = Relay(sshd.port)
    with listening(relay) as port:
        known = tmp_path / "known"
        known.write_text(f"[{openssh.LOOPBACK}]:{port} {openssh.public_key(sshd.host_keys[0])}\n")
        options = (("serveraliveinterval", "1"), ("serveralivecountmax", "2"))
        host = Host(name=TargetName("far"), address=openssh.LOOPBACK, port=port, ssh_options=options)
        async with using(sshd.files(known_hosts=(known,))) as transport:
            asking = asyncio.create_task(ask(transport, host, f"touch {tmp_path}/begun; sleep 30", timeout_ms=30_000))
            while not (tmp_path / "begun").exists():
                await asyncio.sleep(0.02)
            relay.cut.set()
            began = time.monotonic()
            answer = await asking
            assert time.monotonic() - began < 8
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.begun, answer.may_live) == (FaultKind.LOST, True, True)


async def test_a_host_that_is_only_idle_is_not_given_up(sshd: openssh.OpenSsh) -> None:
    options = (("serveraliveinterval", "1"), ("serveralivecountmax", "1"))
    async with using(sshd.files()) as transport:
        assert await said(transport, sshd.host(ssh_options=options), "sleep 4; echo there") == "there\n"
