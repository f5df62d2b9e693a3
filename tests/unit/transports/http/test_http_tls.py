"""HttpTransport and certificates: what is trusted, and what is said when it is not."""

import asyncio
import datetime as dt
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from certificates import certificate

from playbook_engine.model.replies import Answer, Fault, FaultKind, HttpReply
from playbook_engine.model.requests import HttpRequest
from playbook_engine.model.targets import Control
from playbook_engine.transports.http import HttpTransport
from playbook_engine.values import Duration

Serve = Callable[..., Awaitable[str]]
EXPIRED, VALID = dt.datetime(2021, 1, 1, tzinfo=dt.UTC), dt.datetime(2200, 1, 1, tzinfo=dt.UTC)


async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    await reader.read()


async def get(url: str) -> Answer:
    transport = HttpTransport()
    try:
        return await transport.perform(HttpRequest(target=Control(), method="GET", url=url, timeout=Duration(5000)))
    finally:
        await transport.close()


@pytest.mark.parametrize(
    ("ends", "address", "trusted", "words"),
    [
        (EXPIRED, "127.0.0.1", True, "certificate has expired"),
        (VALID, "127.0.0.2", True, "IP address mismatch"),
        (VALID, "127.0.0.1", False, "self-signed certificate"),
    ],
)
async def test_a_certificate_that_is_not_good_is_refused_with_the_reason(
    serve: Serve,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ends: dt.datetime,
    address: str,
    trusted: bool,
    words: str,
) -> None:
    file = certificate(tmp_path, ends=ends, address=address)
    at = await serve(greet, _server_side(file))
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))

    fault = await get(f"https://{at}/")

    assert isinstance(fault, Fault), fault
    assert (fault.kind, fault.begun) == (FaultKind.UNREACHABLE, False)
    assert fault.message.startswith(f"the certificate of 127.0.0.1 is not accepted: {words}")
    assert fault.hint is not None


async def test_a_certificate_from_ssl_cert_file_is_accepted(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certificate(tmp_path, ends=VALID, address="127.0.0.1")
    at = await serve(greet, _server_side(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))

    reply = await get(f"https://{at}/")

    assert isinstance(reply, HttpReply), reply
    assert reply.body.text == "ok"


async def test_plain_http_where_tls_was_meant_is_unreachable_with_a_hint(serve: Serve) -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await reader.read()

    at = await serve(plain)

    fault = await get(f"https://{at}/")

    assert isinstance(fault, Fault), fault
    assert fault.kind is FaultKind.UNREACHABLE
    assert fault.message == f"the TLS handshake with {at} failed: wrong version number"
    assert fault.hint == "It may speak plain HTTP: try http://."


async def test_a_server_that_hangs_up_in_the_handshake_is_unreachable(serve: Serve) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)

    at = await serve(hang_up)

    fault = await get(f"https://{at}/")

    assert isinstance(fault, Fault), fault
    assert (fault.kind, fault.begun) == (FaultKind.UNREACHABLE, False)
    assert at in fault.message


def _server_side(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
