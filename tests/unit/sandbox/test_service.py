"""The stable address forwards to whoever is there, and refuses when nobody is."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from playbook_engine.sandbox.server import ReservedPort, accepts
from playbook_engine.sandbox.service import Service
from playbook_engine.sandbox.web import WebServer, json_reply


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    yield made
    made.close()


@pytest.fixture
def backends() -> Iterator[tuple[WebServer, WebServer]]:
    servers = (WebServer(lambda _: json_reply(200, "one")), WebServer(lambda _: json_reply(200, "two")))
    for server in servers:
        server.start()
    yield servers
    for server in servers:
        server.close()


def _ask(service: Service) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read().decode().strip().strip('"')
    finally:
        connection.close()


def test_it_refuses_while_nobody_is_behind_it(service: Service, backends: tuple[WebServer, WebServer]) -> None:
    assert not accepts(service.port)
    service.lead_to([backends[0].port])
    assert _ask(service) == "one"
    service.lead_to([])
    assert not accepts(service.port)
    service.lead_to([backends[1].port])
    assert _ask(service) == "two"


def test_connections_take_turns(service: Service, backends: tuple[WebServer, WebServer]) -> None:
    service.lead_to([server.port for server in backends])
    assert sorted(_ask(service) for _ in range(4)) == ["one", "one", "two", "two"]


def test_a_process_that_has_just_gone_is_passed_over(service: Service, backends: tuple[WebServer, WebServer]) -> None:
    gone = ReservedPort()
    service.lead_to([gone.number, backends[0].port])
    assert [_ask(service) for _ in range(3)] == ["one"] * 3
    gone.close()


def test_a_client_is_hung_up_on_when_every_process_has_gone(service: Service) -> None:
    gone = ReservedPort()
    service.lead_to([gone.number])
    with socket.create_connection(("127.0.0.1", service.port), timeout=5) as client:
        assert client.recv(1) == b""
    gone.close()


@pytest.mark.usefixtures("no_thread_left")
def test_close_hangs_up_on_open_connections(backends: tuple[WebServer, WebServer]) -> None:
    service = Service()
    service.lead_to([backends[0].port])
    with socket.create_connection(("127.0.0.1", service.port), timeout=5) as client:
        client.sendall(b"GET / HTTP/1.1\r\n")
        service.close()
        with suppress(ConnectionResetError):  # a connection that was still in the queue ends like this
            assert client.recv(1) == b""
    for server in backends:
        server.close()
