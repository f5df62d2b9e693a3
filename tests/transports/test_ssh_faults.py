"""What can go wrong between here and a host: each cause is told apart, in time, and leaves nothing behind."""

import asyncio
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import openssh
import pytest
from ssh_modes import ssh_transport

from playbook_engine.model.replies import Answer, Fault, FaultKind, ShellReply
from playbook_engine.model.requests import ShellRequest
from playbook_engine.model.targets import Host
from playbook_engine.transports.ssh.settings import Limits, UserFiles
from playbook_engine.transports.ssh.transport import SshTransport
from playbook_engine.values import Duration, ShellText, TargetName

pytestmark = [pytest.mark.sshd, pytest.mark.usefixtures("ssh_modes")]


@asynccontextmanager
async def using(files: UserFiles, limits: Limits | None = None) -> AsyncIterator[SshTransport]:
    transport = ssh_transport(files=files, limits=limits)
    try:
        yield transport
    finally:
        await transport.close()


async def ask(transport: SshTransport, host: Host, command: str = "echo hello", timeout_ms: int = 15_000) -> Answer:
    return await transport.perform(ShellRequest(target=host, shell=ShellText(command), timeout=Duration(timeout_ms)))


async def fault(files: UserFiles, host: Host, command: str = "echo hello", timeout_ms: int = 15_000) -> Fault:
    async with using(files) as transport:
        answer = await ask(transport, host, command, timeout_ms)
    assert isinstance(answer, Fault), answer
    return answer


async def rc(transport: SshTransport, host: Host, command: str = "true") -> int:
    answer = await ask(transport, host, command)
    assert isinstance(answer, ShellReply), answer
    return answer.rc


@contextmanager
def listener(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Accept connections and hand each to `talk` in a thread of its own; they are closed when the block ends."""
    server = socket.create_server((openssh.LOOPBACK, 0))
    peers: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                peer, _ = server.accept()
            except OSError:
                return
            peers.append(peer)
            thread = threading.Thread(target=_quietly, args=(talk, peer))
            thread.start()
            threads.append(thread)

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield server.getsockname()[1]
    finally:
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        accepting.join()
        for peer in peers:
            with suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()
        for peer in peers:
            peer.close()


def _quietly(talk: Callable[[socket.socket], None], peer: socket.socket) -> None:
    with suppress(OSError):
        talk(peer)


def at(port: int, name: str = "api-1") -> Host:
    return Host(name=TargetName(name), address=openssh.LOOPBACK, port=port, user="deploy")


def one_second() -> Limits:
    return Limits(connect=Duration(1_000))


# -- not reachable


async def test_a_port_where_nothing_listens(sshd: openssh.OpenSsh) -> None:
    found = await fault(sshd.files(), at(openssh.free_port()))
    assert (found.kind, found.begun, found.may_live) == (FaultKind.UNREACHABLE, False, False)
    assert "connection refused" in found.message
    assert "api-1" in found.message


async def test_a_name_that_does_not_exist(sshd: openssh.OpenSsh) -> None:
    found = await fault(sshd.files(), Host(name=TargetName("nowhere.invalid"), user="deploy"))
    assert found.kind is FaultKind.UNREACHABLE
    assert "name" in found.message


@pytest.mark.trap(
    "pyinfra#1224, pyinfra#1526",
    "Stuck while connecting, until somebody presses Ctrl-C.",
)
async def test_a_server_that_says_nothing(sshd: openssh.OpenSsh) -> None:
    """A silent host is unreachable, in time (pyinfra#1224, pyinfra#1526)."""

    def silent(peer: socket.socket) -> None:
        peer.recv(1)

    with listener(silent) as port:
        async with using(sshd.files(), one_second()) as transport:
            began = time.monotonic()
            answer = await ask(transport, at(port))
            assert time.monotonic() - began < 3
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.begun) == (FaultKind.UNREACHABLE, False)
    assert "says nothing" in answer.message


@pytest.mark.trap(
    "paramiko#515, paramiko#333",
    "Opening a connection sometimes hangs for ever: each step has a timeout, the whole has none.",
)
async def test_a_greeting_that_trickles(sshd: openssh.OpenSsh) -> None:
    """The whole has one deadline (paramiko#515, paramiko#333)."""
    done = threading.Event()

    def trickle(peer: socket.socket) -> None:
        while not done.wait(0.2):
            peer.send(b"S")

    with listener(trickle) as port:
        async with using(sshd.files(), one_second()) as transport:
            began = time.monotonic()
            answer = await ask(transport, at(port))
            assert time.monotonic() - began < 3
        done.set()
    assert isinstance(answer, Fault)
    assert answer.kind is FaultKind.UNREACHABLE


async def test_something_that_does_not_speak_ssh(sshd: openssh.OpenSsh) -> None:
    def web_server(peer: socket.socket) -> None:
        peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        peer.shutdown(socket.SHUT_WR)

    with listener(web_server) as port:
        found = await fault(sshd.files(), at(port))
    assert found.kind is FaultKind.UNREACHABLE
    assert "does not speak SSH" in found.message


@pytest.mark.parametrize("goodbye", [b"", b"Exceeded MaxStartups\r\n"], ids=["silent", "MaxStartups"])
async def test_a_host_that_turns_away_is_asked_until_the_time_is_up(sshd: openssh.OpenSsh, goodbye: bytes) -> None:
    visits = []

    def turn_away(peer: socket.socket) -> None:
        visits.append(peer)
        peer.sendall(goodbye)
        peer.shutdown(socket.SHUT_RDWR)

    began = time.monotonic()
    with listener(turn_away) as port:
        async with using(sshd.files(), one_second()) as transport:
            found = await ask(transport, at(port))
    assert time.monotonic() - began < 3
    assert isinstance(found, Fault)
    assert found.kind is FaultKind.UNREACHABLE
    assert len(visits) > 3
    assert found.hint is not None
    assert "MaxStartups" in found.hint


async def test_a_host_that_turns_away_at_first_only(sshd: openssh.OpenSsh) -> None:
    turned_away = threading.Event()

    def relay(peer: socket.socket) -> None:
        if not turned_away.is_set():
            turned_away.set()
            peer.shutdown(socket.SHUT_RDWR)
            return
        _relay(peer, sshd.port)

    with listener(relay) as port:
        known = sshd.folder / "relayed_known_hosts"
        known.write_text(f"[{openssh.LOOPBACK}]:{port} {openssh.public_key(sshd.host_keys[0])}\n")
        async with using(sshd.files(known_hosts=(known,))) as transport:
            assert await rc(transport, Host(name=TargetName("a"), address=openssh.LOOPBACK, port=port)) == 0


async def test_the_requests_own_timeout_is_shorter_than_the_connections(sshd: openssh.OpenSsh) -> None:
    with listener(lambda peer: _ignore(peer.recv(1))) as port:
        began = time.monotonic()
        async with using(sshd.files()) as transport:
            answer = await ask(transport, at(port), timeout_ms=300)
        assert time.monotonic() - began < 2
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.begun) == (FaultKind.UNREACHABLE, False)


async def test_a_dead_host_stalls_no_other(sshd: openssh.OpenSsh) -> None:
    with listener(lambda peer: _ignore(peer.recv(1))) as port:
        async with using(sshd.files(), Limits(connect=Duration(3_000), handshakes=1)) as transport:
            dead = [asyncio.create_task(ask(transport, at(port, f"dead-{n}"))) for n in range(10)]
            await asyncio.sleep(0.1)
            began = time.monotonic()
            assert await rc(transport, sshd.host()) == 0
            assert time.monotonic() - began < 2
            answers = await asyncio.gather(*dead)
    assert {answer.kind for answer in answers if isinstance(answer, Fault)} == {FaultKind.UNREACHABLE}


# -- host keys


@pytest.mark.trap(
    "ansible#25068, ansible#13318, CVE-2013-2233",
    "Unknown keys are taken without asking, or are asked about for many hosts at once, until people switch the check off.",
)
async def test_an_unknown_host_key(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    """Nobody is asked, nothing is added, and the fingerprint is shown (ansible#25068, ansible#13318, CVE-2013-2233)."""
    known = tmp_path / "known_hosts"
    found = await fault(sshd.files(known_hosts=(known,)), sshd.host())
    assert (found.kind, found.begun) == (FaultKind.HOST_KEY, False)
    assert _fingerprint(sshd.host_keys[0]) in found.message
    assert found.hint is not None
    assert "runbook trust api-1 -i INVENTORY" in found.hint
    assert not known.exists(), "nothing is ever added by itself"


async def test_the_inventorys_known_hosts_file_counts_alone(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    known = tmp_path / "none"
    found = await fault(sshd.files(), sshd.host(known_hosts_file=str(known)))
    assert found.kind is FaultKind.HOST_KEY


async def test_a_changed_host_key(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    other = openssh.make_key(tmp_path / "other")
    known = tmp_path / "known_hosts"
    known.write_text("# a comment\n" + sshd.known_line(other))
    found = await fault(sshd.files(known_hosts=(known,)), sshd.host())
    assert found.kind is FaultKind.HOST_KEY
    assert "changed" in found.message
    assert f"{known}:2" in found.message
    assert _fingerprint(sshd.host_keys[0]) in found.message


async def test_a_revoked_host_key(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    known = tmp_path / "known_hosts"
    known.write_text(sshd.known_line() + "@revoked * " + openssh.public_key(sshd.host_keys[0]) + "\n")
    found = await fault(sshd.files(known_hosts=(known,)), sshd.host())
    assert found.kind is FaultKind.HOST_KEY
    assert "revoked" in found.message


async def test_a_hashed_line_is_understood(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    known = tmp_path / "known_hosts"
    known.write_text(sshd.known_line())
    openssh.hash_names(known)
    assert "|1|" in known.read_text()
    async with using(sshd.files(known_hosts=(known,))) as transport:
        assert await rc(transport, sshd.host()) == 0


@pytest.mark.parametrize("kind", ["ecdsa", "rsa", "ed25519"])
async def test_of_several_host_keys_the_known_one_is_asked_for(tmp_path: Path, kind: str) -> None:
    with openssh.serve(tmp_path / "sshd", host_key_kinds=("ed25519", "ecdsa", "rsa")) as server:
        known = tmp_path / "known_hosts"
        known.write_text(server.known_line(server.folder / f"host_{kind}"))
        async with using(server.files(known_hosts=(known,))) as transport:
            assert await rc(transport, server.host()) == 0


# -- authentication


async def test_a_key_that_the_host_does_not_take(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    wrong = openssh.make_key(tmp_path / "id_wrong")
    found = await fault(sshd.files(), sshd.host(private_key_file=str(wrong)))
    assert (found.kind, found.begun) == (FaultKind.AUTH, False)
    assert str(wrong) in found.message


async def test_no_key_at_all(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    found = await fault(sshd.files(identities=(tmp_path / "id_none",)), sshd.host())
    assert found.kind is FaultKind.AUTH
    assert "no key" in found.message


async def test_a_named_key_that_is_not_there(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    found = await fault(sshd.files(), sshd.host(private_key_file=str(tmp_path / "gone")))
    assert found.kind is FaultKind.AUTH
    assert found.hint is not None
    assert f"{tmp_path / 'gone'} does not exist" in found.hint


async def test_an_encrypted_key_without_an_agent(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    locked = openssh.make_key(tmp_path / "id_locked", passphrase="correct horse")
    found = await fault(sshd.files(), sshd.host(private_key_file=str(locked)))
    assert found.kind is FaultKind.AUTH
    assert found.hint is not None
    assert f"{locked} is encrypted" in found.hint
    assert f"ssh-add {locked}" in found.hint


@pytest.mark.parametrize("text", ["", "not a key", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END"])
async def test_a_file_that_is_no_key(sshd: openssh.OpenSsh, tmp_path: Path, text: str) -> None:
    path = tmp_path / "id_broken"
    path.write_text(text)
    found = await fault(sshd.files(), sshd.host(private_key_file=str(path)))
    assert found.kind is FaultKind.AUTH
    assert found.hint is not None
    assert f"{path} is not a private key" in found.hint


async def test_a_key_path_that_is_a_folder(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    found = await fault(sshd.files(), sshd.host(private_key_file=str(tmp_path)))
    assert found.kind is FaultKind.AUTH
    assert found.hint is not None
    assert f"{tmp_path} cannot be read" in found.hint


async def test_too_many_keys(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    keys = tuple(openssh.make_key(tmp_path / f"id_{n}") for n in range(8))
    found = await fault(sshd.files(identities=keys), sshd.host())
    assert found.kind is FaultKind.AUTH
    assert "too many keys" in found.message


async def test_a_host_that_takes_no_keys(tmp_path: Path) -> None:
    extra = "PubkeyAuthentication no\nPasswordAuthentication yes"
    with openssh.serve(tmp_path / "sshd", extra=extra) as server:
        found = await fault(server.files(), server.host())
    assert found.kind is FaultKind.AUTH


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Path]:
    program = shutil.which("ssh-agent")
    if program is None:
        pytest.skip("ssh-agent is not installed")
    path = tmp_path / "agent"
    process = subprocess.Popen([program, "-D", "-a", str(path)], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 5
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    yield path
    process.terminate()
    process.wait(5)


def _add(agent: Path, key: Path) -> None:
    environment = {**os.environ, "SSH_AUTH_SOCK": str(agent)}
    subprocess.run(["ssh-add", "-q", str(key)], check=True, env=environment, capture_output=True, timeout=20)


async def test_the_agent_helps_where_there_is_no_key_file(sshd: openssh.OpenSsh, agent: Path, tmp_path: Path) -> None:
    _add(agent, sshd.key)
    files = sshd.files(identities=(tmp_path / "none",), agent_socket=str(agent))
    async with using(files) as transport:
        assert await rc(transport, sshd.host()) == 0


async def test_identities_only_keeps_the_agents_other_keys_back(
    sshd: openssh.OpenSsh, agent: Path, tmp_path: Path
) -> None:
    _add(agent, sshd.key)
    wrong = openssh.make_key(tmp_path / "id_wrong")
    config = tmp_path / "config"
    config.write_text(f"Host *\n  IdentitiesOnly yes\n  IdentityFile {wrong}\n")
    found = await fault(sshd.files(config=(config,), agent_socket=str(agent)), sshd.host())
    assert found.kind is FaultKind.AUTH
    config.write_text(f"Host *\n  IdentitiesOnly yes\n  IdentityFile {sshd.key}\n")
    async with using(sshd.files(config=(config,), agent_socket=str(agent))) as transport:
        assert await rc(transport, sshd.host()) == 0


async def test_an_agent_that_is_gone_is_mentioned(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    files = sshd.files(identities=(tmp_path / "none",), agent_socket=str(tmp_path / "no-agent"))
    found = await fault(files, sshd.host())
    assert found.kind is FaultKind.AUTH
    assert found.hint is not None
    assert "agent" in found.hint


async def test_an_agent_that_hangs_does_not_hold_the_login(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    path = tmp_path / "hanging"
    with socket.socket(socket.AF_UNIX) as hanging:
        hanging.bind(str(path))
        hanging.listen()
        limits = Limits(connect=Duration(1_000))
        began = time.monotonic()
        async with using(sshd.files(agent_socket=str(path)), limits) as transport:
            answer = await ask(transport, sshd.host())
        assert isinstance(answer, Fault)
        assert time.monotonic() - began < 4


# -- ~/.ssh/config


async def test_the_configuration_tells_everything(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    included = tmp_path / "more.conf"
    included.write_text(f"Host other\n  Port 1\nHost web\n  Port {sshd.port}\n")
    config = tmp_path / "config"
    config.write_text(
        f"Include {included}\n"
        f"Host web\n  HostName {openssh.LOOPBACK}\n  IdentityFile {sshd.key}\n"
        f"  UserKnownHostsFile {sshd.folder / 'known_hosts'}\n  ConnectTimeout 5\n"
    )
    files = sshd.files(config=(config,), identities=(), known_hosts=())
    async with using(files) as transport:
        assert await rc(transport, Host(name=TargetName("web"))) == 0
        assert await rc(transport, Host(name=TargetName("api-1"), address="web")) == 0


# -- lost on the way


@pytest.mark.trap(
    "ansible#29124",
    "A worker that dies under a task hangs the run.",
)
async def test_the_connection_breaks_during_a_command(sshd_alone: openssh.OpenSsh) -> None:
    """A broken connection is an answer at once (ansible#29124)."""
    async with using(sshd_alone.files()) as transport:
        asking = asyncio.create_task(ask(transport, sshd_alone.host(), "echo begun; sleep 30"))
        await _busy(sshd_alone)
        sshd_alone.drop_connections()
        answer = await asking
        assert isinstance(answer, Fault)
        assert (answer.kind, answer.begun, answer.may_live) == (FaultKind.LOST, True, True)
        assert "the connection was lost" in answer.message
        assert answer.partial["stdout"].text == "begun\n"
        assert await rc(transport, sshd_alone.host()) == 0, "the next request gets a new connection"


async def test_a_connection_that_died_in_between_is_opened_again(sshd_alone: openssh.OpenSsh) -> None:
    async with using(sshd_alone.files()) as transport:
        assert await rc(transport, sshd_alone.host()) == 0
        sshd_alone.drop_connections()
        assert await rc(transport, sshd_alone.host()) == 0


async def test_a_connection_is_reset_during_a_command(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    cut = threading.Event()
    with listener(lambda peer: _relay(peer, sshd.port, cut, reset=True)) as port:
        async with using(_relayed(sshd, port, tmp_path)) as transport:
            asking = asyncio.create_task(ask(transport, at_relay(port), f"touch {tmp_path}/begun; sleep 3"))
            await _appears(tmp_path / "begun")
            cut.set()
            answer = await asking
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.begun) == (FaultKind.LOST, True)


async def test_a_half_open_connection_meets_the_deadline(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    cut = threading.Event()
    with listener(lambda peer: _relay(peer, sshd.port, cut, reset=False)) as port:
        async with using(_relayed(sshd, port, tmp_path)) as transport:
            asking = asyncio.create_task(
                ask(transport, at_relay(port), f"touch {tmp_path}/begun; sleep 4", timeout_ms=2_000)
            )
            await _appears(tmp_path / "begun")
            cut.set()
            began = time.monotonic()
            answer = await asking
            assert time.monotonic() - began < 5
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.begun, answer.may_live) == (FaultKind.TIMEOUT, True, True)


async def test_cancelling_on_a_half_open_connection_is_bounded(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    cut = threading.Event()
    with listener(lambda peer: _relay(peer, sshd.port, cut, reset=False)) as port:
        async with using(_relayed(sshd, port, tmp_path)) as transport:
            asking = asyncio.create_task(ask(transport, at_relay(port), f"touch {tmp_path}/begun; sleep 4"))
            await _appears(tmp_path / "begun")
            cut.set()
            began = time.monotonic()
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            assert time.monotonic() - began < 3.5


async def test_cancelling_while_connecting_returns_at_once(sshd: openssh.OpenSsh) -> None:
    with listener(lambda peer: _ignore(peer.recv(1))) as port:
        began = time.monotonic()
        async with using(sshd.files()) as transport:
            asking = asyncio.create_task(ask(transport, at(port)))
            await asyncio.sleep(0.1)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
        assert time.monotonic() - began < 2, "closing does not wait for the host either"


# -- many at once


async def test_one_connection_however_many_ask_at_once(sshd_alone: openssh.OpenSsh) -> None:
    async with using(sshd_alone.files()) as transport:
        results = await asyncio.gather(*(rc(transport, sshd_alone.host()) for _ in range(12)))
        assert set(results) == {0}
        assert len(sshd_alone.connections()) == 1


async def test_a_host_that_allows_few_sessions_is_used_within_its_means(tmp_path: Path) -> None:
    with openssh.serve(tmp_path / "sshd", extra="MaxSessions 2") as server:
        async with using(server.files()) as transport:
            results = await asyncio.gather(*(rc(transport, server.host(), "sleep 0.1") for _ in range(8)))
            assert set(results) == {0}
            assert len(server.connections()) == 1


async def test_a_host_that_allows_no_session_says_so(tmp_path: Path) -> None:
    with openssh.serve(tmp_path / "sshd", extra="MaxSessions 0") as server:
        found = await fault(server.files(), server.host())
    assert (found.kind, found.begun) == (FaultKind.REFUSED, False)


async def test_all_eight_that_are_overdue_at_once_are_ended(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    async with using(sshd.files()) as transport:
        commands = [f"echo $$ >{tmp_path}/{n}; sleep 60" for n in range(8)]
        began = time.monotonic()
        answers = await asyncio.gather(*(ask(transport, sshd.host(), each, timeout_ms=1_500) for each in commands))
        assert time.monotonic() - began < 6
    assert [answer.may_live for answer in answers if isinstance(answer, Fault)] == [False] * 8


async def test_eight_that_ignore_sigterm_are_ended_no_later_than_one(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    async with using(sshd.files()) as transport:
        commands = [f"trap '' TERM; echo $$ >{tmp_path}/{n}; while :; do sleep 0.2; done" for n in range(8)]
        began = time.monotonic()
        answers = await asyncio.gather(*(ask(transport, sshd.host(), each, timeout_ms=1_500) for each in commands))
        assert time.monotonic() - began < 7
    assert [answer.may_live for answer in answers if isinstance(answer, Fault)] == [False] * 8


async def test_a_host_that_runs_something_else_is_no_answer(tmp_path: Path) -> None:
    with openssh.serve(tmp_path / "sshd", extra="ForceCommand echo This account is not available; exit 1") as server:
        found = await fault(server.files(), server.host())
    assert (found.kind, found.begun) == (FaultKind.ERROR, False)
    assert "before the command was started" in found.message
    assert found.hint == "It said: This account is not available"


async def test_what_a_login_shell_complains_about_is_kept_and_the_marker_is_not(tmp_path: Path) -> None:
    extra = 'ForceCommand printf noise >&2; eval "$SSH_ORIGINAL_COMMAND"'
    with openssh.serve(tmp_path / "sshd", extra=extra) as server:
        async with using(server.files()) as transport:
            answer = await ask(transport, server.host(), "echo fine; echo err >&2")
    assert isinstance(answer, ShellReply)
    assert (answer.stdout.text, answer.stderr.text) == ("fine\n", "noiseerr\n")


async def test_a_shell_that_comes_only_after_the_deadline_is_still_ended(tmp_path: Path) -> None:
    """Its group is not known yet when the time is up: it is waited for a moment, and not left behind."""
    extra = 'ForceCommand sleep 0.6; eval "$SSH_ORIGINAL_COMMAND"'
    with openssh.serve(tmp_path / "sshd", extra=extra) as server:
        async with using(server.files()) as transport:
            assert isinstance(await ask(transport, server.host()), ShellReply)
            answer = await ask(transport, server.host(), f"echo $$ >{tmp_path}/pid; exec sleep 60", timeout_ms=300)
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.begun, answer.may_live) == (FaultKind.TIMEOUT, True, False)


async def test_after_close_nothing_is_sent(sshd: openssh.OpenSsh) -> None:
    transport = ssh_transport(files=sshd.files())
    assert await rc(transport, sshd.host()) == 0
    await transport.close()
    answer = await ask(transport, sshd.host())
    assert isinstance(answer, Fault)
    assert not answer.begun
    assert not [thread.name for thread in threading.enumerate() if "ssh" in thread.name.lower()]


async def test_nothing_reaches_the_terminal(sshd: openssh.OpenSsh, capfd: pytest.CaptureFixture[str]) -> None:
    await fault(sshd.files(), at(openssh.free_port()))
    await fault(sshd.files(known_hosts=()), sshd.host())
    with listener(lambda peer: peer.sendall(b"SSH-2.0-broken\r\nnonsense that is no packet\r\n" * 20)) as port:
        await fault(sshd.files(), at(port), timeout_ms=3_000)
    assert capfd.readouterr() == ("", "")


# -- what the tests stand on


@pytest.fixture
def sshd_alone(tmp_path: Path) -> Iterator[openssh.OpenSsh]:
    """A server whose connections may be dropped."""
    if openssh.find_sshd() is None:
        pytest.skip("OpenSSH's sshd is not installed")
    with openssh.serve(tmp_path / "alone") as server:
        yield server


@pytest.fixture(autouse=True)
def _needs_sshd(sshd: openssh.OpenSsh) -> None:
    """Skip all of this where there is no sshd."""


def at_relay(port: int) -> Host:
    return Host(name=TargetName("relayed"), address=openssh.LOOPBACK, port=port)


def _relayed(server: openssh.OpenSsh, port: int, folder: Path) -> UserFiles:
    known = folder / "known_hosts"
    known.write_text(f"[{openssh.LOOPBACK}]:{port} {openssh.public_key(server.host_keys[0])}\n")
    return server.files(known_hosts=(known,))


def _relay(peer: socket.socket, port: int, cut: threading.Event | None = None, *, reset: bool = False) -> None:
    """Carry bytes to the real server and back; once cut, reset the connection or carry nothing any more."""
    cut = cut or threading.Event()
    with socket.create_connection((openssh.LOOPBACK, port)) as server:
        back = threading.Thread(target=_carry, args=(server, peer, cut))
        back.start()
        _carry(peer, server, cut)
        if cut.is_set() and reset:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            peer.close()
        elif cut.is_set():
            with suppress(OSError):
                while peer.recv(65_536):
                    pass  # swallowed: the other side believes that all is well
        server.shutdown(socket.SHUT_RDWR)
        back.join()


def _carry(source: socket.socket, sink: socket.socket, cut: threading.Event) -> None:
    source.settimeout(0.05)
    with suppress(OSError):
        while not cut.is_set():
            try:
                data = source.recv(65_536)
            except TimeoutError:
                continue
            if not data:
                return
            sink.sendall(data)
    source.settimeout(None) if source.fileno() >= 0 else None


def _ignore(_: object) -> None:
    return


def _fingerprint(key: Path) -> str:
    shown = subprocess.run(
        ["ssh-keygen", "-lf", f"{key}.pub"], capture_output=True, text=True, check=True, timeout=20
    )
    return shown.stdout.split()[1]


async def _appears(file: Path) -> None:
    async with asyncio.timeout(10):
        while not await asyncio.to_thread(file.exists):
            await asyncio.sleep(0.01)


async def _busy(server: openssh.OpenSsh) -> None:
    """Wait until a command runs on the server."""
    async with asyncio.timeout(10):
        while not await asyncio.to_thread(_children_of, server.connections()):
            await asyncio.sleep(0.05)


def _children_of(parents: list[int]) -> bool:
    """Return whether the command runs below one of the processes, however far."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=", "-o", "ppid=", "-o", "args="],
        capture_output=True,
        text=True,
        check=True,
        timeout=10,
    )
    rows = [row for line in listed.stdout.splitlines() if len(row := line.split(None, 2)) == 3]
    below = {int(pid): int(parent) for pid, parent, _ in rows}
    return any("sleep 30" in text and _is_below(int(pid), parents, below) for pid, _, text in rows)


def _is_below(pid: int, parents: list[int], below: dict[int, int]) -> bool:
    while pid in below:
        pid = below[pid]
        if pid in parents:
            return True
    return False
