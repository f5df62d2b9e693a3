"""Names that do not resolve, resolve slowly, or to several addresses."""

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from playbook_engine.model.replies import Fault, FaultKind, HttpReply
from playbook_engine.model.requests import HttpRequest
from playbook_engine.model.targets import Control
from playbook_engine.transports.http import HttpTransport
from playbook_engine.transports.http.names import Names
from playbook_engine.transports.http.sockets import connected
from playbook_engine.values import Duration

Serve = Callable[..., Awaitable[str]]
V4, V6 = socket.AF_INET, socket.AF_INET6


def found(*addresses: str) -> list[Any]:
    return [(V6 if ":" in each else V4, socket.SOCK_STREAM, 6, "", (each, 0)) for each in addresses]


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Answer for names from a table; a threading.Event is waited for, as for a name service that is dead."""
    table: dict[str, Any] = {}

    def answer(host: str, *_: object, **__: object) -> list[Any]:
        given = table[host]
        if isinstance(given, threading.Event):
            given.wait(30)
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        return found(*given)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    yield table
    for each in table.values():
        if isinstance(each, threading.Event):
            each.set()


def get(url: str, timeout_ms: int = 5_000) -> HttpRequest:
    return HttpRequest(target=Control(), method="GET", url=url, timeout=Duration(timeout_ms))


async def test_a_dead_name_service_holds_nobody_up(resolver: dict[str, Any], serve: Serve) -> None:
    """Asyncio asks in a handful of threads that everybody shares, and the program waits for them at its end."""
    at = await serve(greet)
    dead = [f"dead-{number}.test" for number in range(50)]
    resolver.update({name: threading.Event() for name in dead})
    resolver["alive.test"] = ["127.0.0.1"]
    transport = HttpTransport(None, {})
    began = time.monotonic()

    waiting = [asyncio.ensure_future(transport.perform(get(f"http://{name}/", 700))) for name in dead]
    await asyncio.sleep(0)
    alive = await transport.perform(get(f"http://{at.replace('127.0.0.1', 'alive.test')}/"))
    answers = await asyncio.gather(*waiting)
    await transport.close()

    assert isinstance(alive, HttpReply), alive
    assert time.monotonic() - began < 5
    for name, answer in zip(dead, answers, strict=True):
        assert isinstance(answer, Fault)
        assert (answer.kind, answer.begun) == (FaultKind.UNREACHABLE, False)
        assert answer.message == f"the name '{name}' did not resolve within 700ms"
    assert all(thread.daemon for thread in threading.enumerate() if thread.name.startswith("resolve-"))


async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    await reader.read()


async def test_a_name_is_looked_up_once_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    def answer(*_: object, **__: object) -> list[Any]:
        nonlocal asked
        asked += 1
        time.sleep(0.05)
        return found("127.0.0.1")

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    names = Names()
    assert await asyncio.gather(*(names.addresses("a.test") for _ in range(20))) == [("127.0.0.1",)] * 20
    assert asked == 1
    await names.addresses("a.test")
    assert asked == 2


async def test_who_stops_waiting_takes_the_answer_from_nobody(resolver: dict[str, Any]) -> None:
    resolver["a.test"] = release = threading.Event()
    names = Names()
    first, second = (asyncio.ensure_future(names.addresses("a.test")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    release.set()
    with pytest.raises(OSError, match="no answer"):
        await second


async def test_addresses_of_both_families_come_by_turns(resolver: dict[str, Any]) -> None:
    resolver["a.test"] = ["2001:db8::1", "2001:db8::2", "10.0.0.1", "2001:db8::1"]
    assert await Names().addresses("a.test") == ("2001:db8::1", "10.0.0.1", "2001:db8::2")


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "fe80::1%eth0"])
async def test_an_address_is_not_looked_up(resolver: dict[str, Any], address: str) -> None:
    assert await Names().addresses(address) == (address,)


@pytest.mark.parametrize("name", ["a" * 64 + ".test", ".", "a..test"])
async def test_what_cannot_be_a_name_does_not_resolve(name: str) -> None:
    with pytest.raises(socket.gaierror):
        await Names().addresses(name)


async def test_the_next_address_is_tried_when_one_refuses(serve: Serve) -> None:
    """A server that listens on IPv4 only, and whose name has both (RFC 8305)."""
    at = await serve(greet)
    way = await connected(("127.0.0.2", "::1", "127.0.0.1"), int(at.rpartition(":")[2]))
    await way.close()


async def test_the_next_address_is_tried_when_one_is_silent(serve: Serve) -> None:
    good = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = good.sockets[0].getsockname()[1]
    full = socket.socket()
    full.bind(("127.0.0.9", port))  # an address that nobody else takes a port of
    full.listen(0)
    fillers = []
    for _ in range(8):  # until its queue is full: then it answers nothing
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.9", port))
        fillers.append(filler)
    try:
        async with asyncio.timeout(5):
            way = await connected(("127.0.0.9", "127.0.0.1"), port)
        await way.close()
    finally:
        good.close()
        for each in (full, *fillers):
            each.close()


async def test_when_all_refuse_all_are_told(unused_tcp_port: int) -> None:
    with pytest.raises(ExceptionGroup) as error:
        await connected(("127.0.0.2", "127.0.0.3"), unused_tcp_port)
    assert all(isinstance(each, ConnectionRefusedError) for each in error.value.exceptions)


async def test_only_one_of_several_connections_is_kept(serve: Serve) -> None:
    open_ = 0

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal open_
        open_ += 1
        try:
            await reader.read()
        finally:
            open_ -= 1

    at = await serve(count)
    port = int(at.rpartition(":")[2])
    for _ in range(10):
        asking = asyncio.ensure_future(connected(("127.0.0.2", "127.0.0.1", "127.0.0.1"), port))
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait([asking])
        way = await connected(("127.0.0.2", "127.0.0.1", "127.0.0.1"), port)
        await way.close()
    async with asyncio.timeout(5):
        while open_:
            await asyncio.sleep(0.005)
