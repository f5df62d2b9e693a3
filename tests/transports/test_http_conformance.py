"""HTTP has the same outcomes on every way: direct, through a host's real sshd, through a proxy; plain and in TLS."""

import asyncio
import datetime as dt
import gzip
import socket
import ssl
import struct
import tracemalloc
import zlib
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import openssh
import pytest
from certificates import Authority, certificate
from http_ways import NAME, LoopbackProxy, Way
from loopback_http import serve

from playbook_engine.model.replies import FaultKind
from playbook_engine.model.requests import Tls
from playbook_engine.sandbox.web import Reply, Request, WebServer, json_reply
from playbook_engine.transports.http import HttpTransport
from playbook_engine.transports.http.body import KEPT, READ_AT_MOST
from playbook_engine.transports.ssh.transport import SshTransport

__all__ = ["serve"]
pytestmark = pytest.mark.sshd
Serve = Callable[..., Awaitable[str]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
HANGS_MS = 1_000
NOW = dt.datetime(2200, 1, 1, tzinfo=dt.UTC) - dt.timedelta(days=64_000, hours=3)
WAYS = ["direct plain", "direct tls", "ssh plain", "ssh tls", "proxy plain", "proxy tls"]
PLAIN, SECURE = WAYS[::2], WAYS[1::2]


@pytest.fixture
async def way(
    request: pytest.FixtureRequest, serve: Serve, sshd: openssh.OpenSsh, tmp_path: Path
) -> AsyncIterator[Way]:
    kind, _, wrapping = request.param.partition(" ")
    environment: dict[str, str] = {}
    if kind == "proxy":
        proxy = await serve(LoopbackProxy().handle)
        environment = {"http_proxy": f"http://{proxy}", "https_proxy": f"http://{proxy}"}
    ssh = SshTransport(jitter=lambda: 0.5, files=sshd.files()) if kind == "ssh" else None
    made = Way(
        name=request.param,
        secure=wrapping == "tls",
        transport=HttpTransport(ssh, environment, lambda: NOW),
        authority=Authority(tmp_path / "authority"),
        start=serve,
        through=sshd.host() if ssh else None,
        proxied=kind == "proxy",
    )
    await made.reply(await made.serve(answering(OK)))  # so that no deadline below pays for the login
    yield made
    await made.transport.close()
    if ssh:
        await ssh.close()


everywhere = pytest.mark.parametrize("way", WAYS, indirect=True)
plain_only = pytest.mark.parametrize("way", PLAIN, indirect=True)
tls_only = pytest.mark.parametrize("way", SECURE, indirect=True)


async def asked(reader: Reader) -> tuple[str, bytes]:
    """Return the method and the body of a request."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = head.partition("content-length: ")[2].partition("\r\n")[0]
    return head.split()[0].upper(), await reader.readexactly(int(length or "0"))


def answering(*answers: bytes) -> Callable[[Reader, Writer], Awaitable[None]]:
    """Return a handler that gives these answers on every connection, then keeps silent."""

    async def handle(reader: Reader, writer: Writer) -> None:
        for answer in answers:
            await asked(reader)
            writer.write(answer)
            await writer.drain()
        await reader.read()

    return handle


def ending(answer: bytes, *, reset: bool = False) -> Callable[[Reader, Writer], Awaitable[None]]:
    """Return a handler that answers and hangs up, or breaks the connection off."""

    async def handle(reader: Reader, writer: Writer) -> None:
        await asked(reader)
        writer.write(answer)
        await writer.drain()
        if reset:
            await asyncio.sleep(0.1)  # what was written is on its way; a reset overtakes what is not
            sock: socket.socket = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    return handle


# -- answers


@everywhere
async def test_an_answer(way: Way) -> None:
    url = await way.serve(answering(b'HTTP/1.1 201 Made\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 9\r\n\r\n{"a": 12}'))
    reply = await way.reply(f"{url}/x?y=1", "POST", json={"k": "é"}, has_json=True)
    assert (reply.status, reply.headers["x-a"], reply.names()["json"]) == (201, "1, 2", {"a": 12})


@everywhere
@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", 200, "until the end"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end", 200, "until the end"),
        (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", 200, "ok"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n", 200, "abcde"),
        (b"HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n" + OK, 200, "ok"),
        (b"HTTP/1.1 204 Nothing\r\n\r\n", 204, ""),
        (b"HTTP/1.1 304 As before\r\nContent-Length: 100\r\n\r\n", 304, ""),
        (b"HTTP/1.1 429 Slow down\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n", 429, ""),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy", 503, "busy"),
    ],
    ids=["1.0", "close", "no reason", "chunks", "1xx", "204", "304", "429", "503"],
)  # fmt: skip
async def test_answers_of_every_form(way: Way, answer: bytes, status: int, body: str) -> None:
    reply = await way.reply(await way.serve(ending(answer)))
    assert (reply.status, reply.body.text) == (status, body)
    assert reply.retry_after_ms == (3_000 if status == 429 else None)


@everywhere
async def test_head_has_no_body(way: Way) -> None:
    url = await way.serve(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", OK))
    assert (await way.reply(url, "HEAD")).body.size == 0
    assert (await way.reply(url)).body.text == "ok"


@everywhere
@pytest.mark.parametrize(
    ("coding", "body"),
    [
        (b"gzip", gzip.compress(b"well")),
        (b"GZIP", gzip.compress(b"we") + gzip.compress(b"ll") + b"\0\0"),
        (b"deflate", zlib.compress(b"well")),
        (b"deflate", zlib.compress(b"well")[2:-4]),
        (b"identity", b"well"),
    ],
    ids=["one part", "two parts and dust", "zlib", "bare", "as it is"],
)
async def test_compressed_bodies(way: Way, coding: bytes, body: bytes) -> None:
    """Several parts of gzip: RFC 1952, 2.2; deflate without zlib's header: what IIS sent, curl#2719."""
    url = await way.serve(
        answering(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s" % (coding, len(body), body)
        )
    )
    assert (await way.reply(url)).body.text == "well"


@everywhere
async def test_a_trickle_is_an_answer_too(way: Way) -> None:
    async def trickle(reader: Reader, writer: Writer) -> None:
        await asked(reader)
        for byte in b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n":
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)

    assert (await way.reply(await way.serve(trickle))).body.text == "ok"


@everywhere
async def test_an_endless_body_is_cut_and_memory_stays_flat(way: Way) -> None:
    async def endless(reader: Reader, writer: Writer) -> None:
        await asked(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    url = await way.serve(endless)
    tracemalloc.start()
    try:
        reply = await way.reply(url, timeout_ms=60_000)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert reply.body.truncated
    assert READ_AT_MOST <= reply.body.size < READ_AT_MOST + 65536
    assert (len(reply.body.head), len(reply.body.tail)) == (KEPT, KEPT)
    assert most < 12 * 2**20


@pytest.mark.trap(
    "CVE-2025-66471",
    "A small answer unpacks to gigabytes, and all of it is kept.",
)
@everywhere
async def test_a_bomb_is_cut(way: Way) -> None:
    """A hundred megabytes in a hundred kilobytes: bounded behind the decompression (urllib3 CVE-2025-66471)."""
    bomb = gzip.compress(bytes(100 * 2**20))
    url = await way.serve(
        answering(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(bomb), bomb))
    )
    assert READ_AT_MOST <= (await way.reply(url, timeout_ms=60_000)).body.size <= READ_AT_MOST + 128 * 1024


@everywhere
async def test_an_answer_that_comes_before_the_question_is_over_counts(way: Way) -> None:
    """A server that refuses a large upload answers and reads no more of it."""

    async def refuse(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too large\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        await asyncio.Event().wait()

    reply = await way.reply(await way.serve(refuse), "POST", body="x" * (24 * 2**20))
    assert reply.status == 413


@plain_only
async def test_the_web_server_of_the_embedded_stack(way: Way) -> None:
    """It is written with the standard library: somebody else's idea of HTTP."""

    def route(request: Request) -> Reply:
        told = {"method": request.method, "query": dict(request.query), "body": request.body.decode()}
        return json_reply(404 if request.path == "/none" else 200, told)

    web = WebServer(route)
    web.start()
    try:
        url = way.url(f"127.0.0.1:{web.port}")
        read = await way.reply(f"{url}/a?x=1&y=%C3%A9")
        assert read.names()["json"] == {"method": "GET", "query": {"x": "1", "y": "é"}, "body": ""}
        assert (await way.reply(f"{url}/none")).status == 404
        assert (await way.reply(url, "HEAD")).body.size == 0
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            sent = (await way.reply(url, method, form=(("a", "1 2"), ("b", "é&")))).names()["json"]
            assert sent == {"method": method, "query": {}, "body": "a=1+2&b=%C3%A9%26"}
        kept = await way.reply(url)
        assert (kept.status, kept.tls_ms) == (200, 0)
    finally:
        await way.transport.close()
        web.close()


# -- connections


@everywhere
async def test_the_parts_of_a_request_are_timed(way: Way) -> None:
    async def slow(reader: Reader, writer: Writer) -> None:
        while True:
            await asked(reader)
            await asyncio.sleep(0.05)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no")
            await writer.drain()
            await asyncio.sleep(0.05)
            writer.write(b"k")

    url = await way.serve(slow)
    first, second = await way.reply(url), await way.reply(url)
    assert 50 <= first.ttfb_ms < first.duration_ms
    assert first.ttfb_ms >= first.connect_ms + first.tls_ms
    assert (first.tls_ms > 0) <= way.secure
    assert (second.connect_ms, second.tls_ms) == (0, 0)
    assert 50 <= second.ttfb_ms < second.duration_ms


@tls_only
async def test_what_the_certificate_says(way: Way) -> None:
    reply = await way.reply(await way.serve(answering(OK)))
    names = reply.names()
    assert names["certificate_names"] == [NAME]
    assert names["certificate_issuer"] == "CN=authority"
    assert names["certificate_not_after"] == "2200-01-01T00:00:00Z"
    assert reply.certificate is not None
    assert reply.certificate.subject == f"CN={NAME}"
    assert names["certificate_days_left"] == 64_000


@plain_only
async def test_without_tls_there_is_no_certificate(way: Way) -> None:
    names = (await way.reply(await way.serve(answering(OK)))).names()
    assert {value for name, value in names.items() if name.startswith("certificate")} == {None}


@everywhere
async def test_reading_is_repeated_when_a_kept_connection_had_been_closed(way: Way) -> None:
    """The race of keep-alive: the server hangs up just as the request leaves (RFC 9112, 9.3.1)."""
    seen: list[str] = []

    async def once(reader: Reader, writer: Writer) -> None:
        seen.append((await asked(reader))[0])
        writer.write(OK)
        await writer.drain()
        seen.append((await asked(reader))[0])

    url = await way.serve(once)
    for _ in range(3):
        assert (await way.reply(url)).body.text == "ok"
    assert seen == ["GET", "GET", "GET", "GET", "GET"]


@everywhere
async def test_reading_is_repeated_once_only(way: Way) -> None:
    seen: list[str] = []

    async def fails_from_the_second_on(reader: Reader, writer: Writer) -> None:
        seen.append((await asked(reader))[0])
        if len(seen) == 1:
            writer.write(OK)
            await writer.drain()
            seen.append((await asked(reader))[0])

    url = await way.serve(fails_from_the_second_on)
    await way.reply(url)
    found = await way.fault(url)
    assert (found.kind, found.begun, len(seen)) == (FaultKind.LOST, True, 3)


@everywhere
async def test_a_change_is_never_repeated(way: Way) -> None:
    seen: list[str] = []

    async def hang_up(reader: Reader, writer: Writer) -> None:
        seen.append((await asked(reader))[0])
        if seen == ["GET"]:
            writer.write(OK)
            await reader.read()

    url = await way.serve(hang_up)
    await way.reply(url)
    for method in ("POST", "PUT", "DELETE"):
        found = await way.fault(url, method)
        assert (found.kind, found.begun) == (FaultKind.LOST, True)
    assert seen == ["GET", "POST", "PUT", "DELETE"]


@everywhere
async def test_what_follows_an_answer_is_never_the_next_answer(way: Way) -> None:
    """Response splitting and cache poisoning live from it: httpcore takes the rest for the next answer."""
    wrong = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong"
    url = await way.serve(answering(OK + wrong, OK))
    for _ in range(3):
        assert (await way.reply(url)).body.text == "ok"


# -- redirects


@everywhere
async def test_a_loop_of_redirects_ends(way: Way) -> None:
    url = await way.serve(answering(*[b"HTTP/1.1 302 On\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n"] * 20))
    found = await way.fault(url, follow=5)
    assert (found.kind, found.begun) == (FaultKind.REFUSED, True)
    assert "redirects once more than 'follow' allows" in found.message


@everywhere
async def test_all_hops_share_one_deadline(way: Way) -> None:
    async def slow(reader: Reader, writer: Writer) -> None:
        while True:
            await asked(reader)
            await asyncio.sleep(0.3)
            writer.write(b"HTTP/1.1 302 On\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")

    found = await way.fault(await way.serve(slow), timeout_ms=HANGS_MS, follow=10)
    assert (found.kind, found.begun) == (FaultKind.TIMEOUT, True)


# -- what goes wrong once the request is out


async def _silent(reader: Reader, writer: Writer) -> None:
    await asyncio.Event().wait()


async def _slow_headers(reader: Reader, writer: Writer) -> None:
    await asked(reader)
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-A: b\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


async def _endless_1xx(reader: Reader, writer: Writer) -> None:
    await asked(reader)
    while True:
        writer.write(b"HTTP/1.1 102 Wait\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


async def _slow_body(reader: Reader, writer: Writer) -> None:
    await asked(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"drip ")
        await writer.drain()
        await asyncio.sleep(0.05)


@everywhere
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "server",
    [answering(), _slow_headers, _endless_1xx, _slow_body],
    ids=["silent", "slow headers", "endless 1xx", "slow body"],
)
async def test_an_answer_that_takes_too_long(way: Way, server: Callable[..., Awaitable[None]], method: str) -> None:
    found = await way.fault(await way.serve(server), method, HANGS_MS)
    assert (found.kind, found.begun) == (FaultKind.TIMEOUT, True)
    assert "no complete answer from " in found.message
    if server is _slow_body:
        assert found.partial["body"].text.startswith("drip drip")


LOST, ERROR = FaultKind.LOST, FaultKind.ERROR
BROKEN = {
    "no answer": (ending(b""), LOST, "closed the connection before the answer was complete"),
    "half a head": (ending(b"HTTP/1.1 200 OK\r\nX-"), LOST, "closed the connection before the answer was complete"),
    "short body": (ending(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), LOST, "before the answer was complete"),
    "half a chunk": (
        ending(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf"), LOST, "before the answer was complete"
    ),
    "no last chunk": (
        ending(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"), LOST, "before the answer was complete"
    ),
    "reset": (
        ending(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", reset=True), LOST, "before the answer was complete"
    ),
    "not HTTP": (ending(b"220 mail.example ESMTP\r\n\r\n"), LOST, "sent something that is not an HTTP answer"),
    "two lengths": (
        ending(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), LOST, "is not an HTTP answer"
    ),
    "bad chunk": (
        ending(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokXX2\r\n"), LOST, "is not an HTTP answer"
    ),
    "long header": (ending(b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 200_000), ERROR, "headers of the answer of"),
    "many headers": (
        ending(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 5_000 + b"\r\n"), ERROR, "headers of the answer of"
    ),
    "long trailer": (
        ending(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"X-A: b\r\n" * 20_000), ERROR,
        "headers of the answer of",
    ),
    "unknown coding": (
        ending(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\nab"), ERROR, "encoded as br, which"
    ),
    "two codings": (
        ending(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\nContent-Length: 2\r\n\r\nab"), ERROR, "gzip, gzip"
    ),
    "damaged": (
        ending(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd"), ERROR, "and damaged"
    ),
    "cut gzip": (
        ending(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 99)[:20]), ERROR, "and damaged"
    ),
}  # fmt: skip


@pytest.mark.trap(
    "CVE-2025-43859",
    "Chunks that end wrongly are read past, into what somebody else sent.",
)
@everywhere
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("case", BROKEN)
async def test_an_answer_that_is_none(way: Way, case: str, method: str) -> None:
    """The chunk without its line end is CVE-2025-43859 of h11."""
    server, kind, words = BROKEN[case]
    found = await way.fault(await way.serve(server), method)
    assert (found.kind, found.begun) == (kind, True)
    assert words in found.message
    if "half" in case or case in {"short body", "no last chunk", "reset"}:
        assert found.partial.get("body", None) is None or found.partial["body"].text in {"half", ""}


# -- what goes wrong before


@pytest.mark.parametrize("way", ["direct plain", "direct tls", "ssh plain", "ssh tls", "proxy tls"], indirect=True)
async def test_nothing_listens(way: Way) -> None:
    """A proxy answers 502 to a plain request: that is an answer, and nobody can tell whose."""
    found = await way.fault(way.url(f"127.0.0.1:{openssh.free_port()}"), "POST", body="x")
    assert (found.kind, found.begun) == (FaultKind.UNREACHABLE, False)


@tls_only
async def test_a_server_that_is_silent_in_the_handshake(way: Way) -> None:
    found = await way.fault(await way.serve_with(_silent, None), timeout_ms=HANGS_MS)
    assert (found.kind, found.begun) == (FaultKind.UNREACHABLE, False)
    assert "did not finish the TLS handshake within 1s" in found.message


@tls_only
@pytest.mark.parametrize("reset", [False, True])
async def test_a_server_that_hangs_up_in_the_handshake(way: Way, reset: bool) -> None:
    async def hang_up(reader: Reader, writer: Writer) -> None:
        await reader.read(10)
        if reset:
            writer.transport.abort()

    found = await way.fault(await way.serve_with(hang_up, None))
    assert (found.kind, found.begun) == (FaultKind.UNREACHABLE, False)
    assert "closed the connection in the TLS handshake" in found.message


@tls_only
async def test_plain_http_on_the_port_of_tls(way: Way) -> None:
    async def plain(reader: Reader, writer: Writer) -> None:
        await reader.read(10)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await reader.read()

    found = await way.fault(await way.serve_with(plain, None))
    assert (found.kind, found.begun) == (FaultKind.UNREACHABLE, False)
    assert found.hint == "It may speak plain HTTP: try http://."


@plain_only
async def test_tls_on_the_port_of_plain_http(way: Way) -> None:
    async def alert(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"\x15\x03\x01\x00\x02\x02\x46")  # what OpenSSL's server says to a plain request
        await reader.read()

    found = await way.fault(await way.serve_with(alert, None))
    assert (found.kind, found.begun) == (FaultKind.LOST, True)
    assert found.hint == "It speaks TLS: try https://."


def server_side(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@tls_only
async def test_an_expired_certificate_is_told_with_its_end_and_its_names(way: Way, tmp_path: Path) -> None:
    file = certificate(tmp_path, ends=dt.datetime(2021, 3, 4, 5, 6, tzinfo=dt.UTC), address="127.0.0.1")
    url = await way.serve_with(answering(OK), server_side(file))
    found = await way.fault(url, tls=Tls(ca=str(file), server_name="127.0.0.1"))
    assert (found.kind, found.begun) == (FaultKind.UNREACHABLE, False)
    assert "certificate has expired (it is for 127.0.0.1, valid until 2021-03-04 05:06 UTC)" in found.message


@tls_only
async def test_a_certificate_for_another_name(way: Way) -> None:
    url = await way.serve_with(answering(OK), way.authority.server("other.test"))
    found = await way.fault(url)
    assert (found.kind, found.begun) == (FaultKind.UNREACHABLE, False)
    assert "ostname mismatch" in found.message
    assert "(it is for other.test, valid until 2200-01-01 00:00 UTC)" in found.message


@tls_only
async def test_an_authority_that_nobody_knows(way: Way, tmp_path: Path) -> None:
    url = await way.serve_with(answering(OK), Authority(tmp_path / "strange").server(NAME))
    found = await way.fault(url)
    assert (found.kind, found.begun) == (FaultKind.UNREACHABLE, False)
    assert "is not accepted" in found.message
    assert "tls: {ca: …}" in (found.hint or "")


@tls_only
async def test_a_version_of_tls_that_is_too_old(way: Way) -> None:
    context = way.authority.server(NAME)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    found = await way.fault(await way.serve_with(answering(OK), context))
    assert (found.kind, found.begun) == (FaultKind.UNREACHABLE, False)
    assert "TLS handshake" in found.message


@tls_only
async def test_a_certificate_that_we_do_not_have(way: Way, tmp_path: Path) -> None:
    clients = Authority(tmp_path / "clients", "clients")
    url = await way.serve_with(answering(OK), way.authority.server(NAME, clients))
    ours = Tls(ca=str(way.authority.file), server_name=NAME)
    found = await way.fault(url, tls=ours)
    assert found.kind in {FaultKind.AUTH, FaultKind.UNREACHABLE, FaultKind.LOST}, found
    known = Tls(ca=ours.ca, server_name=NAME, cert=str(clients.issue("ops").both))
    assert (await way.reply(url, tls=known)).status == 200


@tls_only
async def test_an_answer_without_a_length_that_tls_does_not_end_is_cut_off(way: Way) -> None:
    """Anybody on the way can end a TCP connection; only TLS itself can say that this was all (truncation attack)."""

    async def cut(reader: Reader, writer: Writer) -> None:
        await asked(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nall is well, except")
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.transport.abort()

    found = await way.fault(await way.serve(cut))
    assert (found.kind, found.begun) == (FaultKind.LOST, True)
    assert found.partial["body"].text == "all is well, except"
