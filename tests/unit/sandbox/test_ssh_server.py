"""The SSH server, as paramiko and OpenSSH see it."""

import os
import shutil
import socket
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import paramiko
import pytest

from playbook_engine.sandbox.guard import Guard
from playbook_engine.sandbox.server import ReservedPort
from playbook_engine.sandbox.ssh_server import USER, SshServer, write_client_files
from playbook_engine.sandbox.web import WebServer, json_reply

needs_ssh = pytest.mark.skipif(shutil.which("ssh") is None, reason="needs OpenSSH's client")


@dataclass(frozen=True)
class Reach:
    """A running server and what a client needs for it."""

    server: SshServer
    key_file: Path
    known_hosts: Path

    def connect(self, user: str = USER, key: paramiko.PKey | None = None) -> paramiko.SSHClient:
        client = paramiko.SSHClient()
        client.load_host_keys(str(self.known_hosts))
        pkey = key or paramiko.ECDSAKey.from_private_key_file(str(self.key_file))
        try:
            client.connect(
                "127.0.0.1",
                self.server.port,
                user,
                pkey=pkey,
                allow_agent=False,
                look_for_keys=False,
                timeout=10,
            )
        except BaseException:
            client.close()
            raise
        return client

    def openssh(self, *command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        options = ["-F", "none", "-i", str(self.key_file), "-o", f"UserKnownHostsFile={self.known_hosts}"]
        options += ["-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "GlobalKnownHostsFile=/dev/null"]
        line = ["ssh", *options, "-p", str(self.server.port), f"{USER}@127.0.0.1", *command]
        return subprocess.run(line, input=stdin, capture_output=True, text=True, check=False, timeout=20)


@pytest.fixture
def reach(tmp_path: Path, guard: Guard) -> Iterator[Reach]:
    home = tmp_path / "home"
    home.mkdir()
    client_key = paramiko.ECDSAKey.generate()
    server = SshServer(home, client_key, guard)
    server.start()
    yield Reach(server, *write_client_files(tmp_path / "ssh", client_key, (server,)))
    server.close()


def _run(client: paramiko.SSHClient, command: str, stdin: bytes = b"") -> tuple[int, bytes, bytes]:
    into, out, err = client.exec_command(command, timeout=20)
    into.write(stdin)
    into.channel.shutdown_write()
    stdout, stderr = out.read(), err.read()
    return out.channel.recv_exit_status(), stdout, stderr


def test_a_command_has_its_streams_and_its_status(reach: Reach) -> None:
    with reach.connect() as client:
        assert _run(client, "cat; echo bad >&2; exit 3", b"hello") == (3, b"hello", b"bad\n")


def test_commands_start_in_the_folder_with_little_in_their_environment(reach: Reach) -> None:
    with reach.connect() as client:
        _, out, _ = _run(client, "pwd; echo $HOME $USER; echo ${SSH_AUTH_SOCK-unset}")
    home = str(reach.server.folder)
    assert out.decode().splitlines() == [home, f"{home} {USER}", "unset"]


def test_many_sessions_run_side_by_side_on_one_connection(reach: Reach) -> None:
    with reach.connect() as client:
        opened = [client.exec_command(f"read line; echo {number} $line", timeout=20) for number in range(8)]
        for into, _, _ in reversed(opened):
            into.write(b"go\n")
            into.flush()
        assert [out.read() for _, out, _ in opened] == [f"{number} go\n".encode() for number in range(8)]


def test_sessions_beyond_the_limit_are_refused_and_the_others_go_on(reach: Reach) -> None:
    with reach.connect() as client:
        opened = [client.exec_command("cat", timeout=20) for _ in range(10)]
        with pytest.raises(paramiko.ChannelException):
            client.exec_command("true")
        into, out, _ = opened[0]
        into.write(b"still here")
        into.channel.shutdown_write()
        assert out.read() == b"still here"


def test_quick_commands_follow_each_other_quickly(reach: Reach) -> None:
    with reach.connect() as client:
        assert [_run(client, "true")[0] for _ in range(20)] == [0] * 20


def test_much_output_on_both_streams_arrives_whole(reach: Reach) -> None:
    half = "head -c 3000000 /dev/zero"
    with reach.connect() as client:
        channel = client.get_transport()
        assert channel is not None
        session = channel.open_session()
        session.exec_command(f"{half} & {half} >&2; wait")
        sizes = {"out": 0, "err": 0}

        def drain_errors() -> None:
            while data := session.recv_stderr(65_536):
                sizes["err"] += len(data)

        other = threading.Thread(target=drain_errors)
        other.start()
        while data := session.recv(65_536):
            sizes["out"] += len(data)
        other.join()
        assert session.recv_exit_status() == 0
    assert sizes == {"out": 3_000_000, "err": 3_000_000}


def test_much_input_arrives_whole(reach: Reach) -> None:
    with reach.connect() as client:
        assert _run(client, "wc -c", b"x" * 3_000_000)[1].strip() == b"3000000"


def test_input_that_nobody_reads_does_not_keep_a_command(reach: Reach) -> None:
    with reach.connect() as client:
        into, out, _ = client.exec_command("exec <&-; exit 4", timeout=20)
        with suppress(OSError):  # the command may be over before all of it is sent
            into.write(b"x" * 500_000)
        assert out.channel.recv_exit_status() == 4


def test_a_command_that_closes_its_output_is_waited_for(reach: Reach) -> None:
    with reach.connect() as client:
        assert _run(client, "exec >&- 2>&-; sleep 0.2; exit 7")[0] == 7


def test_the_language_is_taken_over_and_nothing_else(reach: Reach) -> None:
    with reach.connect() as client:
        transport = client.get_transport()
        assert transport is not None
        session = transport.open_session()
        session.set_environment_variable("LANG", "zh_CN.UTF-8")
        session.set_environment_variable("SECRET", "1")
        session.exec_command("echo $LANG ${SECRET-none}")
        assert session.makefile("rb").read() == b"zh_CN.UTF-8 none\n"


@pytest.mark.parametrize("leave", ["channel", "connection", "server"])
def test_the_process_group_is_killed_when_its_channel_closes(reach: Reach, tmp_path: Path, leave: str) -> None:
    fifo = tmp_path / "alive"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    with reach.connect() as client:
        # The fifo stays open for writing as long as any process of the group lives.
        _, out, _ = client.exec_command(f"exec 3>{fifo}; sleep 60 & echo ready; wait", timeout=20)
        assert out.readline() == "ready\n"
        match leave:
            case "channel":
                out.channel.close()
            case "connection":
                client.close()
            case _:
                reach.server.close()
        os.set_blocking(reader, True)
        assert os.read(reader, 1) == b""
    os.close(reader)


def test_what_a_command_leaves_in_the_background_lives_until_the_guard_ends(tmp_path: Path) -> None:
    guard = Guard()
    guard.start()
    client_key = paramiko.ECDSAKey.generate()
    server = SshServer(tmp_path, client_key, guard)
    server.start()
    fifo = tmp_path / "alive"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    with Reach(server, *write_client_files(tmp_path / "ssh", client_key, (server,))).connect() as client:
        assert _run(client, f"sleep 60 3>{fifo} >/dev/null 2>&1 </dev/null & echo begun")[1] == b"begun\n"
    server.close()
    with pytest.raises(BlockingIOError):
        os.read(reader, 1)
    guard.close()
    os.set_blocking(reader, True)
    assert os.read(reader, 1) == b""
    os.close(reader)


@pytest.mark.usefixtures("no_thread_left")
def test_a_process_that_left_the_group_keeps_nothing_of_ours(tmp_path: Path, guard: Guard) -> None:
    if shutil.which("setsid") is None:
        pytest.skip("needs setsid")
    client_key = paramiko.ECDSAKey.generate()
    server = SshServer(tmp_path, client_key, guard)
    server.start()
    reach = Reach(server, *write_client_files(tmp_path / "ssh", client_key, (server,)))
    with reach.connect() as client:
        _, out, _ = client.exec_command("setsid sleep 3 & echo ready", timeout=20)
        assert out.readline() == "ready\n"
        out.channel.close()
    server.close()


def test_only_the_key_of_the_user_opens_the_door(reach: Reach) -> None:
    with pytest.raises(paramiko.AuthenticationException):
        reach.connect(key=paramiko.ECDSAKey.generate())
    with pytest.raises(paramiko.AuthenticationException):
        reach.connect(user="root")


def test_a_way_through_leads_to_loopback_and_to_nowhere_else(reach: Reach) -> None:
    web = WebServer(lambda request: json_reply(200, {"path": request.path}))
    web.start()
    nobody = ReservedPort()
    with reach.connect() as client:
        transport = client.get_transport()
        assert transport is not None
        way = transport.open_channel("direct-tcpip", ("localhost", web.port), ("127.0.0.1", 2))
        way.sendall(b"GET /through HTTP/1.1\r\n\r\n")
        assert way.makefile("rb").read().endswith(b'{"path": "/through"}\n')
        way.close()
        for there, code in ((("192.0.2.1", 80), 1), (("127.0.0.1", nobody.number), 2)):
            with pytest.raises(paramiko.ChannelException) as refused:
                transport.open_channel("direct-tcpip", there, ("127.0.0.1", 2))
            assert refused.value.code == code
        with pytest.raises(paramiko.SSHException):
            client.open_sftp()
    nobody.close()
    web.close()


def test_a_way_through_ends_with_its_client(reach: Reach) -> None:
    """What is at the other end may be silent for ever; the connection to it is hung up."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with reach.connect() as client:
            transport = client.get_transport()
            assert transport is not None
            transport.open_channel("direct-tcpip", silent.getsockname(), ("127.0.0.1", 2))
            other, _ = silent.accept()
        with other:
            other.settimeout(10)
            assert other.recv(1) == b""


def test_a_command_that_no_shell_can_be_given_is_refused(reach: Reach) -> None:
    with reach.connect() as client:
        with pytest.raises(paramiko.SSHException):
            client.exec_command("echo a\0b")
        assert _run(client, "echo fine")[1] == b"fine\n"


@pytest.mark.parametrize("junk", [b"", b"GET / HTTP/1.1\r\n\r\n", b"SSH-2.0-x\r\n\x00\x00\x00\x01"])
def test_clients_that_speak_something_else_are_hung_up_on_quietly(
    reach: Reach, junk: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_connection(("127.0.0.1", reach.server.port), timeout=20) as client:
        client.sendall(junk)
        client.shutdown(socket.SHUT_WR)
        try:
            while client.recv(4096):
                pass
        except ConnectionResetError:
            pass
    with reach.connect() as other:
        assert _run(other, "echo fine")[1] == b"fine\n"
    assert capfd.readouterr() == ("", "")


def test_the_private_key_is_for_its_owner_alone(reach: Reach) -> None:
    assert stat.S_IMODE(reach.key_file.stat().st_mode) == 0o600


@needs_ssh
def test_openssh_gets_streams_and_status(reach: Reach) -> None:
    done = reach.openssh("cat; echo bad >&2; exit 3", stdin="hello")
    assert (done.returncode, done.stdout, done.stderr) == (3, "hello", "bad\n")


@needs_ssh
def test_openssh_gets_a_shell_without_a_command(reach: Reach) -> None:
    done = reach.openssh(stdin="pwd\nexit 5\n")
    assert (done.returncode, done.stdout.strip()) == (5, str(reach.server.folder))


@needs_ssh
def test_openssh_learns_of_the_signal_that_ended_a_command(reach: Reach) -> None:
    done = reach.openssh("-v", "kill -TERM $$")
    assert done.returncode == 255
    assert "exit-signal" in done.stderr


def test_the_signal_message_reaches_the_client(reach: Reach) -> None:
    with reach.connect() as client:
        status, out, _ = _run(client, "echo before; kill -KILL $$")
    assert (status, out) == (-1, b"before\n")
