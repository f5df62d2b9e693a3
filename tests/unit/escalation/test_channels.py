"""The webhook and the Slack channel against a real receiver."""

import asyncio
import hashlib
import hmac
import json
import logging
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from playbook_engine.diagnostics import Source, Span
from playbook_engine.escalation.channels import post
from playbook_engine.escalation.channels.delivery import Delivery
from playbook_engine.escalation.channels.registry import notifiers
from playbook_engine.escalation.channels.slack import slack_text
from playbook_engine.escalation.notice import Notice
from playbook_engine.model.inventory import Channel
from playbook_engine.values import Secret

Receive = Callable[..., Awaitable[tuple[str, list[tuple[str, dict[str, str], bytes]]]]]
HERE = Span(Source("environment.yml", ""), 1, 1, 1, 2)
NOTICE = Notice(text="[P1] down & <out>", fields={"run": "01J"}, key="k" * 32)
PATH = "/services/T0/B0/s3cr3t-path"
NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


class StandingClock:
    def now(self) -> datetime:
        return NOW

    def monotonic_ms(self) -> int:
        return 0

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("a channel never sleeps")


def channel(kind: str, **fields: str) -> Channel:
    return replace(Channel(name="pager", kind=kind, span=HERE, url_secret="HOOK"), **fields)  # type: ignore[arg-type]  # fields by name


async def send(
    kind: str, url: str, address: str = "#oncall", secrets: Mapping[str, Secret] | None = None, **fields: str
) -> Delivery:
    given = {"HOOK": Secret("HOOK", url), **(secrets or {})}
    found = await notifiers(StandingClock())[kind].send(channel(kind, **fields), address, NOTICE, given)
    assert isinstance(found, Delivery)
    return found


def response(status: int, body: bytes = b"", *headers: bytes) -> bytes:
    lines = [b"HTTP/1.1 %d Answer" % status, b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


async def test_a_webhook_gets_the_notice_as_json(receive: Receive) -> None:
    url, got = await receive(response(202))

    delivery = await send("webhook", url + PATH)

    line, headers, body = got[0]
    assert line == f"POST {PATH} HTTP/1.1"
    assert headers["content-type"] == "application/json"
    assert headers["idempotency-key"] == NOTICE.key
    assert "x-runbook-signature" not in headers
    assert json.loads(body) == {
        "schema": "runbook-notice/1",
        "key": NOTICE.key,
        "address": "#oncall",
        "text": NOTICE.text,
        "fields": {"run": "01J"},
    }
    assert delivery == Delivery(delivered=True, detail="HTTP 202 from 127.0.0.1")


async def test_a_webhook_is_signed_with_its_signing_secret(receive: Receive) -> None:
    url, got = await receive(response(200))

    await send("webhook", url, secrets={"SIGN": Secret("SIGN", "key")}, signing_secret="SIGN")

    _, headers, body = got[0]
    moment = int(NOW.timestamp())
    expected = hmac.new(b"key", f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["x-runbook-signature"] == f"t={moment},v1={expected}"


async def test_slack_gets_escaped_text_with_the_address_in_front(receive: Receive) -> None:
    url, got = await receive(response(200, b"ok"))

    delivery = await send("slack", url + PATH)

    assert json.loads(got[0][2]) == {"text": "#oncall: [P1] down &amp; &lt;out&gt;"}
    assert delivery == Delivery(delivered=True, detail="ok from 127.0.0.1")


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("@cto", "@cto: x"),
        ("U012AB3CD", "<@U012AB3CD>: x"),
        ("<@U012AB3CD>", "<@U012AB3CD>: x"),
        ("<!channel>", "&lt;!channel&gt;: x"),
        ("", "x"),
    ],
)
def test_only_a_member_id_becomes_a_mention(address: str, text: str) -> None:
    assert slack_text(address, "x") == text


@pytest.mark.parametrize("kind", ["webhook", "slack"])
@pytest.mark.parametrize(
    ("answer", "detail", "retry_after_s"),
    [
        (response(500), "127.0.0.1: HTTP 500", 0.0),
        (response(503, b"", b"Retry-After: 7"), "127.0.0.1: HTTP 503", 7.0),
        (response(429, b"", b"Retry-After: Mon, 23 Nov 2026 12:00:30 GMT"), "127.0.0.1: HTTP 429", 30.0),
        (response(429, b"", b"Retry-After: Mon, 23 Nov 2020 12:00:30 GMT"), "127.0.0.1: HTTP 429", 0.0),
        (response(429, b"", b"Retry-After: soon"), "127.0.0.1: HTTP 429", 0.0),
        (response(429, b"", b"Retry-After: -5"), "127.0.0.1: HTTP 429", 0.0),
        (response(408), "127.0.0.1: HTTP 408", 0.0),
        (response(404), "127.0.0.1: HTTP 404", None),
        (response(410), "127.0.0.1: HTTP 410", None),
        (response(301, b"", b"Location: http://192.0.2.1/"), "127.0.0.1: HTTP 301; redirects are not followed", None),
        (None, "127.0.0.1: the connection broke before the answer", 0.0),
    ],
)  # fmt: skip
async def test_an_answer_says_whether_another_try_makes_sense(
    receive: Receive, kind: str, answer: bytes | None, detail: str, retry_after_s: float | None
) -> None:
    url, _ = await receive(answer)

    delivery = await send(kind, url + PATH)

    assert delivery == Delivery(delivered=False, detail=detail, retry_after_s=retry_after_s)


@pytest.mark.parametrize(
    ("status", "body", "detail"),
    [
        (400, b"invalid_payload", "127.0.0.1: HTTP 400 invalid_payload"),
        (404, b"no_service", "127.0.0.1: HTTP 404 no_service"),
        (403, b"<html>\x1b[31mhttps://hooks/s3cr3t-path</html>", "127.0.0.1: HTTP 403"),
        (200, b"<html>captive portal</html>", "127.0.0.1: HTTP 200"),
    ],
)
async def test_slack_is_believed_only_in_words_it_is_known_to_use(
    receive: Receive, status: int, body: bytes, detail: str
) -> None:
    url, _ = await receive(response(status, body))

    assert await send("slack", url + PATH) == Delivery(delivered=False, detail=detail)


@pytest.mark.parametrize("kind", ["webhook", "slack"])
@pytest.mark.parametrize(
    ("url", "detail"),
    [
        ("http://hooks.example" + PATH, "the URL of channel 'pager' is not encrypted; use https://"),
        ("hooks.example" + PATH, "the URL of channel 'pager' does not begin with https:// and a host"),
        ("https://[::1" + PATH, "the URL of channel 'pager' is not valid"),
        ("", "the URL of channel 'pager' does not begin with https:// and a host"),
    ],
)
async def test_a_url_that_is_no_use_is_said_without_showing_it(kind: str, url: str, detail: str) -> None:
    assert await send(kind, url) == Delivery(delivered=False, detail=detail)


@pytest.mark.parametrize("kind", ["webhook", "slack"])
async def test_a_refused_connection_can_be_tried_again(receive: Receive, kind: str) -> None:
    delivery = await send(kind, "http://127.0.0.1:1" + PATH)

    assert delivery == Delivery(delivered=False, detail="127.0.0.1: connection refused", retry_after_s=0.0)


async def test_a_missing_secret_is_named() -> None:
    hook = channel("webhook", url_secret="OTHER")
    found = await notifiers(StandingClock())["webhook"].send(hook, "x", NOTICE, {})
    unsigned = await send("webhook", "https://hooks.example/", signing_secret="SIGN")

    assert found.detail == "the secret 'OTHER' of channel 'pager' has no value"
    assert unsigned.detail == "the signing secret 'SIGN' of channel 'pager' has no value"


async def test_a_channel_without_any_url_is_no_use() -> None:
    hook = Channel(name="pager", kind="slack", span=HERE)

    found = await notifiers(StandingClock())["slack"].send(hook, "x", NOTICE, {})

    assert (found.detail, found.retry_after_s) == ("channel 'pager' has no URL", None)


async def test_a_url_in_the_open_is_used_as_it_is(receive: Receive) -> None:
    url, got = await receive(response(200))
    hook = Channel(name="pager", kind="webhook", span=HERE, url=url + "/open")

    found = await notifiers(StandingClock())["webhook"].send(hook, "x", NOTICE, {})

    assert found.delivered
    assert got[0][0] == "POST /open HTTP/1.1"


async def test_a_receiver_that_says_nothing_can_be_tried_again(
    receive: Receive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "_TIMEOUT_S", 0.05)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        delivery = await send("webhook", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{PATH}")

    assert delivery == Delivery(delivered=False, detail="127.0.0.1: no answer within 0s", retry_after_s=0.0)


@pytest.mark.parametrize(
    ("trusted", "detail"),
    [(False, "self-signed certificate"), (True, "Hostname mismatch, certificate is not valid for 'localhost'")],
)
async def test_a_receiver_must_prove_who_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool, detail: str
) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    file = own_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    server = await asyncio.start_server(silent, "127.0.0.1", 0, ssl=context)
    async with server:
        delivery = await send("slack", f"https://localhost:{server.sockets[0].getsockname()[1]}{PATH}")

    assert delivery.detail == f"localhost: its certificate is not accepted ({detail})"
    assert delivery.retry_after_s == 0.0


def own_certificate(folder: Path) -> Path:
    """Write a key and a certificate that is its own authority, for a name that nobody has."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "other.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2200, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("other.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    private = key.private_bytes(encoding, form, serialization.NoEncryption())
    path = folder / "server.pem"
    path.write_bytes(private + made.public_bytes(encoding))
    return path


async def test_a_receiver_that_does_not_speak_tls_is_no_receiver(receive: Receive) -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(response(400))
        await reader.read()
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    async with server:
        delivery = await send("slack", f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}{PATH}")

    assert delivery == Delivery(delivered=False, detail="127.0.0.1: the TLS handshake failed", retry_after_s=0.0)


async def test_what_the_library_throws_never_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> httpx.AsyncClient:
        raise OSError(f"https://hooks.example{PATH}")

    monkeypatch.setattr(httpx, "AsyncClient", broken)

    delivery = await send("webhook", "https://hooks.example" + PATH)

    assert delivery == Delivery(delivered=False, detail="hooks.example: the notice could not be sent (OSError)")


async def test_the_address_of_a_receiver_reaches_no_log(receive: Receive, caplog: pytest.LogCaptureFixture) -> None:
    url, _ = await receive(response(200))
    with caplog.at_level(logging.DEBUG):
        await send("webhook", url + PATH)

    assert "s3cr3t" not in caplog.text
    assert "s3cr3t" not in repr(post.Receiver(httpx.URL(url + PATH)))


async def test_a_huge_answer_is_not_read_to_its_end(receive: Receive) -> None:
    url, _ = await receive(response(200, b"ok" + b" " * 10_000_000))

    assert (await send("slack", url + PATH)).delivered
