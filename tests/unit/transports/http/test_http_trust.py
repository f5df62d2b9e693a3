"""Own authorities, client certificates and server names, against servers that insist on them."""

import asyncio
import os
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from certificates import Authority

from playbook_engine.model.replies import Answer, Fault, FaultKind, HttpReply
from playbook_engine.model.requests import HttpRequest, Tls
from playbook_engine.model.targets import Control
from playbook_engine.transports.http import HttpTransport
from playbook_engine.values import Duration

Serve = Callable[..., Awaitable[str]]
HERE = "127.0.0.1"


async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    await reader.read()


async def get(at: str, tls: Tls | None) -> Answer:
    transport = HttpTransport()
    request = HttpRequest(target=Control(), method="GET", url=f"https://{at}/", tls=tls, timeout=Duration(5_000))
    try:
        return await transport.perform(request)
    finally:
        await transport.close()


async def fault(at: str, tls: Tls | None) -> Fault:
    answer = await get(at, tls)
    assert isinstance(answer, Fault), answer
    assert not answer.begun
    return answer


@pytest.fixture
def own(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


async def test_a_named_authority_is_trusted(serve: Serve, own: Authority) -> None:
    at = await serve(greet, own.server(HERE))

    assert (await fault(at, None)).kind is FaultKind.UNREACHABLE
    assert isinstance(await get(at, Tls(ca=str(own.file))), HttpReply)


async def test_a_named_authority_is_the_only_one(
    serve: Serve, own: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = await serve(greet, own.server(HERE))
    monkeypatch.setenv("SSL_CERT_FILE", str(own.file))
    other = Authority(tmp_path / "other")

    assert isinstance(await get(at, None), HttpReply)
    found = await fault(at, Tls(ca=str(other.file)))
    assert found.kind is FaultKind.UNREACHABLE
    assert "is not accepted" in found.message


async def test_the_server_may_have_to_prove_another_name(serve: Serve, own: Authority) -> None:
    at = await serve(greet, own.server("api.internal"))

    assert "IP address mismatch" in (await fault(at, Tls(ca=str(own.file)))).message
    assert isinstance(await get(at, Tls(ca=str(own.file), server_name="api.internal")), HttpReply)
    wrong = await fault(at, Tls(ca=str(own.file), server_name="other.internal"))
    assert "Hostname mismatch" in wrong.message or "hostname mismatch" in wrong.message


@pytest.mark.parametrize(
    ("version", "kind", "words"),
    [
        # The older protocol has no word of its own for it.
        (
            ssl.TLSVersion.TLSv1_2,
            FaultKind.UNREACHABLE,
            "the TLS handshake with {at} failed: sslv3 alert handshake failure",
        ),
        (ssl.TLSVersion.TLSv1_3, FaultKind.AUTH, "{at} does not accept us: certificate required"),
    ],
)
async def test_who_has_no_certificate_is_not_accepted(
    own: Authority, tmp_path: Path, version: ssl.TLSVersion, kind: FaultKind, words: str
) -> None:
    clients = Authority(tmp_path / "clients", "clients")
    context = own.server(HERE, clients)
    context.minimum_version = context.maximum_version = version
    good, strange = clients.issue("ops"), own.issue("ops")
    ca = str(own.file)

    async with insisting(context) as at:
        assert isinstance(await get(at, Tls(ca=ca, cert=str(good.both))), HttpReply)
        assert isinstance(await get(at, Tls(ca=ca, cert=str(good.cert), key=str(good.key))), HttpReply)
        found = await fault(at, Tls(ca=ca, cert=str(strange.both)))
        assert (found.kind, found.message) == (FaultKind.AUTH, f"{at} does not accept us: unknown ca")
        found = await fault(at, Tls(ca=ca))
        assert (found.kind, found.message) == (kind, words.format(at=at))


@pytest.mark.parametrize("name", ["a" * 70 + ".test", ".test", "a..test"])
async def test_a_name_that_no_certificate_can_have(serve: Serve, own: Authority, name: str) -> None:
    at = await serve(greet, own.server(HERE))
    found = await fault(at, Tls(ca=str(own.file), server_name=name))
    assert found.kind in {FaultKind.ERROR, FaultKind.UNREACHABLE}


async def test_files_are_read_once_for_all_requests(
    serve: Serve, own: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A context with the authorities of a system takes tens of milliseconds."""
    made = 0
    make = ssl.create_default_context

    def counted(*args: Any, **fields: Any) -> ssl.SSLContext:
        nonlocal made
        made += 1
        return make(*args, **fields)

    monkeypatch.setattr(ssl, "create_default_context", counted)
    ats = [await serve(greet, own.server(HERE)) for _ in range(3)]
    names = (None, "127.0.0.1", "127.0.0.1")
    transport = HttpTransport(None, {})
    requests = [
        HttpRequest(
            target=Control(),
            method="GET",
            url=f"https://{at}/",
            tls=Tls(ca=str(own.file), server_name=name),
            timeout=Duration(5_000),
        )
        for at, name in zip(ats, names, strict=True)
    ]
    try:
        answers = await asyncio.gather(*(transport.perform(request) for request in requests * 5))
    finally:
        await transport.close()

    assert all(isinstance(answer, HttpReply) for answer in answers)
    assert made == 1


async def test_a_file_that_was_mended_is_read_again(serve: Serve, own: Authority, tmp_path: Path) -> None:
    at = await serve(greet, own.server(HERE))
    file = tmp_path / "late.pem"
    request = HttpRequest(
        target=Control(), method="GET", url=f"https://{at}/", tls=Tls(ca=str(file)), timeout=Duration(5_000)
    )
    transport = HttpTransport(None, {})
    try:
        assert isinstance(await transport.perform(request), Fault)
        file.write_bytes(own.file.read_bytes())
        assert isinstance(await transport.perform(request), HttpReply)
    finally:
        await transport.close()


async def test_a_server_whose_tls_is_too_old_says_so(own: Authority) -> None:
    context = own.server(HERE)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1

    async with insisting(context) as at:
        found = await fault(at, Tls(ca=str(own.file)))

    assert found.kind is FaultKind.UNREACHABLE
    assert found.message == f"the TLS handshake with {at} failed: tlsv1 alert protocol version"
    assert "1.2 and 1.3" in (found.hint or "")


@asynccontextmanager
async def insisting(context: ssl.SSLContext) -> AsyncIterator[str]:
    """Serve with blocking sockets: asyncio's server hangs up without the alert that others send."""
    listener = socket.create_server((HERE, 0))

    def serve_all() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with peer, suppress(OSError):
                _answer(context.wrap_socket(peer, server_side=True, do_handshake_on_connect=False))

    thread = threading.Thread(target=serve_all)
    thread.start()
    try:
        yield f"{HERE}:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        await asyncio.to_thread(thread.join, 10)  # it waits for our sockets, which the event loop closes


def _answer(secure: ssl.SSLSocket) -> None:
    with secure:
        try:
            secure.do_handshake()
        except ssl.SSLError:
            while os.read(secure.fileno(), 4096):
                pass  # until the client has read the alert: a reset would overtake it
            return
        while b"\r\n\r\n" not in secure.recv(4096):
            pass
        secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")


async def test_what_is_wrong_with_a_file_is_said(serve: Serve, own: Authority, tmp_path: Path) -> None:
    at = await serve(greet, own.server(HERE))
    one, other, locked = own.issue("one"), own.issue("other"), own.issue("locked", password="x")
    rubbish = tmp_path / "rubbish.pem"
    rubbish.write_text("rubbish")
    table = {
        Tls(ca=str(tmp_path / "none.pem")): f"{tmp_path}/none.pem cannot be read: No such file or directory",
        Tls(ca=str(rubbish)): f"{rubbish} is not a PEM file with certificates",
        Tls(cert=str(tmp_path)): f"{tmp_path} cannot be read: Is a directory",
        Tls(cert=str(rubbish)): f"{rubbish} is not a certificate with its key in PEM",
        Tls(cert=str(one.cert), key=str(rubbish)): f"{one.cert} with {rubbish} is not a certificate with its key in PEM",
        Tls(cert=str(one.cert), key=str(other.key)): f"the key in {other.key} does not belong to the certificate in {one.cert}",
        Tls(cert=str(locked.both)): f"the key in {locked.both} is encrypted, which is not supported",
    }  # fmt: skip

    for tls, message in table.items():
        found = await fault(at, tls)
        assert (found.kind, found.message) == (FaultKind.ERROR, message)


async def test_connections_are_not_shared_between_different_certificates(
    serve: Serve, own: Authority, tmp_path: Path
) -> None:
    clients = Authority(tmp_path / "clients", "clients")
    at = await serve(greet, own.server(HERE, clients))
    transport = HttpTransport()

    def request(tls: Tls) -> HttpRequest:
        return HttpRequest(target=Control(), method="GET", url=f"https://{at}/", tls=tls, timeout=Duration(5_000))

    try:
        with_one = request(Tls(ca=str(own.file), cert=str(clients.issue("ops").both)))
        assert isinstance(await transport.perform(with_one), HttpReply)
        assert isinstance(await transport.perform(request(Tls(ca=str(own.file)))), Fault)
    finally:
        await transport.close()
