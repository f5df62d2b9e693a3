"""HttpTransport against real servers on the loopback."""

import asyncio
import gzip
import json
import logging
import socket
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from playbook_engine.model.replies import Answer, Fault, FaultKind, HttpReply
from playbook_engine.model.requests import HttpRequest, ManualRequest
from playbook_engine.model.targets import Control, Person
from playbook_engine.transports.http import HttpTransport
from playbook_engine.values import Duration, Secret, SecretText

Serve = Callable[..., Awaitable[str]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
async def transport() -> AsyncIterator[HttpTransport]:
    made = HttpTransport()
    yield made
    await made.close()


def request(method: str, url: str | SecretText, timeout_ms: int = 5000, **fields: Any) -> HttpRequest:
    return HttpRequest(target=Control(), method=method, url=url, timeout=Duration(timeout_ms), **fields)


async def read_request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes]:
    """Return request line, headers and body; IncompleteReadError when the client has gone."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in head[1:] if line)
    lowered = {name.lower(): value for name, value in headers.items()}
    return head[0], lowered, await reader.readexactly(int(lowered.get("content-length", "0")))


def answering(*answers: bytes, seen: list[tuple[str, dict[str, str], bytes]] | None = None) -> Any:
    """Return a handler that gives the same answers on every connection, then keeps silent."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            got = await read_request(reader)
            if seen is not None:
                seen.append(got)
            writer.write(answer)
            await writer.drain()
        await reader.read()

    return handle


def reply_of(answer: Answer) -> HttpReply:
    assert isinstance(answer, HttpReply), answer
    return answer


def fault_of(answer: Answer) -> Fault:
    assert isinstance(answer, Fault), answer
    return answer


async def test_a_reply_has_status_lower_case_headers_body_and_json(serve: Serve, transport: HttpTransport) -> None:
    at = await serve(
        answering(
            b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nX-Part: a\r\nX-PART: b\r\n"
            b'Content-Length: 19\r\n\r\n{"status": "amiss"}'
        )
    )

    reply = reply_of(await transport.perform(request("GET", f"http://{at}/health")))

    assert reply.status == 503
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["x-part"] == "a, b"
    assert reply.body.text == '{"status": "amiss"}'
    assert reply.names()["json"] == {"status": "amiss"}
    assert not reply.body.truncated


@pytest.mark.parametrize(
    ("fields", "content_type", "body"),
    [
        ({"json": {"k": SecretText(("a", Secret("S", "é"))), "n": [1, None]}, "has_json": True}, "application/json", '{"k":"aé","n":[1,null]}'),
        ({"json": None, "has_json": True}, "application/json", "null"),
        ({"form": (("a", "1 2"), ("b", Secret("S", "&=")))}, "application/x-www-form-urlencoded", "a=1+2&b=%26%3D"),
        ({"body": SecretText(("hej ", Secret("S", "då")))}, "text/plain; charset=utf-8", "hej då"),
        ({"body": "x", "headers": (("content-type", "text/csv"),)}, "text/csv", "x"),
    ],
)  # fmt: skip
async def test_payloads_are_sent_with_their_secrets(
    serve: Serve, transport: HttpTransport, fields: dict[str, Any], content_type: str, body: str
) -> None:
    seen: list[tuple[str, dict[str, str], bytes]] = []
    at = await serve(answering(OK, seen=seen))

    reply_of(await transport.perform(request("POST", f"http://{at}/", **fields)))

    assert seen[0][1]["content-type"] == content_type
    assert seen[0][2].decode() == body


async def test_the_url_arrives_as_it_was_rendered(serve: Serve, transport: HttpTransport) -> None:
    seen: list[tuple[str, dict[str, str], bytes]] = []
    at = await serve(answering(OK, seen=seen))
    url = SecretText((f"http://{at}/a%2Fb/%E4%BD%A0?q=x%26y&token=", Secret("T", "s%2F3")))

    reply_of(await transport.perform(request("GET", url, headers=(("X-Key", Secret("K", " kéy ")),))))

    assert seen[0][0] == "GET /a%2Fb/%E4%BD%A0?q=x%26y&token=s%2F3 HTTP/1.1"
    assert seen[0][1]["x-key"] == "kéy"
    assert seen[0][1]["user-agent"].startswith("runbook/")


async def test_a_redirect_is_a_reply(serve: Serve, transport: HttpTransport) -> None:
    at = await serve(answering(b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n"))

    reply = reply_of(await transport.perform(request("GET", f"http://{at}/")))

    assert (reply.status, reply.headers["location"]) == (302, "http://192.0.2.1/")


async def test_nothing_of_one_reply_travels_with_the_next_request(serve: Serve, transport: HttpTransport) -> None:
    seen: list[tuple[str, dict[str, str], bytes]] = []
    cookie = b"HTTP/1.1 200 OK\r\nSet-Cookie: session=1; Path=/\r\nContent-Length: 0\r\n\r\n"
    at = await serve(answering(cookie, OK, seen=seen))

    for _ in range(2):
        reply_of(await transport.perform(request("GET", f"http://{at}/")))

    assert "cookie" not in seen[1][1]


async def test_reading_requests_share_a_connection_and_changes_get_their_own(
    serve: Serve, transport: HttpTransport
) -> None:
    opened = 0

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal opened
        opened += 1
        await answering(*[OK] * 10)(reader, writer)

    at = await serve(handle)
    counts = []
    for method in ("GET", "OPTIONS", "GET", "POST", "DELETE"):
        reply_of(await transport.perform(request(method, f"http://{at}/")))
        counts.append(opened)

    assert counts == [1, 1, 1, 2, 3]


async def test_a_kept_connection_that_the_server_closes_is_replaced_for_reading(
    serve: Serve, transport: HttpTransport
) -> None:
    at = await serve(_closes_on_the_second_request())

    replies = [reply_of(await transport.perform(request("GET", f"http://{at}/"))) for _ in range(3)]

    assert [reply.status for reply in replies] == [200, 200, 200]


def _closes_on_the_second_request() -> Any:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(OK)
        await read_request(reader)

    return handle


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_connection_that_breaks_before_the_answer_is_lost(
    serve: Serve, transport: HttpTransport, method: str
) -> None:
    requests = 0

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        await read_request(reader)
        requests += 1

    at = await serve(handle)

    fault = fault_of(await transport.perform(request(method, f"http://{at}/")))

    assert (fault.kind, fault.begun) == (FaultKind.LOST, True)
    assert fault.message == f"{at} closed the connection before the answer was complete"
    assert requests == 1


async def test_a_body_that_ends_too_early_is_lost_with_what_had_come(serve: Serve, transport: HttpTransport) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        await writer.drain()

    at = await serve(handle)

    fault = fault_of(await transport.perform(request("GET", f"http://{at}/")))

    assert fault.kind is FaultKind.LOST
    assert fault.partial["body"].text == "half"


async def test_what_is_no_http_is_lost_with_a_hint(serve: Serve, transport: HttpTransport) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2 \x1b[31m\r\n\r\n")
        await reader.read()

    at = await serve(handle)

    fault = fault_of(await transport.perform(request("GET", f"http://{at}/")))

    assert fault.kind is FaultKind.LOST
    assert fault.message == f"{at} sent something that is not an HTTP answer"
    assert fault.hint is not None


async def test_no_answer_is_a_timeout_and_may_have_had_an_effect(serve: Serve, transport: HttpTransport) -> None:
    at = await serve(answering())

    fault = fault_of(await transport.perform(request("POST", f"http://{at}/", 150)))

    assert (fault.kind, fault.begun) == (FaultKind.TIMEOUT, True)
    assert fault.message == f"no complete answer from {at} within 150ms"
    assert 100 <= fault.duration_ms < 2000


async def test_the_deadline_is_for_all_of_it_and_keeps_what_had_come(serve: Serve, transport: HttpTransport) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            writer.write(b"drip ")
            await writer.drain()
            await asyncio.sleep(0.02)

    at = await serve(handle)

    fault = fault_of(await transport.perform(request("GET", f"http://{at}/", 300)))

    assert (fault.kind, fault.begun) == (FaultKind.TIMEOUT, True)
    assert fault.partial["body"].text.startswith("drip drip")


async def test_a_refused_connection_is_unreachable(transport: HttpTransport, unused_port: int) -> None:
    fault = fault_of(await transport.perform(request("POST", f"http://127.0.0.1:{unused_port}/")))

    assert (fault.kind, fault.begun) == (FaultKind.UNREACHABLE, False)
    assert fault.message == f"connection refused by 127.0.0.1:{unused_port}"


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


async def test_a_name_that_does_not_resolve_is_unreachable(
    transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)

    fault = fault_of(await transport.perform(request("GET", "https://idp.invalid/jwks")))

    assert (fault.kind, fault.begun) == (FaultKind.UNREACHABLE, False)
    assert fault.message == "the name 'idp.invalid' does not resolve"


async def test_a_silent_handshake_is_unreachable(serve: Serve, transport: HttpTransport) -> None:
    at = await serve(answering())

    fault = fault_of(await transport.perform(request("GET", f"https://{at}/", 2000)))

    assert (fault.kind, fault.begun) == (FaultKind.UNREACHABLE, False)
    assert fault.message == f"{at} did not finish the TLS handshake within 2s"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:99999/", "http://[::1/", "ftp://127.0.0.1/", "/no/host", "http://\ud800/"]
)
async def test_a_url_that_cannot_be_sent_is_an_error(transport: HttpTransport, url: str) -> None:
    fault = fault_of(await transport.perform(request("GET", SecretText((Secret("U", url),)))))

    assert (fault.kind, fault.begun) == (FaultKind.ERROR, False)
    assert url not in fault.message


async def test_a_header_that_cannot_be_sent_is_an_error(serve: Serve, transport: HttpTransport) -> None:
    at = await serve(answering(OK))

    for name, value in (
        ("X-A", "topsecret\r\nX-B: 1"),
        ("X A", "topsecret"),
        ("Content-Length", "topsecret"),
    ):
        sent = request("POST", f"http://{at}/", headers=((name, Secret("S", value)),))
        fault = fault_of(await transport.perform(sent))

        assert (fault.kind, fault.begun) == (FaultKind.ERROR, False)
        assert fault.message == "the request is not valid HTTP"
        assert "topsecret" not in f"{fault}"


async def test_a_text_that_cannot_be_written_as_bytes_is_an_error(transport: HttpTransport) -> None:
    fault = fault_of(await transport.perform(request("POST", "http://127.0.0.1:1/", body="\ud800")))

    assert (fault.kind, fault.begun) == (FaultKind.ERROR, False)
    assert fault.message == "the request cannot be written (UnicodeEncodeError)"


async def test_a_request_of_another_kind_is_an_error(transport: HttpTransport) -> None:
    other = ManualRequest(target=Person(), instruction="Look", timeout=Duration(1))

    assert fault_of(await transport.perform(other)).kind is FaultKind.ERROR


async def test_a_large_body_keeps_both_ends(serve: Serve, transport: HttpTransport) -> None:
    body = b"".join(b"%07d\n" % number for number in range(250_000))
    at = await serve(answering(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body))

    kept = reply_of(await transport.perform(request("GET", f"http://{at}/"))).body

    assert (kept.size, kept.truncated) == (len(body), True)
    assert kept.head == body[: 256 * 1024].decode()
    assert kept.tail == body[-256 * 1024 :].decode()


async def test_an_endless_body_is_given_up(serve: Serve, transport: HttpTransport) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    at = await serve(handle)

    reply = reply_of(await transport.perform(request("GET", f"http://{at}/", 20_000)))

    assert reply.body.truncated
    assert 16 * 2**20 <= reply.body.size < 17 * 2**20


async def test_a_compressed_body_is_read_and_a_bomb_is_bounded(serve: Serve, transport: HttpTransport) -> None:
    small, bomb = gzip.compress(b'{"a": 1}'), gzip.compress(bytes(64 * 2**20), compresslevel=9)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    at = await serve(answering(head % len(small) + small, head % len(bomb) + bomb))

    first = reply_of(await transport.perform(request("GET", f"http://{at}/")))
    second = reply_of(await transport.perform(request("GET", f"http://{at}/", 20_000)))

    assert first.names()["json"] == {"a": 1}
    assert 16 * 2**20 <= second.body.size < 17 * 2**20


@pytest.mark.parametrize(
    "body",
    [b"not gzip at all", gzip.compress(b"x" * 100, mtime=0)[:-12], zlib.compress(b"y" * 50)[:-5]],
    ids=["none", "gzip cut short", "zlib cut short"],
)
async def test_a_damaged_compressed_body_is_an_error(serve: Serve, transport: HttpTransport, body: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    at = await serve(answering(head % len(body) + body))

    fault = fault_of(await transport.perform(request("GET", f"http://{at}/")))

    assert (fault.kind, fault.begun) == (FaultKind.ERROR, True)
    assert fault.message == f"the answer of {at} is compressed and damaged"


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("text/plain", "héj".encode(), "héj"),
        ("text/plain; charset=latin-1", "héj".encode("latin-1"), "héj"),
        ('text/plain; charset="GBK"', "网关".encode("gbk"), "网关"),
        ("text/plain", b"a\xffb", "a\\xffb"),
        ("application/json", b"\xef\xbb\xbf{}", "{}"),
        ("text/plain; charset=zip", b"abc", "abc"),
        ("text/plain; charset=unicode_escape", b"\\x1b", "\\x1b"),
        ("text/plain; charset=idna", b"xn--a", "xn--a"),
    ],
)
async def test_bytes_become_text_by_the_charset(
    serve: Serve, transport: HttpTransport, content_type: str, body: bytes, text: str
) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    at = await serve(answering(head.encode() + body))

    assert reply_of(await transport.perform(request("GET", f"http://{at}/"))).body.text == text


async def test_this_machine_is_reached_without_a_proxy_and_others_through_it(
    serve: Serve, transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, dict[str, str], bytes]] = []
    proxy = await serve(answering(OK, seen=seen))
    server = await serve(answering(b"HTTP/1.1 204 No Content\r\n\r\n"))
    monkeypatch.setenv("HTTP_PROXY", f"http://{proxy}")
    monkeypatch.delenv("NO_PROXY", raising=False)

    near = reply_of(await transport.perform(request("GET", f"http://{server}/")))
    far = reply_of(await transport.perform(request("GET", "http://far.invalid/x")))

    assert (near.status, far.status) == (204, 200)
    assert [line for line, _, _ in seen] == ["GET http://far.invalid/x HTTP/1.1"]


async def test_a_proxy_that_refuses_is_named_as_the_cause(
    serve: Serve, transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = await serve(answering(b"HTTP/1.1 403 No \x1b way\r\nContent-Length: 0\r\n\r\n"))
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:pass@{proxy}")
    monkeypatch.delenv("NO_PROXY", raising=False)

    fault = fault_of(await transport.perform(request("POST", "https://far.invalid/x")))

    assert (fault.kind, fault.begun) == (FaultKind.UNREACHABLE, False)
    assert "proxy" in fault.message
    assert "pass" not in fault.message
    assert fault.message.isprintable()


async def test_a_cancelled_request_leaves_nothing_open(serve: Serve, transport: HttpTransport) -> None:
    asked, gone = asyncio.Event(), asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        asked.set()
        await reader.read()
        gone.set()

    at = await serve(handle)
    task = asyncio.create_task(transport.perform(request("GET", f"http://{at}/")))
    await asked.wait()

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    await asyncio.wait_for(gone.wait(), 2)


async def test_many_requests_go_side_by_side(serve: Serve, transport: HttpTransport) -> None:
    waiting, all_here = 0, asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal waiting
        await read_request(reader)
        waiting += 1
        if waiting == 60:
            all_here.set()
        await all_here.wait()
        writer.write(OK)
        await reader.read()

    at = await serve(handle)

    answers = await asyncio.gather(*(transport.perform(request("GET", f"http://{at}/{n}")) for n in range(60)))

    assert [reply_of(answer).status for answer in answers] == [200] * 60


async def test_secrets_reach_no_log(
    serve: Serve, transport: HttpTransport, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = await serve(answering(OK))
    with caplog.at_level(logging.DEBUG):
        sent = request("GET", SecretText((f"http://{at}/?k=", Secret("K", "s3cr3t"))))
        reply_of(await transport.perform(sent))

    assert "s3cr3t" not in caplog.text


async def test_unreadable_certificates_are_an_error(
    transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/ca.pem")

    fault = fault_of(await transport.perform(request("GET", "https://127.0.0.1:1/")))

    assert fault.kind is FaultKind.ERROR
    assert fault.hint is not None
    assert "SSL_CERT_FILE" in fault.hint


async def test_a_transport_is_not_used_again_after_close(serve: Serve, transport: HttpTransport) -> None:
    at = await serve(answering(b'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"ok"'))
    first = reply_of(await transport.perform(request("GET", f"http://{at}/")))

    await transport.close()
    second = await transport.perform(request("GET", f"http://{at}/"))

    assert first.names()["json"] == json.loads('"ok"')
    assert isinstance(second, Fault)
    assert second.message == "control: asked after close"
