"""A server that takes little at once, as small devices do: script and input leave piece by piece."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import paramiko
import pytest

from playbook_engine.model.replies import Fault, FaultKind, ShellReply
from playbook_engine.model.requests import ShellRequest
from playbook_engine.model.targets import Host
from playbook_engine.sandbox import ssh_server
from playbook_engine.sandbox.guard import Guard
from playbook_engine.transports.ssh.settings import UserFiles
from playbook_engine.transports.ssh.transport import SshTransport
from playbook_engine.values import Duration, ShellText, TargetName

WINDOW = 32 * 1024


class Narrow:
    """A transport, and the server that it talks to."""

    def __init__(self, folder: Path) -> None:
        key = paramiko.ECDSAKey.generate()
        self.guard = Guard()
        self.server = ssh_server.SshServer(folder, key, self.guard)
        self.server.start()
        key_file, known_hosts = ssh_server.write_client_files(folder / "client", key, (self.server,))
        files = UserFiles(
            home=folder,
            user=ssh_server.USER,
            config=(),
            known_hosts=(known_hosts,),
            identities=(key_file,),
            agent_socket=None,
        )
        self.transport = SshTransport(jitter=lambda: 0.5, files=files)
        self.host = Host(name=TargetName("narrow"), address="127.0.0.1", port=self.server.port)

    def request(self, command: str, stdin: str | None = None, timeout_ms: int = 20_000) -> ShellRequest:
        return ShellRequest(target=self.host, shell=ShellText(command), stdin=stdin, timeout=Duration(timeout_ms))


@pytest.fixture
async def narrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Narrow]:
    class Small(ssh_server._Transport):
        def __init__(self, sock: socket.socket) -> None:
            super().__init__(sock)
            self.default_window_size = WINDOW

    monkeypatch.setattr(ssh_server, "_Transport", Small)
    made = Narrow(tmp_path)
    yield made
    await made.transport.close()
    made.server.close()


async def test_a_script_that_is_larger_than_the_window(narrow: Narrow) -> None:
    answer = await narrow.transport.perform(narrow.request(f": {'x' * 3 * WINDOW}; echo done"))
    assert isinstance(answer, ShellReply), answer
    assert answer.stdout.text == "done\n"


async def test_input_that_is_larger_than_the_window(narrow: Narrow) -> None:
    size = 30 * WINDOW
    answer = await narrow.transport.perform(narrow.request(f"head -c {size} /dev/zero >&2; wc -c", "x" * size))
    assert isinstance(answer, ShellReply), answer
    assert answer.stdout.text.strip() == str(size)
    assert answer.stderr.size == size


async def test_input_that_nobody_reads(narrow: Narrow) -> None:
    answer = await narrow.transport.perform(narrow.request("sleep 0.3; echo done", "x" * 30 * WINDOW))
    assert isinstance(answer, ShellReply), answer
    assert answer.stdout.text == "done\n"
    answer = await narrow.transport.perform(narrow.request("sleep 60", "x" * 30 * WINDOW, 500))
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.begun, answer.may_live) == (FaultKind.TIMEOUT, True, False)
