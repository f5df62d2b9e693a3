"""The HTTP server hands requests over whole, and bounds them."""

import http.client
import json
from collections.abc import Iterator

import pytest

from playbook_engine.sandbox.web import MAX_BODY, Reply, Request, WebServer, json_reply


@pytest.fixture
def web() -> Iterator[WebServer]:
    def route(request: Request) -> Reply:
        seen = {"method": request.method, "path": request.path, "query": dict(request.query)}
        return json_reply(200, seen | {"accept": request.headers.get("accept"), "body": request.body.decode()})

    server = WebServer(route)
    server.start()
    yield server
    server.close()


def _ask(web: WebServer, method: str, target: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=5)
    try:
        connection.request(method, target, body, {name.replace("_", "-"): text for name, text in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_the_route_sees_the_whole_request(web: WebServer, method: str) -> None:
    status, body = _ask(web, method, "/a/b?x=1&y=", "é".encode(), accept="text/plain")
    assert status == 200
    assert json.loads(body) == {
        "method": method,
        "path": "/a/b",
        "query": {"x": "1", "y": ""},
        "accept": "text/plain",
        "body": "é",
    }


def test_head_has_no_body(web: WebServer) -> None:
    assert _ask(web, "HEAD", "/") == (200, b"")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content_Length": "many"}, 411),
        ({"Content_Length": "-1"}, 411),
        ({"Transfer_Encoding": "chunked"}, 411),
        ({"Content_Length": str(MAX_BODY + 1)}, 413),
    ],
)
def test_bodies_without_a_sensible_length_are_refused(web: WebServer, headers: dict[str, str], status: int) -> None:
    assert _ask(web, "POST", "/", None, **headers)[0] == status


def test_what_is_not_http_is_refused_quietly(web: WebServer, capfd: pytest.CaptureFixture[str]) -> None:
    import socket

    for junk in (b"\x16\x03\x01\x00\xff\r\n\r\n", b"GET\r\n\r\n", b""):
        with socket.create_connection(("127.0.0.1", web.port), timeout=5) as client:
            client.sendall(junk)
            client.shutdown(socket.SHUT_WR)
            while client.recv(4096):
                pass
    assert capfd.readouterr() == ("", "")
