"""An HTTP server on loopback that stands before an API server: it passes everything on, but for the faults it is told.

It speaks plain HTTP and needs no credentials, and uses those of the kubeconfig itself: so one and the same fault can be
injected before the project's own API server and before a real one, whose TLS could not be broken open otherwise.
"""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

import kubernetes.client
import kubernetes.config

Fault: TypeAlias = Callable[["Handler"], None]
"""What happens to a request instead of being passed on."""

_PASSED = ("Content-Type", "Accept")


class Between:
    """The server; `asked` are the requests that came, `connections` how many TCP connections they came on."""

    def __init__(self, kubeconfig: str) -> None:
        client: Any = kubernetes.client
        config: Any = kubernetes.config
        configuration: Any = client.Configuration()
        configuration.retries = False
        config.load_kube_config(config_file=kubeconfig, client_configuration=configuration, persist_config=False)
        self.upstream: Any = client.ApiClient(configuration)
        self.address = str(configuration.host)
        self.token = configuration.auth_settings().get("BearerToken", {}).get("value")
        self.asked: list[str] = []
        self.connections = 0
        self.over = threading.Event()
        self._faults: list[tuple[str, Fault]] = []
        self._port = 0
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def kubeconfig(self, path: Path, namespace: str) -> str:
        """Write a kubeconfig that leads here."""
        config = {
            "clusters": [{"name": "c", "cluster": {"server": self.url}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "namespace": namespace}}],
            "current-context": "c",
        }
        path.write_text(json.dumps(config))
        return str(path)

    def fault(self, what: Fault, on: str = "", *, times: int = 1) -> None:
        """Let the next requests that have `on` in their method, path and query meet a fault."""
        self._faults += [(on, what)] * times

    def next_fault(self, line: str) -> Fault | None:
        with self._lock:
            self.asked.append(line)
            for entry in self._faults:
                if entry[0] in line:
                    self._faults.remove(entry)
                    return entry[1]
        return None

    def came(self, connection: socket.socket) -> None:
        with self._lock:
            self.connections += 1
            self._open.add(connection)

    def went(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)

    def start(self) -> None:
        """Listen, on the same port as before."""
        handler = type("Own", (Handler,), {"between": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), handler)
        self._server.daemon_threads = True
        self._port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def stop(self) -> None:
        """Listen no more, and break every connection, as a server does that is restarted."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        with self._lock:
            left = list(self._open)
        for connection in left:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.over.set()
        self.stop()
        self.upstream.rest_client.pool_manager.clear()


@contextmanager
def before(kubeconfig: str) -> Iterator[Between]:
    """Stand before the API server of a kubeconfig."""
    between = Between(kubeconfig)
    try:
        yield between
    finally:
        between.close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    between: Between

    def setup(self) -> None:
        super().setup()
        self.between.came(self.connection)

    def finish(self) -> None:
        self.between.went(self.connection)
        with suppress(OSError):
            super().finish()

    def answer(self) -> None:
        self.sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.between.next_fault(f"{self.command} {self.path}")
        with suppress(OSError):
            (fault or pass_on)(self)

    do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815 names of the base class

    def begin(self, code: int = 200, **headers: str) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def tear(self) -> None:
        """End the connection by a reset."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.between.went(self.connection)
        self.rfile.close()
        self.connection.close()
        self.close_connection = True

    def log_message(self, *args: Any) -> None:
        return


def upstream(handler: Handler) -> Any:
    between = handler.between
    headers = {name: handler.headers[name] for name in _PASSED if name in handler.headers}
    if between.token:
        headers["Authorization"] = between.token
    return between.upstream.rest_client.pool_manager.request(
        handler.command,
        between.address + handler.path,
        body=handler.sent or None,
        headers=headers,
        preload_content=False,
        retries=False,
    )


def pass_on(handler: Handler, *, chunks: int | None = None) -> None:
    """Hand the answer on as it comes; after so many pieces, tear the connection."""
    response = upstream(handler)
    try:
        handler.begin(response.status, Content_Type="application/json", Transfer_Encoding="chunked")
        sent = 0
        while piece := response.read1(65536):
            handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            sent += 1
            if chunks is not None and sent >= chunks:
                handler.tear()
                return
        handler.wfile.write(b"0\r\n\r\n")
    finally:
        response.close()


def status(code: int, reason: str = "Any", message: str = "said so", **headers: str) -> Fault:
    """Refuse with a Status object."""
    body = {"kind": "Status", "status": "Failure", "reason": reason, "message": message, "code": code}
    data = json.dumps(body).encode()

    def refuse(handler: Handler) -> None:
        handler.begin(code, Content_Length=str(len(data)), **headers)
        handler.wfile.write(data)

    return refuse


def reset(handler: Handler) -> None:
    """Break the connection instead of an answer; what was asked for was not done."""
    handler.tear()


def reset_afterwards(handler: Handler) -> None:
    """Do what was asked for, and break the connection instead of the answer."""
    upstream(handler).read()
    handler.tear()


def half(handler: Handler) -> None:
    """Break the connection in the middle of the answer."""
    handler.begin(Content_Length="1000")
    handler.wfile.write(b'{"kind": ')
    handler.tear()


def silent(handler: Handler) -> None:
    """Say nothing."""
    handler.between.over.wait(20)
    handler.tear()


def slow(handler: Handler) -> None:
    """Send a byte now and then, and never come to an end."""
    handler.begin(Content_Length="1000000")
    while not handler.between.over.wait(0.02):
        handler.wfile.write(b" ")


def endless(handler: Handler) -> None:
    """Send as fast as can be, and never come to an end."""
    handler.begin(Connection="close")
    piece = b"all work and no play\n" * 4096
    while not handler.between.over.is_set():
        handler.wfile.write(piece)


def gone(handler: Handler) -> None:
    """Answer a watch with: your version is too old."""
    item = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version: 1 (2)"}
    line = json.dumps({"type": "ERROR", "object": item}).encode() + b"\n"
    handler.begin(Content_Length=str(len(line)))
    handler.wfile.write(line)


def torn(handler: Handler) -> None:
    """Break a watch after its first event."""
    pass_on(handler, chunks=1)


def version_of(line: str) -> str:
    """Return the version that a watch was asked to begin from."""
    return parse_qs(urlsplit(line.partition(" ")[2]).query)["resourceVersion"][0]
