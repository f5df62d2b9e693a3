"""Servers close completely, and reserved ports stay reserved."""

import socket
import threading
from socketserver import BaseRequestHandler

import pytest

from playbook_engine.sandbox.server import ReservedPort, Server, accepts


class _Echo(BaseRequestHandler):
    def handle(self) -> None:
        while data := self.request.recv(1024):
            self.request.sendall(data)


class _Broken(BaseRequestHandler):
    def handle(self) -> None:
        raise ZeroDivisionError


@pytest.mark.usefixtures("no_thread_left")
def test_close_hangs_up_on_clients_that_stay() -> None:
    server = Server(_Echo)
    server.start()
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        client.sendall(b"hello")
        assert client.recv(5) == b"hello"
        server.close()
        assert client.recv(5) == b""
    assert not accepts(server.port)


@pytest.mark.usefixtures("no_thread_left")
def test_close_gives_a_conversation_time_to_end() -> None:
    server = Server(_Echo)
    server.start()
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        client.sendall(b"1")
        assert client.recv(1) == b"1"
        closing = threading.Thread(target=server.close, kwargs={"grace": 5.0})
        closing.start()
        client.sendall(b"2")
        assert client.recv(1) == b"2"
        client.shutdown(socket.SHUT_WR)
        closing.join(4)
        assert not closing.is_alive()


@pytest.mark.usefixtures("no_thread_left")
def test_a_server_that_was_never_started_can_be_closed() -> None:
    Server(_Echo).close()


def test_a_handler_that_fails_is_reported_and_the_server_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    server = Server(_Broken)
    server.start()
    for _ in range(2):
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
            assert client.recv(1) == b""
    server.close()
    assert caplog.text.count("a request to a server of the demo stack failed") == 2


def test_a_reserved_port_refuses_until_a_server_takes_it() -> None:
    port = ReservedPort()
    assert not accepts(port.number)
    for _ in range(3):
        server = Server(_Echo, port.number)
        server.start()
        assert accepts(port.number)
        server.close()
        assert not accepts(port.number)
    port.close()
