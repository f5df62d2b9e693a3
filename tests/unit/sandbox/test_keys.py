"""Keys are cached as long as they may be, and every way to fail at fetching has its words."""

import json
from collections.abc import Iterator

import pytest

from playbook_engine.sandbox import keys
from playbook_engine.sandbox.keys import FetchedKeys, KeysUnavailable
from playbook_engine.sandbox.server import ReservedPort, Server
from playbook_engine.sandbox.tokens import PrivateKey, jwk
from playbook_engine.sandbox.web import Reply, Request, WebServer, json_reply


class _Provider:
    """Answers what it is told to, and counts how often it is asked."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.asked = 0
        self.failing = False

    def __call__(self) -> bytes:
        self.asked += 1
        if self.failing:
            raise KeysUnavailable("HTTP 503")
        return self.body


def test_keys_are_fetched_once_until_they_are_too_old(key: PrivateKey) -> None:
    provider = _Provider(json.dumps(jwk(key.public)).encode())
    now = [0.0]
    source = FetchedKeys(provider, ttl=10, monotonic=lambda: now[0], report=lambda _: None)
    source.keys()
    now[0] = 9.9
    assert source.keys() == {"key-1": key.public}
    assert provider.asked == 1
    now[0] = 10.0
    source.keys()
    assert provider.asked == 2


def test_keys_that_are_too_old_are_not_used_in_an_outage(key: PrivateKey) -> None:
    provider = _Provider(json.dumps(jwk(key.public)).encode())
    now, reported = [0.0], list[str]()
    source = FetchedKeys(provider, ttl=10, monotonic=lambda: now[0], report=reported.append)
    source.keys()
    provider.failing = True
    now[0] = 5.0
    assert source.keys()
    assert reported == []
    now[0] = 11.0
    with pytest.raises(KeysUnavailable, match="HTTP 503"):
        source.keys()
    assert reported == ["HTTP 503"]


def test_an_answer_that_is_not_keys_counts_as_an_outage() -> None:
    source = FetchedKeys(_Provider(b"<html>"), ttl=10, monotonic=lambda: 0.0, report=lambda _: None)
    with pytest.raises(KeysUnavailable, match="not JSON"):
        source.keys()


@pytest.fixture
def web() -> Iterator[WebServer]:
    def route(request: Request) -> Reply:
        status = int(request.path.strip("/"))
        return json_reply(status, {"status": status})

    server = WebServer(route)
    server.start()
    yield server
    server.close()


def test_fetch_returns_the_body(web: WebServer) -> None:
    assert json.loads(keys.fetch(f"{web.url}/200", 2)) == {"status": 200}


@pytest.mark.parametrize("status", [404, 500, 503])
def test_fetch_names_the_status_of_a_refusal(web: WebServer, status: int) -> None:
    with pytest.raises(KeysUnavailable, match=f"^HTTP {status}$"):
        keys.fetch(f"{web.url}/{status}", 2)


def test_fetch_says_that_nobody_listens() -> None:
    port = ReservedPort()
    with pytest.raises(KeysUnavailable, match="connection refused"):
        keys.fetch(f"http://127.0.0.1:{port.number}/", 2)
    port.close()


def test_fetch_gives_up_after_its_time() -> None:
    from socketserver import BaseRequestHandler

    class Silent(BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(1_000_000)
            self.request.recv(1)

    server = Server(Silent)
    server.start()
    with pytest.raises(KeysUnavailable, match="timed out"):
        keys.fetch(f"http://127.0.0.1:{server.port}/", 0.1)
    server.close()


@pytest.mark.parametrize("url", ["", "nonsense", "http://", "http://a..b/", "http://127.0.0.1:99999/"])
def test_fetch_survives_urls_that_are_none(url: str) -> None:
    with pytest.raises(KeysUnavailable):
        keys.fetch(url, 1)
