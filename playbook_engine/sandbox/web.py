"""An HTTP server from one function: a request goes in, a reply comes out."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from io import BufferedIOBase
from socketserver import BaseServer
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from playbook_engine.sandbox.server import Server

MAX_BODY = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client asked; names of headers are in small letters. `pairs` is the query with what it repeats."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    pairs: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What it gets."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    upgrade: Callable[[BufferedIOBase], None] | None = None
    """What the connection is for behind the headers: a 101, or an answer that goes on. It gets the stream."""


Route: TypeAlias = Callable[[Request], Reply]


def json_reply(status: int, value: object, **headers: str) -> Reply:
    """Return a reply whose body is `value` as JSON; `allow="GET"` and the like become headers."""
    body = json.dumps(value, ensure_ascii=False).encode() + b"\n"
    return Reply(status=status, body=body, headers={name.replace("_", "-"): text for name, text in headers.items()})


class WebServer(Server):
    """Serves one function over HTTP on loopback; every connection carries one request."""

    def __init__(self, route: Route, port: int = 0) -> None:
        super().__init__(_Handler, port)
        self.route = route

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class _Handler(BaseHTTPRequestHandler):
    """Turns the bytes of one request into a `Request`, and a `Reply` into bytes."""

    protocol_version = "HTTP/1.1"
    server_version = "demo"
    sys_version = ""
    timeout = 10

    def __init__(self, request: Any, client_address: Any, server: BaseServer) -> None:
        assert isinstance(server, WebServer)  # noqa: S101 only a WebServer makes these
        self._route = server.route
        super().__init__(request, client_address, server)

    def answer(self) -> None:
        """Answer any method; the route decides which ones it knows."""
        length = self.headers.get("Content-Length", "0")
        if self.headers.get("Transfer-Encoding") or not length.isdecimal():
            self._send(json_reply(HTTPStatus.LENGTH_REQUIRED, {"error": "send a Content-Length"}))
        elif int(length) > MAX_BODY:
            self._send(json_reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error": f"at most {MAX_BODY} bytes"}))
        else:
            self._send(self._route(self._read(int(length))))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815 names of the base class

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class's signature
        """Keep standard error quiet; what is worth a log line, the route writes."""

    def _read(self, length: int) -> Request:
        url = urlsplit(self.path)
        pairs = parse_qsl(url.query, keep_blank_values=True)
        return Request(
            method=self.command,
            path=url.path,
            query=dict(pairs),
            pairs=tuple(pairs),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )

    def _send(self, reply: Reply) -> None:
        self.close_connection = True
        self.send_response(reply.status)
        if reply.upgrade is not None:
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            reply.upgrade(self.wfile)
            return
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        self.send_header("Connection", "close")
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)
