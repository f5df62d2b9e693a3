"""Calls of other services: what went wrong in a few words, and a breaker that opens and closes."""

from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus

import pytest

from playbook_engine.sandbox.api.upstream import Breaker, Upstream, UpstreamFailed
from playbook_engine.sandbox.server import ReservedPort
from playbook_engine.sandbox.web import Reply, Request, WebServer, json_reply


@pytest.fixture
def server() -> Iterator[WebServer]:
    made = WebServer(_answer)
    made.start()
    yield made
    made.close()


def _answer(request: Request) -> Reply:
    if request.path == "/echo":
        return Reply(status=200, body=request.body or b"null")
    if request.path == "/page":
        return Reply(status=200, body=b"<html>", content_type="text/html")
    return json_reply(int(request.path[1:]), {})


def _upstream(url: str, breaker: Breaker | None = None) -> Upstream:
    return Upstream(url=url, timeout=5, breaker=breaker or Breaker(None, lambda: 0.0))


def test_json_goes_there_and_back(server: WebServer) -> None:
    assert _upstream(server.url).post("/echo", {"a": 1}) == {"a": 1}
    assert _upstream(server.url).get("/echo") is None


@pytest.mark.parametrize(
    ("path", "why", "status"),
    [
        ("/503", "HTTP 503", 503),
        ("/429", "429 Too Many Requests", HTTPStatus.TOO_MANY_REQUESTS),
        ("/page", "Expecting value: line 1 column 1 (char 0)", None),
    ],
)
def test_what_is_no_good_answer_says_why(server: WebServer, path: str, why: str, status: int | None) -> None:
    with pytest.raises(UpstreamFailed) as failed:
        _upstream(server.url).get(path)
    assert (str(failed.value), failed.value.status, failed.value.is_protection) == (why, status, False)


def test_a_port_without_a_server_is_refused() -> None:
    port = ReservedPort()
    with pytest.raises(UpstreamFailed, match="connection refused"):
        _upstream(f"http://127.0.0.1:{port.number}").get("/")
    port.close()


def test_a_breaker_opens_when_half_of_the_calls_fail_and_closes_again(server: WebServer) -> None:
    now = [0.0]
    upstream = _upstream(server.url, Breaker(50, lambda: now[0]))
    for path in ["/echo", "/500"] * 4:
        assert not upstream.breaker.is_open
        with suppress(UpstreamFailed):
            upstream.get(path)
    with pytest.raises(UpstreamFailed) as failed:
        upstream.get("/echo")
    assert (str(failed.value), failed.value.is_protection) == ("circuit breaker open", True)
    now[0] = 5.0
    assert upstream.get("/echo") is None


def test_without_a_breaker_failures_are_not_counted() -> None:
    breaker = Breaker(None, lambda: 0.0)
    for _ in range(50):
        breaker.count(failed=True)
    assert not breaker.is_open
