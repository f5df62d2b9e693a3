"""Connections of a run: shared, bounded, closed."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from playbook_engine.model.replies import Answer, Fault, FaultKind, HttpReply
from playbook_engine.model.requests import HttpRequest
from playbook_engine.model.targets import Control
from playbook_engine.transports.http import HttpTransport, routes
from playbook_engine.values import Duration

Serve = Callable[..., Awaitable[str]]


class Counting:
    """A server that counts its connections, open and in all."""

    def __init__(self) -> None:
        self.open = self.opened = self.most = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.opened += 1
        self.most = max(self.most, self.open)
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                await asyncio.sleep(0.01)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        finally:
            self.open -= 1


def get(url: str, method: str = "GET") -> HttpRequest:
    return HttpRequest(target=Control(), method=method, url=url, timeout=Duration(10_000))


def fine(answers: list[Answer]) -> bool:
    return all(isinstance(answer, HttpReply) for answer in answers)


async def gone(server: Counting) -> None:
    async with asyncio.timeout(5):
        while server.open:
            await asyncio.sleep(0.005)


async def test_no_more_connections_are_open_than_there_is_room_for(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "OPEN_AT_MOST", 5)
    server = Counting()
    urls = [f"http://{await serve(server.handle)}/" for _ in range(4)]
    transport = HttpTransport(None, {})

    answers = await asyncio.gather(*(transport.perform(get(urls[number % 4])) for number in range(40)))
    assert fine(answers)
    assert server.most <= 6  # one may still be closing
    await transport.close()
    await gone(server)


async def test_idle_connections_give_way(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "OPEN_AT_MOST", 2)
    server = Counting()
    urls = [f"http://{await serve(server.handle)}/" for _ in range(5)]
    transport = HttpTransport(None, {})

    for _ in range(2):
        assert fine([await transport.perform(get(url)) for url in urls])
    assert fine([await transport.perform(get(urls[0], "POST"))])
    assert server.most <= 3
    await transport.close()
    await gone(server)


async def test_a_connection_that_idled_too_long_is_not_used(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Counting()
    url = f"http://{await serve(server.handle)}/"
    transport = HttpTransport(None, {})
    await transport.perform(get(url))
    await transport.perform(get(url))
    assert server.opened == 1
    monkeypatch.setattr(routes, "KEPT_FOR_S", 0)
    await transport.perform(get(url))
    assert server.opened == 2
    await transport.close()


async def test_who_gives_up_waiting_for_room_gives_the_place_to_others(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "OPEN_AT_MOST", 1)
    server = Counting()
    url = f"http://{await serve(server.handle)}/"
    transport = HttpTransport(None, {})
    for _ in range(5):
        tasks = [asyncio.ensure_future(transport.perform(get(url, "POST"))) for _ in range(4)]
        await asyncio.sleep(0.005)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    assert fine([await transport.perform(get(url))])
    await transport.close()
    await gone(server)


async def test_close_closes_what_is_idle_and_ends_what_was_still_in_use(serve: Serve) -> None:
    server = Counting()
    url = f"http://{await serve(server.handle)}/"
    transport = HttpTransport(None, {})
    await transport.perform(get(url))
    under_way = asyncio.ensure_future(transport.perform(get(url)))
    await asyncio.sleep(0)
    await transport.close()
    answer = await under_way
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.message) == (FaultKind.LOST, "control: closed before there was an answer")
    await gone(server)
