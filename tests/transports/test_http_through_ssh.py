"""HTTP requests through a host's SSH connection: `localhost` is the host's own, over the real OpenSSH."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openssh
import paramiko
import pytest
from certificates import Authority
from loopback_http import serve

from playbook_engine.model.replies import Answer, Fault, FaultKind, HttpReply, ShellReply
from playbook_engine.model.requests import Bearer, HttpRequest, ShellRequest, Tls
from playbook_engine.model.targets import Host
from playbook_engine.transports.http import HttpTransport
from playbook_engine.transports.ssh.transport import SshTransport
from playbook_engine.transports.ssh.tunnel import refusal
from playbook_engine.values import Duration, Secret, SecretText, ShellText, TargetName

__all__ = ["serve"]
pytestmark = pytest.mark.sshd
Serve = Callable[..., Awaitable[str]]
MIB = 1024 * 1024


class Through:
    """An HTTP transport that goes through the server, and the SSH transport under it."""

    def __init__(self, server: openssh.OpenSsh) -> None:
        self.ssh = SshTransport(jitter=lambda: 0.5, files=server.files())
        self.http = HttpTransport(tunnels=self.ssh)
        self.host = server.host()

    def request(self, url: str, method: str = "GET", **fields: Any) -> HttpRequest:
        given: dict[str, Any] = {"target": self.host, "timeout": Duration(10_000), "via_ssh": True} | fields
        return HttpRequest(method=method, url=url, **given)

    async def ask(self, url: str, method: str = "GET", **fields: Any) -> Answer:
        return await self.http.perform(self.request(url, method, **fields))

    async def reply(self, url: str, method: str = "GET", **fields: Any) -> HttpReply:
        answer = await self.ask(url, method, **fields)
        assert isinstance(answer, HttpReply), answer
        return answer

    async def fault(self, url: str, method: str = "GET", **fields: Any) -> Fault:
        answer = await self.ask(url, method, **fields)
        assert isinstance(answer, Fault), answer
        return answer

    async def close(self) -> None:
        await asyncio.gather(self.http.close(), self.ssh.close())
        assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("ssh")]


@pytest.fixture
async def through(sshd: openssh.OpenSsh) -> AsyncIterator[Through]:
    made = Through(sshd)
    yield made
    await made.close()


class Echo:
    """Answers with what it was sent; counts connections, and remembers who they came from."""

    def __init__(self) -> None:
        self.connections = 0
        self.headers: list[dict[str, str]] = []

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = dict(line.split(": ", 1) for line in head[1:] if line)
            self.headers.append({name.lower(): value for name, value in headers.items()})
            body = await reader.readexactly(int(self.headers[-1].get("content-length", "0")))
            answer = head[0].encode() + b"|" + body
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))
            await writer.drain()


async def test_a_request_goes_through_the_host(serve: Serve, through: Through) -> None:
    at = await serve(Echo().handle)
    reply = await through.reply(f"http://{at}/health?x=1")
    assert (reply.status, reply.body.text) == (200, "GET /health?x=1 HTTP/1.1|")


async def test_proxies_of_this_machine_are_not_asked(
    serve: Serve, through: Through, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = await serve(Echo().handle)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    assert (await through.reply(f"http://{at}/")).status == 200


async def test_commands_and_requests_share_one_connection(
    serve: Serve, through: Through, sshd: openssh.OpenSsh
) -> None:
    at = await serve(Echo().handle)
    before = set(sshd.connections())
    await through.reply(f"http://{at}/")
    command = ShellRequest(target=through.host, shell=ShellText("true"), timeout=Duration(10_000))
    assert isinstance(await through.ssh.perform(command), ShellReply)
    await through.reply(f"http://{at}/")
    assert len(set(sshd.connections()) - before) == 1


async def test_reading_keeps_its_way_and_a_change_gets_its_own(serve: Serve, through: Through) -> None:
    echo = Echo()
    at = await serve(echo.handle)
    for _ in range(3):
        await through.reply(f"http://{at}/")
    assert echo.connections == 1
    for _ in range(2):
        await through.reply(f"http://{at}/", "POST", body="x")
    assert echo.connections == 3


async def test_much_there_and_back(serve: Serve, through: Through) -> None:
    at = await serve(Echo().handle)
    body = "".join(f"{n:07}\n" for n in range(3 * MIB // 8))
    reply = await through.reply(f"http://{at}/", "POST", body=body)
    assert reply.body.size == len("POST / HTTP/1.1|") + len(body)
    assert reply.body.tail.endswith(body[-100:])


async def test_thirty_at_once(serve: Serve, through: Through) -> None:
    at = await serve(Echo().handle)
    replies = await asyncio.gather(*(through.reply(f"http://{at}/{n}") for n in range(30)))
    assert [reply.body.text.split()[1] for reply in replies] == [f"/{n}" for n in range(30)]


async def test_tls_is_between_us_and_the_server(serve: Serve, through: Through, tmp_path: Path) -> None:
    own, clients = Authority(tmp_path), Authority(tmp_path / "clients", "clients")
    at = await serve(Echo().handle, own.server("api.internal", clients))
    tls = Tls(ca=str(own.file), cert=str(clients.issue("ops").both), server_name="api.internal")

    assert (await through.reply(f"https://{at}/", tls=tls)).status == 200
    assert (await through.reply(f"https://{at}/", "POST", body="x" * MIB, tls=tls)).body.size > MIB
    found = await through.fault(f"https://{at}/", tls=replace(tls, ca=None))
    assert (found.kind, found.begun) == (FaultKind.UNREACHABLE, False)
    assert "is not accepted" in found.message


async def test_credentials_go_to_the_host_that_was_asked_only(serve: Serve, through: Through) -> None:
    echo = Echo()
    there = await serve(echo.handle)

    async def away(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 302 X\r\nLocation: http://{there}/\r\nContent-Length: 0\r\n\r\n".encode())
        await reader.read()

    at = await serve(away)
    auth = Bearer(token=SecretText((Secret("T", "t0ken"),)))
    assert (await through.reply(f"http://{at}/", auth=auth, follow=1)).status == 200
    assert "authorization" not in echo.headers[0]


# -- what goes wrong


async def test_nothing_listens_where_the_host_looks(through: Through) -> None:
    port = openssh.free_port()
    for url in (f"http://localhost:{port}/", f"https://127.0.0.1:{port}/"):
        found = await through.fault(url)
        assert (found.kind, found.begun) == (FaultKind.UNREACHABLE, False)
        assert f":{port} does not accept a connection" in found.message
        assert found.message.startswith("api-1 (127.0.0.1:")


async def test_a_name_that_the_host_does_not_know(through: Through) -> None:
    found = await through.fault("http://no-such-name.invalid/")
    assert (found.kind, found.begun) == (FaultKind.UNREACHABLE, False)
    assert "no-such-name.invalid:80" in found.message


async def test_a_host_that_cannot_be_reached(sshd: openssh.OpenSsh, through: Through) -> None:
    gone = replace(through.host, name=TargetName("gone"), port=openssh.free_port())
    found = await through.fault("http://localhost/", target=gone)
    assert (found.kind, found.begun) == (FaultKind.UNREACHABLE, False)
    assert found.message.startswith("gone ")


async def test_a_host_whose_key_is_not_known(sshd: openssh.OpenSsh) -> None:
    ssh = SshTransport(jitter=lambda: 0.5, files=sshd.files(known_hosts=()))
    http = HttpTransport(tunnels=ssh)
    request = HttpRequest(
        target=sshd.host(), method="GET", url="http://localhost/", via_ssh=True, timeout=Duration(5_000)
    )
    try:
        found = await http.perform(request)
    finally:
        await http.close()
        await ssh.close()
    assert isinstance(found, Fault)
    assert found.kind is FaultKind.HOST_KEY


async def test_a_host_that_forwards_nothing(serve: Serve, tmp_path: Path) -> None:
    at = await serve(Echo().handle)
    with openssh.serve(tmp_path / "closed", extra="AllowTcpForwarding no") as server:
        through = Through(server)
        try:
            found = await through.fault(f"http://{at}/")
        finally:
            await through.close()
    assert (found.kind, found.begun) == (FaultKind.REFUSED, False)
    assert f"the host lets no connection through to {at}" in found.message
    assert "AllowTcpForwarding" in (found.hint or "")


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (paramiko.ChannelException(1, "x"), FaultKind.REFUSED, "the host lets no connection through to h:1"),
        (paramiko.ChannelException(2, "x"), FaultKind.UNREACHABLE, "from the host, h:1 does not accept a connection"),
        (paramiko.ChannelException(3, "x"), FaultKind.REFUSED, "the host's SSH server lets no connections through"),
        (paramiko.ChannelException(4, "x"), FaultKind.UNREACHABLE, "the host has no room for another connection to h:1"),
        (paramiko.ChannelException(99, "x"), FaultKind.UNREACHABLE, "from the host, there is no way to h:1"),
        (paramiko.SSHException("x"), FaultKind.UNREACHABLE, "from the host, there is no way to h:1"),
        (OSError("x"), FaultKind.UNREACHABLE, "from the host, there is no way to h:1"),
    ],
)  # fmt: skip
def test_what_each_refusal_means(error: Exception, kind: FaultKind, words: str) -> None:
    found = refusal(error, "api-1", "h:1")
    assert (found.kind, found.message, found.begun) == (kind, f"api-1: {words}", False)


async def test_a_silent_server_is_a_timeout_and_its_way_is_closed(serve: Serve, through: Through) -> None:
    gone = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await reader.read()
        gone.set()

    at = await serve(silent)
    found = await through.fault(f"http://{at}/", timeout=Duration(500))
    assert (found.kind, found.begun) == (FaultKind.TIMEOUT, True)
    assert found.message == f"no complete answer from {at} (from api-1) within 500ms"
    async with asyncio.timeout(5):
        await gone.wait()


async def test_a_server_that_never_shakes_hands(serve: Serve, through: Through) -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    at = await serve(mute)
    found = await through.fault(f"https://{at}/", timeout=Duration(500))
    assert (found.kind, found.begun) == (FaultKind.UNREACHABLE, False)


async def test_a_server_that_hangs_up(serve: Serve, through: Through) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")

    at = await serve(hang_up)
    found = await through.fault(f"http://{at}/", "POST", body="x")
    assert (found.kind, found.begun) == (FaultKind.LOST, True)
    assert found.partial["body"].text == "abc"


async def test_a_lost_ssh_connection_is_lost_and_the_next_request_gets_a_new_one(
    serve: Serve, tmp_path: Path
) -> None:
    arrived = asyncio.Event()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if b"/slow" in head:
            arrived.set()
            await reader.read()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await reader.read()

    at = await serve(slow)
    with openssh.serve(tmp_path / "dropped") as server:
        through = Through(server)
        try:
            asking = asyncio.create_task(through.ask(f"http://{at}/slow", "POST", body="x"))
            await arrived.wait()
            server.drop_connections()
            found = await asking
            assert isinstance(found, Fault)
            assert (found.kind, found.begun) == (FaultKind.LOST, True)
            assert (await through.reply(f"http://{at}/")).body.text == "ok"
        finally:
            await through.close()


async def test_cancelling_closes_the_way(serve: Serve, through: Through) -> None:
    began, gone = asyncio.Event(), asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        began.set()
        await reader.read()
        gone.set()

    at = await serve(silent)
    asking = asyncio.create_task(through.ask(f"http://{at}/"))
    await began.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    async with asyncio.timeout(5):
        await gone.wait()


async def test_a_host_with_a_local_connection_needs_no_way(serve: Serve) -> None:
    at = await serve(Echo().handle)
    http = HttpTransport()
    me = Host(name=TargetName("me"), connection="local")
    request = HttpRequest(target=me, method="GET", url=f"http://{at}/", via_ssh=True, timeout=Duration(5_000))
    try:
        answer = await http.perform(request)
    finally:
        await http.close()
    assert isinstance(answer, HttpReply)


async def test_after_close_nothing_is_sent(serve: Serve, sshd: openssh.OpenSsh) -> None:
    at = await serve(Echo().handle)
    through = Through(sshd)
    assert (await through.reply(f"http://{at}/")).status == 200
    await through.close()
    found = await through.ask(f"http://{at}/", "POST", body="x")
    assert isinstance(found, Fault)
    assert not found.begun
