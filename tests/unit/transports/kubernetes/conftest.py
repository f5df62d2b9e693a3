"""A scripted API server on loopback, and a transport that talks to it."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from playbook_engine.model.replies import Answer
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.model.targets import Cluster
from playbook_engine.transports.kubernetes.transport import KubernetesTransport
from playbook_engine.values import Duration, TargetName

NOW = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)


class SteadyClock:
    """Wall time stands still; the monotonic clock and sleep are the event loop's, waits cut short."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        return NOW

    def monotonic_ms(self) -> int:
        import time

        return time.monotonic_ns() // 1_000_000

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(min(seconds, 0.01))


@dataclass
class Asked:
    """One request that the server got."""

    method: str
    path: str
    query: dict[str, str]
    content_type: str
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Script:
    """What the server answers: a status and a body by method and path; the last of a list stays."""

    answers: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    arrival: threading.Condition = field(default_factory=threading.Condition)

    def on(self, method: str, path: str, *answers: Any) -> None:
        self.answers[method, path] = list(answers)

    def note(self, asked: Asked) -> None:
        with self.arrival:
            self.asked.append(asked)
            self.arrival.notify_all()

    async def came(self, count: int) -> None:
        """Wait until the server has got so many requests."""

        def wait() -> bool:
            with self.arrival:
                return self.arrival.wait_for(lambda: len(self.asked) >= count, timeout=10)

        assert await asyncio.to_thread(wait)

    def patches(self) -> list[Asked]:
        return self.by("PATCH")

    def by(self, method: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.method == method]

    def watched(self, resource: str, name: str, *states: Any) -> None:
        """Let an object have states: the first is read, the others come by a watch, which then stays open."""
        self.on("GET", f"{resource}/{name}", states[0])
        self.on("GET", resource, [{"type": "MODIFIED", "object": state} for state in states[1:]], [])

    def next(self, method: str, path: str) -> Any:
        answers = self.answers.get((method, path))
        if answers is None:
            return status(404, "NotFound", f"{path} not found", name=path.rpartition("/")[2])
        return answers.pop(0) if len(answers) > 1 else answers[0]


def status(code: int, reason: str, message: str, name: str | None = None) -> tuple[int, Any]:
    """Return what an API server says when it refuses."""
    body = {"kind": "Status", "status": "Failure", "reason": reason, "message": message, "code": code}
    return code, body | ({"details": {"name": name}} if name else {})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    script: Script

    def do_GET(self) -> None:
        self._answer()

    def do_PATCH(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def _answer(self) -> None:
        url = urlsplit(self.path)
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind = self.headers.get("Content-Type", "")
        body = json.loads(sent) if sent else None
        headers = dict(self.headers.items())
        self.script.note(Asked(self.command, url.path, dict(parse_qsl(url.query)), kind, body, headers))
        answer = self.script.next(self.command, url.path)
        if answer == "break":
            self.close_connection = True
            return
        if answer == "hang":
            self.script.release.wait(10)
            self.close_connection = True
            return
        if isinstance(answer, list):
            self._watch(answer)
            return
        if answer == "dribble":
            self._dribble()
            return
        code, content, *more = answer if isinstance(answer, tuple) else (200, answer)
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(code)
        for name, value in more[0].items() if more else ():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _watch(self, events: list[Any]) -> None:
        """Tell events, and then nothing more until the end; "end" and "break" end the answer."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for event in events:
            if event == "end":
                self.wfile.write(b"0\r\n\r\n")
                return
            if event == "break":
                self.close_connection = True
                return
            line = json.dumps(event).encode() + b"\n"
            self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
        self.script.release.wait(10)
        self.close_connection = True

    def _dribble(self) -> None:
        """Send a little now and then, so that no single read takes long."""
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        self.close_connection = True
        try:
            while not self.script.release.wait(0.02):
                self.wfile.write(b"x")
        except OSError:
            return

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        return


@pytest.fixture
def script() -> Iterator[Script]:
    script = Script()
    yield script
    script.release.set()


@pytest.fixture
def address(script: Script) -> Iterator[str]:
    handler = type("ScriptedHandler", (Handler,), {"script": script})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    script.release.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def kubeconfig(address: str, tmp_path: Path) -> str:
    """A file with the contexts `main` (namespace shop) and `bare`."""
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(config_for(address)))
    return str(path)


def config_for(address: str) -> Any:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": address}}],
        "users": [{"name": "u", "user": {"token": "t0ken"}}],
        "contexts": [
            {"name": "main", "context": {"cluster": "c", "user": "u", "namespace": "shop"}},
            {"name": "bare", "context": {"cluster": "c", "user": "u"}},
        ],
        "current-context": "main",
    }


@pytest.fixture
def clock() -> SteadyClock:
    return SteadyClock()


@pytest.fixture
async def transport(clock: SteadyClock) -> AsyncIterator[KubernetesTransport]:
    transport = KubernetesTransport(clock=clock, environ={})
    yield transport
    await transport.close()


@pytest.fixture
def ask(transport: KubernetesTransport, kubeconfig: str) -> Callable[..., Any]:
    """Perform a kubectl request on the scripted server."""

    async def perform(verb: str, kind: str = "", *names: str, **fields: Any) -> Answer:
        options = fields.pop("options", {})
        target = Cluster(name=TargetName("main"), kubeconfig=kubeconfig, context=fields.pop("context", None))
        fields.setdefault("timeout", Duration(5000))
        fields.setdefault("command", verb)
        return await transport.perform(
            KubectlRequest(target=target, verb=verb, kind=kind, names=names, options=tuple(options.items()), **fields)
        )

    return perform


@pytest.fixture(name="refusal", scope="session")
def refusal_fixture() -> Callable[..., tuple[int, Any]]:
    return status


@pytest.fixture(name="config_for", scope="session")
def config_for_fixture() -> Callable[[str], Any]:
    return config_for
