"""Hosts in trouble, and hosts with odd settings: the real sshd, killed, restarted, disturbed and configured."""

import asyncio
import hashlib
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import openssh
import pytest
from doors import Door, door
from ssh_asking import Asked, asking

from playbook_engine.model.replies import FaultKind, ShellReply
from playbook_engine.model.targets import Host
from playbook_engine.transports.ssh.settings import Limits, UserFiles
from playbook_engine.values import Duration, TargetName

pytestmark = [pytest.mark.sshd, pytest.mark.usefixtures("ssh_modes")]
MIB = 1024 * 1024


@pytest.fixture(autouse=True)
def _needs_sshd() -> None:
    if openssh.find_sshd() is None:
        pytest.skip("OpenSSH's sshd is not installed")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[openssh.OpenSsh]:
    with openssh.serve(tmp_path / "sshd") as made:
        yield made


async def appears(file: Path) -> None:
    async with asyncio.timeout(10):
        while not await asyncio.to_thread(file.exists):
            await asyncio.sleep(0.01)


# -- the server goes


async def test_the_server_is_killed_under_a_command(server: openssh.OpenSsh, tmp_path: Path) -> None:
    async with asking(server.files(), server.host()) as host:
        running = asyncio.create_task(host.fault(f"touch {tmp_path}/begun; sleep 20"))
        await appears(tmp_path / "begun")
        server.drop_connections()
        os.kill(server.pid, signal.SIGKILL)
        found = await running
        assert (found.kind, found.begun, found.may_live) == (FaultKind.LOST, True, True)
        again = await host.fault()
        assert (again.kind, again.begun) == (FaultKind.UNREACHABLE, False)
        assert "connection refused" in again.message


@pytest.mark.trap(
    "pyinfra#1194",
    'After a reboot every command fails with "SSH session not active".',
)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_the_server_is_restarted_between_two_commands(server: openssh.OpenSsh, number: int) -> None:
    """A dead connection is noticed and replaced (pyinfra#1194)."""
    async with asking(server.files(), server.host()) as host:
        assert (await host.reply()).rc == 0
        server.drop_connections()
        os.kill(server.pid, number)
        async with asyncio.timeout(10):
            while lives(server.pid):
                await asyncio.sleep(0.01)
        with restarted(server):
            assert (await host.reply("exit 3")).rc == 3


class restarted:  # noqa: N801  a context manager, used like a function
    """The same server again, on the same port."""

    def __init__(self, server: openssh.OpenSsh) -> None:
        self._server = server
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> None:
        sshd = openssh.find_sshd()
        assert sshd is not None
        until = time.monotonic() + 10
        while time.monotonic() < until:
            self._process = subprocess.Popen(
                [sshd, "-D", "-f", str(self._server.folder / "sshd_config")], stderr=subprocess.DEVNULL
            )
            while self._process.poll() is None and time.monotonic() < until:
                with suppress(OSError), socket.create_connection((openssh.LOOPBACK, self._server.port), 1) as probe:
                    probe.settimeout(5)
                    if probe.recv(4) == b"SSH-":
                        return
                time.sleep(0.02)  # sshd has no way to say that it listens
        raise AssertionError("sshd did not come back")

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        subprocess.run(["pkill", "-KILL", "-P", str(self._process.pid)], check=False, timeout=10)
        self._process.terminate()
        self._process.wait(10)


class Disturbed(Door):
    """A door through which something else may come as well."""

    def inject(self, data: bytes) -> None:
        for client, _ in self._pairs:
            client.sendall(data)


@pytest.fixture
def disturbed(server: openssh.OpenSsh) -> Iterator[Disturbed]:
    made = Disturbed(server.port)
    made.start()
    yield made
    made.close()


def behind(server: openssh.OpenSsh, entrance: Door, folder: Path) -> tuple[UserFiles, Host]:
    known = folder / "known_hosts"
    known.write_text(f"[{openssh.LOOPBACK}]:{entrance.port} {openssh.public_key(server.host_keys[0])}\n")
    host = Host(name=TargetName("api-1"), address=openssh.LOOPBACK, port=entrance.port)
    return server.files(known_hosts=(known,)), host


@pytest.mark.parametrize("garbage", [b"\0" * 64, b"\xff" * 64, b"HTTP/1.1 400 Bad Request\r\n\r\n" * 40])
async def test_garbage_on_the_connection(
    server: openssh.OpenSsh, disturbed: Disturbed, tmp_path: Path, garbage: bytes
) -> None:
    async with asking(*behind(server, disturbed, tmp_path)) as host:
        running = asyncio.create_task(host.fault(f"touch {tmp_path}/begun; sleep 3", 8_000))
        await appears(tmp_path / "begun")
        disturbed.inject(garbage)
        found = await running
        assert found.begun
        assert found.kind in {FaultKind.LOST, FaultKind.TIMEOUT}
        assert garbage[:5].decode("latin-1") not in found.message
        disturbed.cut()
        assert (await host.reply()).rc == 0


# -- how the server is set


@pytest.mark.trap(
    "paramiko#49",
    "A new key exchange in the middle of a large transfer ends the connection.",
)
async def test_keys_are_exchanged_anew_in_the_middle_of_everything(tmp_path: Path) -> None:
    """Nothing is lost while both sides send and exchange keys anew (paramiko#49)."""
    with openssh.serve(tmp_path / "sshd", extra="RekeyLimit 1M") as server:
        async with asking(server.files(), server.host()) as host:
            size = 12 * MIB
            text = "x" * (4 * MIB)
            out, both, read = await asyncio.gather(
                host.reply(f"head -c {size} /dev/zero | tr '\\0' o", 60_000),
                host.reply(f"head -c {3 * MIB} /dev/zero >&2 & head -c {3 * MIB} /dev/zero; wait", 60_000),
                host.reply("sha256sum", 60_000, stdin=text),
            )
            assert (out.rc, out.stdout.size, set(out.stdout.head)) == (0, size, {"o"})
            assert (both.rc, both.stdout.size, both.stderr.size) == (0, 3 * MIB, 3 * MIB)
            assert read.stdout.text.split()[0] == hashlib.sha256(text.encode()).hexdigest()
            assert len(server.connections()) == 1


@pytest.fixture
def single(tmp_path: Path) -> Iterator[openssh.OpenSsh]:
    with openssh.serve(tmp_path / "sshd", extra="MaxSessions 1") as made:
        yield made


async def test_one_session_at_a_time_is_enough(single: openssh.OpenSsh) -> None:
    """Network devices and hardened hosts allow one; commands wait for each other."""
    async with asking(single.files(), single.host()) as host:
        replies = await asyncio.gather(*(host.reply(f"sleep 0.1; echo {n}") for n in range(6)))
        assert [reply.stdout.text for reply in replies] == [f"{n}\n" for n in range(6)]
        assert len(single.connections()) == 1


async def test_with_one_session_the_end_of_what_is_overdue_is_told_truthfully(
    single: openssh.OpenSsh, tmp_path: Path
) -> None:
    """There is no second channel to end it by: whatever is said of it must be true, and the next command must run."""
    async with asking(single.files(), single.host()) as host:
        found = await host.fault(f"echo $$ >{tmp_path}/pid; exec sleep 8", 700)
        assert (found.kind, found.begun) == (FaultKind.TIMEOUT, True)
        pid = int((tmp_path / "pid").read_text())
        if not found.may_live:
            assert not lives(pid)
        assert (await host.reply("exit 4")).rc == 4
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except FileNotFoundError:
        return False


async def test_a_banner_before_the_login_is_not_output(tmp_path: Path) -> None:
    banner = tmp_path / "banner"
    banner.write_text("AUTHORISED USE ONLY \x1b[5m\n" * 40)
    with openssh.serve(tmp_path / "sshd", extra=f"Banner {banner}\nPrintMotd yes") as server:
        async with asking(server.files(), server.host()) as host:
            reply = await host.reply("echo out; echo err >&2")
            assert (reply.stdout.text, reply.stderr.text) == ("out\n", "err\n")


async def test_a_command_that_is_forced_to_be_sftp(tmp_path: Path) -> None:
    """An account for file transfer answers in another protocol: that is no answer, and nothing was begun."""
    with openssh.serve(tmp_path / "sshd", extra="ForceCommand internal-sftp") as server:
        async with asking(server.files(), server.host()) as host:
            began = time.monotonic()
            found = await host.fault("touch /nonexistent", 6_000)
            assert time.monotonic() - began < 9
            assert (found.kind, found.begun, found.may_live) == (FaultKind.ERROR, False, False)
            assert "sftp" in (found.hint or "")


@pytest.mark.trap(
    "ansible#16731, ansible#17935, ansible#27520",
    "A shared connection is just being closed for idleness when the next command takes it: unreachable.",
)
async def test_a_server_that_ends_idle_clients(tmp_path: Path) -> None:
    """What was closed in between is opened again (ansible#16731, ansible#17935, ansible#27520)."""
    with openssh.serve(tmp_path / "sshd") as server, door(server.port) as entrance:
        async with asking(*behind(server, entrance, tmp_path)) as host:
            for expected in (1, 2, 3):
                assert (await host.reply()).rc == 0
                assert entrance.entered == expected
                server.drop_connections()


@pytest.mark.trap(
    "ansible#30411, ansible#18305, ansible#13327",
    "One host that hangs stalls all others, for ever and without a word.",
)
async def test_twenty_hosts_that_are_silent_stall_nobody(server: openssh.OpenSsh) -> None:
    """Each host has its own deadline (ansible#30411, ansible#18305, ansible#13327)."""
    silent = socket.create_server((openssh.LOOPBACK, 0), backlog=64)
    try:
        async with asking(server.files(), server.host(), Limits(connect=Duration(1_500))) as host:
            port = silent.getsockname()[1]
            mute = [Asked(host.transport, replace(host.host, name=TargetName(f"m{n}"), port=port)) for n in range(20)]
            waiting = [asyncio.create_task(each.fault()) for each in mute]
            await asyncio.sleep(0.1)
            began = time.monotonic()
            assert (await host.reply()).rc == 0
            assert time.monotonic() - began < 1.4
            kinds = {found.kind for found in await asyncio.gather(*waiting)}
            assert kinds == {FaultKind.UNREACHABLE}
    finally:
        silent.close()


@pytest.mark.trap(
    "ansible#80335, ansible#78388, ansible#24490",
    "A command that ends with 255 makes its host unreachable: the ssh program ends so too when it fails.",
)
async def test_a_status_of_255_is_the_commands_own(server: openssh.OpenSsh) -> None:
    """255 is a status like any other (ansible#80335, ansible#78388, ansible#24490)."""
    async with asking(server.files(), server.host()) as host:
        reply = await host.reply("echo said; exit 255")
        assert (reply.rc, reply.signal, reply.stdout.text) == (255, None, "said\n")


@pytest.mark.trap(
    "ansible#42173, ansible#18300",
    "Who is not let in counts as an unreachable host.",
)
async def test_a_key_that_is_refused_is_no_unreachable_host(server: openssh.OpenSsh, tmp_path: Path) -> None:
    """It is a fault of its own kind (ansible#42173, ansible#18300)."""
    wrong = openssh.make_key(tmp_path / "wrong")
    async with asking(server.files(identities=(wrong,)), server.host()) as host:
        assert (await host.fault()).kind is FaultKind.AUTH


@pytest.mark.trap(
    "paramiko#1778, paramiko#448",
    "More than 2 MiB on both streams, read one after the other, hangs for ever.",
)
async def test_unread_output_on_one_stream_does_not_hold_the_other(server: openssh.OpenSsh) -> None:
    """Both streams are read as they come (paramiko#1778, paramiko#448)."""
    async with asking(server.files(), server.host()) as host:
        reply = await host.reply(f"head -c {3 * MIB} /dev/zero >&2; head -c {3 * MIB} /dev/zero", 30_000)
        assert (reply.stdout.size, reply.stderr.size) == (3 * MIB, 3 * MIB)


@pytest.mark.trap(
    "paramiko#1815, paramiko#1787, paramiko#1790, paramiko#2308",
    "Waiting for the exit status knows no timeout.",
)
async def test_a_command_that_never_ends_is_not_waited_for(server: openssh.OpenSsh) -> None:
    """The deadline ends the wait (paramiko#1815, paramiko#1787, paramiko#1790, paramiko#2308)."""
    async with asking(server.files(), server.host()) as host:
        began = time.monotonic()
        found = await host.ended("exec >&- 2>&-; sleep 30", 700)
        assert time.monotonic() - began < 15
        assert (found.kind, found.begun, found.may_live) == (FaultKind.TIMEOUT, True, False)


@pytest.mark.trap(
    "ansible#16258, ansible#23958, ansible#87327, rundeck#5781",
    "Ctrl-C ends the program here, and leaves what it started on the hosts running.",
)
async def test_who_cancels_leaves_nothing_on_the_host(server: openssh.OpenSsh, tmp_path: Path) -> None:
    """What was begun is ended first (ansible#16258, ansible#23958, ansible#87327, rundeck#5781)."""
    async with asking(server.files(), server.host()) as host:
        running = asyncio.create_task(
            host.answer(f"sleep 60 & echo $! >{tmp_path}/tmp; mv {tmp_path}/tmp {tmp_path}/pid; wait")
        )
        await appears(tmp_path / "pid")
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert not lives(int((tmp_path / "pid").read_text()))
        assert isinstance(await host.answer(), ShellReply)


@pytest.mark.trap(
    "ansible#16837, ansible#66285",
    "A process for each host and task; a hundred hosts take gigabytes.",
)
async def test_many_threads_do_not_grow_with_commands(server: openssh.OpenSsh) -> None:
    """Threads are kept and used again (ansible#16837, ansible#66285)."""
    async with asking(server.files(), server.host()) as host:
        await asyncio.gather(*(host.reply() for _ in range(12)))
        before = threading.active_count()
        for _ in range(3):
            await asyncio.gather(*(host.reply() for _ in range(12)))
        assert threading.active_count() <= before + 2


@pytest.mark.trap(
    "runn ssh.go",
    "A command that says nothing for a second counts as ended, its later output is lost, and its status always.",
)
async def test_a_command_that_is_silent_for_a_while_has_not_ended(server: openssh.OpenSsh) -> None:
    """Silence is no end (runn ssh.go)."""
    async with asking(server.files(), server.host()) as host:
        reply = await host.reply("sleep 2; echo done; exit 7")
        assert (reply.rc, reply.stdout.text) == (7, "done\n")
