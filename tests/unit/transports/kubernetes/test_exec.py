"""`exec` and servers that behave oddly: what is not known is never reported as an exit status."""

import asyncio
import base64
import datetime as dt
import hashlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from certificates import certificate

from playbook_engine.model.replies import Answer, Fault, FaultKind, ShellReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.model.targets import Cluster
from playbook_engine.transports.kubernetes.transport import KubernetesTransport
from playbook_engine.values import Duration, TargetName

POD = json.dumps({"metadata": {"name": "x"}, "spec": {"containers": [{"name": "first"}, {"name": "second"}]}})
MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
SUCCESS = b'{"status": "Success"}'
Converse = Callable[[socket.socket], None]


def frame(channel: int, data: bytes, *, first: int = 0x82) -> bytes:
    payload = bytes([channel]) + data
    return struct.pack("!BBH", first, 126, len(payload)) + payload


CLOSE = struct.pack("!BBH", 0x88, 2, 1000)


def status(code: int) -> bytes:
    causes = [{"reason": "ExitCode", "message": str(code)}]
    return json.dumps({"status": "Failure", "reason": "NonZeroExitCode", "details": {"causes": causes}}).encode()


class OddServer:
    """Answers GET of a pod, and makes a WebSocket of exec; what is said on it is up to the test."""

    def __init__(self, converse: Converse, *, refusal: bytes = b"", tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[str] = []
        self._converse = converse
        self._refusal = refusal
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._tls = tls
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._listener.getsockname()[1]}"
        self.over = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self.over.set()
        with suppress(OSError), socket.create_connection(self._listener.getsockname(), timeout=1):
            pass  # wakes the thread that accepts
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while not self.over.is_set():
            connection, _ = self._listener.accept()
            with connection, suppress(OSError):
                if self._tls is None:
                    self._answer(connection)
                else:
                    with self._tls.wrap_socket(connection, server_side=True) as wrapped:
                        self._answer(wrapped)

    def _answer(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            got = connection.recv(65536)
            if not got:
                return
            head += got
        self.asked.append(head.decode())
        if b"upgrade: websocket" not in head.lower():
            reply = f"HTTP/1.1 200 OK\r\nContent-Length: {len(POD)}\r\nConnection: close\r\n\r\n{POD}"
            connection.sendall(reply.encode())
            return
        if self._refusal:
            connection.sendall(self._refusal)
            return
        key = next(
            line.split(": ")[1]
            for line in head.decode().split("\r\n")
            if line.lower().startswith("sec-websocket-key")
        )
        digest = hashlib.sha1(f"{key}{MAGIC}".encode()).digest()  # noqa: S324 -- RFC 6455 says so
        accept = base64.b64encode(digest).decode()
        lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
        lines += [f"Sec-WebSocket-Accept: {accept}", "Sec-WebSocket-Protocol: v4.channel.k8s.io", "", ""]
        connection.sendall("\r\n".join(lines).encode())
        self._converse(connection)


async def run(
    server: OddServer, transport: KubernetesTransport, tmp_path: Path, config: Any, limit: int = 3000, **fields: Any
) -> Answer:
    path = tmp_path / "config"
    path.write_text(json.dumps(config), encoding="utf-8")
    target = Cluster(name=TargetName("main"), kubeconfig=str(path))
    fields.setdefault("arguments", ("true",))
    request = KubectlRequest(
        target=target, verb="exec", kind="pods", names=("x",), command="exec", timeout=Duration(limit), **fields
    )
    return await transport.perform(request)


@pytest.fixture
def ask(transport: KubernetesTransport, tmp_path: Path, config_for: Callable[[str], Any]) -> Callable[..., Any]:
    async def perform(converse: Converse, **fields: Any) -> Any:
        refusal = fields.pop("refusal", b"")
        server = await asyncio.to_thread(OddServer, converse, refusal=refusal)
        try:
            return await run(server, transport, tmp_path, config_for(server.url), **fields), server.asked
        finally:
            await asyncio.to_thread(server.close)

    return perform


def says(*parts: bytes) -> Converse:
    return lambda connection: connection.sendall(b"".join(parts))


async def test_frames_become_streams_and_a_status(ask: Callable[..., Any]) -> None:
    parts = (
        frame(1, b"one "),
        frame(2, b"err"),
        frame(1, b""),
        frame(1, b"two"),
        frame(9, b"?"),
        frame(3, status(7)),
        CLOSE,
    )
    reply, asked = await ask(says(*parts), arguments=("a b", "ü", "-x"))
    assert isinstance(reply, ShellReply)
    assert (reply.rc, reply.stdout.text, reply.stderr.text) == (7, "one two", "err")
    line = asked[1].splitlines()[0]
    assert line.startswith("GET /api/v1/namespaces/shop/pods/x/exec?stdout=true&stderr=true&")
    assert "command=a+b&command=%C3%BC&command=-x&container=first " in line
    assert "Authorization: Bearer t0ken" in asked[1]


async def test_the_last_words_may_come_after_the_status(ask: Callable[..., Any]) -> None:
    reply, _ = await ask(says(frame(3, SUCCESS), frame(1, b"late"), CLOSE))
    assert (reply.rc, reply.stdout.text) == (0, "late")


async def test_a_connection_that_breaks_after_the_status_is_no_loss(ask: Callable[..., Any]) -> None:
    reply, _ = await ask(says(frame(1, b"out"), frame(3, SUCCESS)))
    assert (reply.rc, reply.stdout.text) == (0, "out")


@pytest.mark.parametrize(
    "parts",
    [(frame(1, b"said"), CLOSE), (frame(1, b"said"),), (frame(1, b"said"), frame(3, status(1))[:-9])],
    ids=["closed", "dropped", "torn"],
)
async def test_without_a_status_nobody_knows_how_it_ended(ask: Callable[..., Any], parts: tuple[bytes, ...]) -> None:
    fault, _ = await ask(says(*parts))
    assert isinstance(fault, Fault)
    assert (fault.kind, fault.begun, fault.may_live) == (FaultKind.LOST, True, True)
    assert fault.partial["stdout"].text == "said"


@pytest.mark.parametrize("text", [b"", b"nonsense", b"[]", b'{"status": "Failure", "message": "no such container"}'])
async def test_a_status_that_tells_no_exit(ask: Callable[..., Any], text: bytes) -> None:
    fault, _ = await ask(says(frame(3, text), CLOSE))
    assert isinstance(fault, Fault)
    assert fault.kind in (FaultKind.REFUSED, FaultKind.LOST)
    assert fault.begun is (fault.kind is FaultKind.LOST)


async def test_pings_are_answered_and_fragments_joined(ask: Callable[..., Any]) -> None:
    ping = struct.pack("!BB", 0x89, 0)
    fragments = struct.pack("!BB", 0x02, 3) + b"\x01ab" + ping + struct.pack("!BB", 0x80, 2) + b"cd"
    reply, _ = await ask(says(fragments, frame(3, SUCCESS), CLOSE))
    assert reply.stdout.text == "abcd"


async def test_silence_ends_at_the_deadline(ask: Callable[..., Any]) -> None:
    def silent(connection: socket.socket) -> None:
        connection.sendall(frame(1, b"begun"))
        connection.settimeout(10)
        connection.recv(1)

    fault, _ = await ask(silent, limit=500)
    assert (fault.kind, fault.begun, fault.may_live) == (FaultKind.TIMEOUT, True, True)
    assert fault.partial["stdout"].text == "begun"
    assert fault.duration_ms < 1500


@pytest.mark.parametrize(
    ("line", "body", "kind", "message"),
    [
        ("403 Forbidden", {"reason": "Forbidden", "message": 'User "eve" cannot create resource "pods/exec"'}, FaultKind.REFUSED, "'eve' may not create pods/exec in namespace shop (RBAC)"),
        ("401 Unauthorized", None, FaultKind.AUTH, "did not accept the credentials"),
        ("400 Bad Request", {"message": "container first is not valid for pod x"}, FaultKind.REFUSED, "container first is not valid"),
        ("404 Not Found", None, FaultKind.REFUSED, "exec was answered with status 404"),
        ("502 Bad Gateway", None, FaultKind.ERROR, "exec was answered with status 502"),
    ],
)  # fmt: skip
async def test_refusals_before_anything_runs(
    ask: Callable[..., Any], line: str, body: Any, kind: FaultKind, message: str
) -> None:
    text = json.dumps(body) if body else "<html>"
    refusal = f"HTTP/1.1 {line}\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode()
    fault, _ = await ask(says(), refusal=refusal)
    assert (fault.kind, fault.begun) == (kind, False)
    assert message in fault.message


# TLS


@pytest.mark.parametrize(
    ("trust", "kind"),
    [("certificate", None), ("nothing", FaultKind.UNREACHABLE), ("anything", None)],
)
async def test_whom_to_trust_is_what_the_kubeconfig_says(
    transport: KubernetesTransport,
    tmp_path: Path,
    config_for: Callable[[str], Any],
    trust: str,
    kind: FaultKind | None,
) -> None:
    pem = certificate(tmp_path, ends=dt.datetime(2200, 1, 1, tzinfo=dt.UTC), address="127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    converse = says(frame(1, b"out"), frame(3, SUCCESS), CLOSE)
    server = await asyncio.to_thread(OddServer, converse, tls=context)
    config = config_for(server.url)
    known = {"certificate": {"certificate-authority": str(pem)}, "anything": {"insecure-skip-tls-verify": True}}
    config["clusters"][0]["cluster"] |= known.get(trust, {})
    try:
        answer = await run(server, transport, tmp_path, config)
    finally:
        await asyncio.to_thread(server.close)
    if kind is None:
        assert isinstance(answer, ShellReply), answer
        assert (answer.rc, answer.stdout.text) == (0, "out")
    else:
        assert isinstance(answer, Fault)
        assert (answer.kind, answer.begun) == (kind, False)


async def test_a_container_without_a_shell(ask: Callable[..., Any]) -> None:
    """A distroless image: the program itself is run, and what cannot be ended is told (runc says it has no sh)."""
    no_shell = b'{"status": "Failure", "reason": "InternalError", "message": "exec: \\"sh\\": executable file not found in $PATH"}'
    turns = iter([says(frame(3, no_shell), CLOSE), says(frame(1, b"out"), frame(3, status(3)), CLOSE)])

    def converse(connection: socket.socket) -> None:
        next(turns)(connection)

    reply, asked = await ask(converse, arguments=("/app", "status"))
    assert isinstance(reply, ShellReply), reply
    assert (reply.rc, reply.stdout.text) == (3, "out")
    commands = [line for line in asked if "/exec" in line]
    assert "command=sh" in commands[0]
    assert "command=%2Fapp&command=status" in commands[1]
    assert "command=sh" not in commands[1]


def test_the_line_with_the_number_is_taken_out() -> None:
    from playbook_engine.transports.kubernetes.framing import Marked

    for cut in range(1, 30):
        marked = Marked("w0rd")
        said = b"before w0rd 42\nafter\n"
        marked.take(said[:cut])
        marked.take(said[cut:])
        marked.flush()
        assert (marked.number, marked.kept.output().text) == (42, "before after\n")
    other = Marked("w0rd")
    other.take(b"x" * 5000)
    assert (other.number, other.kept.output().size) == (None, 5000)
    absent = Marked("w0rd")
    absent.take(b"w0rd none\n")
    assert absent.absent


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox"])
def test_shells_tell_the_number_of_the_program_itself(shell: str) -> None:
    """The shell becomes the program: no process stands between, and the number is the program's."""
    import shutil
    import subprocess

    from playbook_engine.transports.kubernetes.framing import start

    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    words = start(["sh", "-c", "echo $$; exit 5"], "w0rd")
    prefix = [shell, *(["sh"] if shell == "busybox" else [])]
    done = subprocess.run([*prefix, *words[1:]], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (5, f"w0rd {done.stdout}")
    missing = subprocess.run([*prefix, *start(["no-such"], "w0rd")[1:]], capture_output=True, text=True, check=False)
    assert missing.stderr == "w0rd none\n"


def pod(**status_: Any) -> Any:
    spec = {"containers": [{"name": "api"}, {"name": "proxy"}], "initContainers": [{"name": "init"}]}
    return {"metadata": {"name": "x"}, "spec": spec, "status": status_}


def container(name: str, **state: Any) -> Any:
    return {"containerStatuses": [{"name": name, "state": state}]}


@pytest.mark.parametrize(
    ("item", "wanted", "message", "hint"),
    [
        (pod(), "apo", "pod 'x' has no container 'apo'", "Did you mean 'api'?"),
        (pod(), "zzzz", "pod 'x' has no container 'zzzz'", "There are api, proxy, init."),
        (pod(phase="Pending"), None, "pod 'x' does not run: Pending", None),
        (pod(phase="Failed", reason="Evicted"), None, "pod 'x' does not run: Evicted", None),
        (
            pod(phase="Running", **container("api", waiting={"reason": "CrashLoopBackOff"})),
            None,
            "container 'api' of pod 'x' does not run: CrashLoopBackOff",
            "See 'describe pod' and 'logs --previous' for why.",
        ),
        (
            pod(phase="Running", **container("api", terminated={"reason": "OOMKilled"})),
            "api",
            "container 'api' of pod 'x' does not run: OOMKilled",
            "See 'describe pod' and 'logs --previous' for why.",
        ),
    ],
)
def test_containers_in_which_nothing_can_be_run(
    item: Any, wanted: str | None, message: str, hint: str | None
) -> None:
    from playbook_engine.transports.kubernetes.faults import Refused
    from playbook_engine.transports.kubernetes.owned import running_container

    with pytest.raises(Refused) as refused:
        running_container(item, wanted)
    assert (str(refused.value), refused.value.hint) == (message, hint)


def test_containers_that_run() -> None:
    from playbook_engine.transports.kubernetes.owned import running_container

    assert running_container(pod(phase="Running", **container("proxy", waiting={})), None) == "api"
    assert running_container(pod(phase="Running", **container("proxy", running={})), "proxy") == "proxy"
    assert running_container({"metadata": {"name": "x"}}, "any") == "any"
