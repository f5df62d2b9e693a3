"""A web server in threads of its own that does as it is asked: say bytes, be slow, never stop."""

import select
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

_PATIENCE_S = 60.0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        *_, before, name = url.path.split("/")
        match name:
            case "slow":
                self._until_the_client_goes()
            case "log" if before.startswith("hex-"):  # a pod's log, as the Kubernetes API has it
                self._say(bytes.fromhex(before.removeprefix("hex-")))
            case "endless" | "log":
                self._endless()
            case _:
                self._say(bytes.fromhex(parse_qs(url.query).get("hex", ["6f6b"])[0]))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _say(self, data: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(data)

    def _endless(self) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        line = b"0123456789abcde\n" * 4096
        while True:
            self.wfile.write(line)

    def _until_the_client_goes(self) -> None:
        self.close_connection = True
        if select.select([self.connection], [], [], _PATIENCE_S)[0]:
            with suppress(OSError):
                self.connection.recv(1)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    context: ssl.SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:
        with suppress(OSError):
            if self.context is not None:
                request = self.context.wrap_socket(request, server_side=True)
            try:
                super().finish_request(request, client_address)
            finally:
                request.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that has gone is no news."""


@contextmanager
def plain_web(context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve until the block ends; give the port."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.context = context
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="web")
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
