"""Redirects: which are followed, how the request changes, and what never leaves for another host."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from playbook_engine.model.replies import Answer, Fault, FaultKind, HttpReply
from playbook_engine.model.requests import Basic, Bearer, HttpRequest, Tls
from playbook_engine.model.targets import Control
from playbook_engine.transports.http import HttpTransport
from playbook_engine.transports.http.address import Address
from playbook_engine.transports.http.faults import Trouble
from playbook_engine.transports.http.outgoing import Outgoing
from playbook_engine.values import Duration, Secret, SecretText

Serve = Callable[..., Awaitable[str]]
TOKEN = SecretText((Secret("T", "t0ken-value"),))


def outgoing(method: str = "GET", url: str = "https://a.example/x", **fields: Any) -> Outgoing:
    return Outgoing.of(HttpRequest(target=Control(), method=method, url=url, follow=3, timeout=Duration(1), **fields))


@pytest.mark.parametrize(
    ("method", "status", "then", "body"),
    [
        ("GET", 301, "GET", None),
        ("GET", 302, "GET", None),
        ("GET", 303, "GET", None),
        ("GET", 307, "GET", None),
        ("GET", 308, "GET", None),
        ("HEAD", 303, "HEAD", None),
        ("POST", 301, "GET", None),
        ("POST", 302, "GET", None),
        ("POST", 303, "GET", None),
        ("POST", 307, "POST", b"x"),
        ("POST", 308, "POST", b"x"),
        ("PUT", 301, "PUT", b"x"),
        ("PUT", 302, "PUT", b"x"),
        ("PUT", 303, "GET", None),
        ("DELETE", 308, "DELETE", b"x"),
        ("DELETE", 303, "GET", None),
    ],
)
def test_the_status_says_what_is_asked_for_next(method: str, status: int, then: str, body: bytes | None) -> None:
    fields = {} if method in {"GET", "HEAD"} else {"body": "x"}
    there = outgoing(method, **fields).redirected(status, "/y")

    assert isinstance(there, Outgoing)
    assert (there.method, there.content, str(there.url)) == (then, body, "https://a.example/y")
    assert any(header.name == b"Content-Type" for header in there.headers) is (body is not None)


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("y", "https://a.example/p/y"),
        ("/y?q=1#f", "https://a.example/y?q=1#f"),
        ("//b.example/", "https://b.example/"),
        ("https://b.example:8443/z", "https://b.example:8443/z"),
        ("?q=2", "https://a.example/p/x?q=2"),
        (" ../z y ", "https://a.example/z%20y"),
        ("/ü", "https://a.example/%C3%BC"),
        ("HTTPS://A.EXAMPLE/", "https://a.example/"),
    ],
)
def test_where_it_leads(location: str, url: str) -> None:
    there = outgoing(url="https://a.example/p/x").redirected(302, location)

    assert isinstance(there, Outgoing)
    assert there.url == Address.of(url)


@pytest.mark.trap(
    "CVE-2009-0037, CVE-2021-22876, CVE-2018-18074",
    "A redirect leads to a file, takes a user's name along, or leaves TLS.",
)
@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://a.example/", "leads from https to http"),
        ("ftp://a.example/", "leads to something that is not HTTP"),
        ("FILE:///etc/passwd", "leads to something that is not HTTP"),
        ("data:text/plain,x", "leads to something that is not HTTP"),
        ("//me@b.example/", "leads to a URL with a user name or a password"),
        ("https://a.example:@b.example/", "leads to a URL with a user name or a password"),
        ("https://b.example\\@a.example/", "leads to a URL with a user name or a password"),
        ("file:///etc/passwd", "leads to something that is not HTTP"),
        ("javascript:alert(1)", "leads to something that is not HTTP"),
        ("https://me:pw@b.example/", "leads to a URL with a user name or a password"),
        ("https://b.example:x/", "leads to a URL that is not valid"),
        ("https://[::1/", "leads to a URL that is not valid"),
        ("https://b.example\\.a.example/", "leads to a URL that is not valid"),
        ("https://b.example/\x01", "leads to a URL that is not valid"),
    ],
)
def test_where_it_does_not_go(location: str, why: str) -> None:
    """Where others went.

    curl CVE-2009-0037 (file:), CVE-2021-22876 and requests CVE-2024-47081 (users in URLs), CVE-2018-18074 (https to
    http).
    """
    there = outgoing().redirected(302, location)

    assert there == Trouble(FaultKind.REFUSED, f"the redirect {why}; it was not followed", begun=True)


PRIVATE: dict[str, Any] = {
    "auth": Bearer(token=TOKEN),
    "headers": (("X-Key", TOKEN), ("Cookie", "a=b"), ("X-Plain", "fine")),
    "tls": Tls(ca="ca.pem", cert="me.pem", key="me.key", server_name="a.internal"),
}


def test_a_header_host_is_for_the_first_host_only() -> None:
    """As curl has it: another host would answer as whoever it names."""
    there = outgoing(headers=(("Host", "internal.example"),)).redirected(302, "https://b.example/")

    assert isinstance(there, Outgoing)
    assert [value for name, value in there.pairs if name.lower() == b"host"] == [b"b.example"]


@pytest.mark.parametrize("location", ["/y", "https://a.example/y", "https://A.example:443/y"])
def test_the_same_host_gets_everything(location: str) -> None:
    there = outgoing(**PRIVATE).redirected(302, location)

    assert isinstance(there, Outgoing)
    assert {header.name for header in there.headers} == {b"X-Key", b"Cookie", b"X-Plain", b"Authorization"}
    assert there.tls == PRIVATE["tls"]


@pytest.mark.trap(
    "CVE-2018-1000007, CVE-2022-27774, CVE-2018-20060, CVE-2023-43804",
    "A redirect takes passwords, tokens and cookies to another host or port.",
)
@pytest.mark.parametrize(
    "location",
    [
        "https://b.example/y",
        "//b.example/y",
        "https://a.example:8443/y",
        "https://a.example.evil.example/y",
        "https://a.example./y",
    ],
)
def test_another_host_gets_nothing_that_says_who_we_are(location: str) -> None:
    """Credentials that went along elsewhere.

    curl CVE-2018-1000007 (host), CVE-2022-27774 (port), CVE-2022-27776 (cookies); requests
    CVE-2014-1829, CVE-2018-18074; urllib3 CVE-2018-20060, CVE-2023-43804; undici CVE-2022-31151.
    """
    there = outgoing(**PRIVATE).redirected(302, location)

    assert isinstance(there, Outgoing)
    assert [header.name for header in there.headers] == [b"X-Plain"]
    assert there.tls == Tls(ca="ca.pem")
    back = there.redirected(302, "https://a.example/z")
    assert isinstance(back, Outgoing)
    assert [header.name for header in back.headers] == [b"X-Plain"]


@pytest.mark.trap(
    "CVE-2023-45803",
    "The body goes along to where a 303 leads.",
)
@pytest.mark.parametrize("fields", [{"body": "x"}, {"json": {"a": TOKEN}, "has_json": True}, {"form": (("a", "b"),)}])
def test_another_host_gets_no_body(fields: dict[str, Any]) -> None:
    """urllib3 CVE-2023-45803 sent it even after a 303."""
    there = outgoing("POST", **fields).redirected(307, "https://b.example/")

    assert isinstance(there, Trouble)
    assert "would send the body to another host" in there.message


# -- against servers


@pytest.fixture
async def transport() -> AsyncIterator[HttpTransport]:
    made = HttpTransport()
    yield made
    await made.close()


class Site:
    """A server that redirects by a table, and remembers what it was asked with which headers."""

    def __init__(self, **moves: tuple[int, str]) -> None:
        self.moves = moves
        self.asked: list[tuple[str, dict[str, str]]] = []

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
            await reader.readexactly(int(headers.get("content-length", "0")))
            method, path, _ = head[0].split()
            self.asked.append((f"{method} {path}", headers))
            status, location = self.moves.get(path.strip("/"), (200, ""))
            extra = f"Location: {location}\r\n" if location else ""
            writer.write(f"HTTP/1.1 {status} X\r\n{extra}Content-Length: 2\r\n\r\nok".encode())
            await writer.drain()


def request(method: str, url: str, **fields: Any) -> HttpRequest:
    return HttpRequest(target=Control(), method=method, url=url, **({"timeout": Duration(5_000)} | fields))


def fault_of(answer: Answer) -> Fault:
    assert isinstance(answer, Fault), answer
    return answer


async def test_redirects_are_followed_as_far_as_allowed(serve: Serve, transport: HttpTransport) -> None:
    site = Site(a=(302, "/b"), b=(301, "/c"), c=(200, ""))
    at = await serve(site.handle)

    reply = await transport.perform(request("GET", f"http://{at}/a", follow=2))
    assert isinstance(reply, HttpReply)
    assert reply.status == 200
    assert [line for line, _ in site.asked] == ["GET /a", "GET /b", "GET /c"]

    found = fault_of(await transport.perform(request("GET", f"http://{at}/a", follow=1)))
    assert (found.kind, found.begun) == (FaultKind.REFUSED, True)
    assert found.message == f"{at} redirects once more than 'follow' allows"

    reply = await transport.perform(request("GET", f"http://{at}/a"))
    assert isinstance(reply, HttpReply)
    assert (reply.status, reply.headers["location"]) == (302, "/b")


@pytest.mark.parametrize("status", [300, 304, 305])
async def test_what_is_no_redirect_is_a_reply(serve: Serve, transport: HttpTransport, status: int) -> None:
    at = await serve(Site(a=(status, "/b")).handle)

    reply = await transport.perform(request("HEAD", f"http://{at}/a", follow=2))
    assert isinstance(reply, HttpReply)
    assert reply.status == status


async def test_a_redirect_to_nowhere_in_particular_is_a_reply(serve: Serve, transport: HttpTransport) -> None:
    at = await serve(Site(a=(302, "")).handle)

    reply = await transport.perform(request("GET", f"http://{at}/a", follow=2))
    assert isinstance(reply, HttpReply)
    assert reply.status == 302


async def test_credentials_stay_with_the_first_host(serve: Serve, transport: HttpTransport) -> None:
    other = Site()
    there = await serve(other.handle)
    site = Site(a=(302, "/b"), b=(302, f"http://{there}/c"))
    at = await serve(site.handle)
    auth = Basic(user="ops", password=TOKEN)

    reply = await transport.perform(
        request("GET", f"http://{at}/a", follow=3, auth=auth, headers=(("X-Key", TOKEN), ("X-Plain", "p")))
    )

    assert isinstance(reply, HttpReply)
    assert [headers["authorization"] for _, headers in site.asked] == ["basic b3bzonqwa2vulxzhbhvl"] * 2
    assert "authorization" not in other.asked[0][1]
    assert "x-key" not in other.asked[0][1]
    assert other.asked[0][1]["x-plain"] == "p"
    assert "referer" not in other.asked[0][1]


async def test_a_change_that_was_redirected_has_begun_even_if_the_next_host_is_down(
    serve: Serve, transport: HttpTransport, unused_tcp_port: int
) -> None:
    at = await serve(Site(a=(303, f"http://127.0.0.1:{unused_tcp_port}/")).handle)

    found = fault_of(await transport.perform(request("POST", f"http://{at}/a", follow=1)))
    assert (found.kind, found.begun) == (FaultKind.UNREACHABLE, True)


async def test_the_deadline_is_for_all_hops_together(serve: Serve, transport: HttpTransport) -> None:
    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(0.2)
            writer.write(b"HTTP/1.1 302 X\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")

    at = await serve(slow)
    began = asyncio.get_running_loop().time()
    found = fault_of(await transport.perform(request("GET", f"http://{at}/", follow=10, timeout=Duration(500))))

    assert found.kind is FaultKind.TIMEOUT
    assert asyncio.get_running_loop().time() - began < 1.5


@pytest.mark.parametrize(
    ("auth", "sent"),
    [
        (Bearer(token=TOKEN), "bearer t0ken-value"),
        (Basic(user="ü", password=TOKEN), "basic w7w6ddbrzw4tdmfsdwu="),
    ],
)
async def test_who_we_are_is_said_in_a_header(
    serve: Serve, transport: HttpTransport, auth: Basic | Bearer, sent: str
) -> None:
    site = Site()
    at = await serve(site.handle)

    await transport.perform(request("GET", f"http://{at}/", auth=auth))
    assert site.asked[0][1]["authorization"] == sent
