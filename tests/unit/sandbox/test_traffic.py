"""Users who ask until they are sent home."""

import threading
from collections.abc import Iterator

import pytest

from playbook_engine.sandbox.server import ReservedPort
from playbook_engine.sandbox.traffic import Pace, Traffic, ask
from playbook_engine.sandbox.web import Reply, Request, WebServer, json_reply


class _Asked:
    """Keeps what was asked; `enough` is set at the tenth request."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, str]] = []
        self.enough = threading.Event()

    def answer(self, request: Request) -> Reply:
        self.requests.append((request.method, request.path, request.headers["x-user"]))
        if len(self.requests) >= 10:
            self.enough.set()
        return json_reply(200, {})


@pytest.fixture
def asked() -> _Asked:
    return _Asked()


@pytest.fixture
def port(asked: _Asked) -> Iterator[int]:
    server = WebServer(asked.answer)
    server.start()
    yield server.port
    server.close()


@pytest.mark.usefixtures("no_thread_left")
def test_each_user_asks_for_one_thing_after_the_other(asked: _Asked, port: int) -> None:
    traffic = Traffic(port, "t0ken")
    traffic.have(Pace(users=2, pause=0.01, asks=("me", "messages")))
    assert asked.enough.wait(20)
    traffic.have(Pace(users=0))
    ours = [(method, path) for method, path, user in asked.requests if user == "user_0"]
    assert ours[:4] == [("GET", "/api/v1/me"), ("POST", "/api/v1/messages")] * 2


def test_a_rush_is_over_when_all_have_been_answered(asked: _Asked, port: int) -> None:
    Traffic(port, "t0ken").rush("conversations", 30)
    assert [request[1] for request in asked.requests] == ["/api/v1/conversations"] * 30


def test_nobody_there_is_no_answer() -> None:
    nobody = ReservedPort()
    assert ask(nobody.number, "t0ken", "me", 1) is None
    nobody.close()
