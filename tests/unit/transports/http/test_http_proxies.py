"""Which proxy the environment names, and what happens when it does not do what it should."""

import base64
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from certificates import Authority
from http_ways import NAME, LoopbackProxy

from playbook_engine.model.replies import Answer, Fault, FaultKind, HttpReply
from playbook_engine.model.requests import Bearer, HttpRequest, Tls
from playbook_engine.model.targets import Control
from playbook_engine.transports.http import HttpTransport
from playbook_engine.transports.http.address import Address
from playbook_engine.transports.http.proxies import proxy_of
from playbook_engine.transports.http.trust import Unusable
from playbook_engine.values import Duration, Secret, SecretText

Serve = Callable[..., Awaitable[str]]
HTTP, HTTPS = "http://a.example/", "https://a.example/"


def named(url: str, **environment: str) -> str | None:
    found = proxy_of(Address.of(url), environment)
    return None if found is None else f"{'https' if found.secure else 'http'}://{found.peer} from {found.variable}"


@pytest.mark.trap(
    "CVE-2016-5385",
    "A header of a request to a CGI program becomes its proxy.",
)
@pytest.mark.parametrize(
    ("url", "environment", "proxy"),
    [
        (HTTP, {}, None),
        (HTTP, {"http_proxy": "http://p:3128"}, "http://p:3128 from http_proxy"),
        (HTTP, {"HTTP_PROXY": "http://p:3128"}, "http://p:3128 from HTTP_PROXY"),
        (HTTP, {"HTTP_PROXY": "http://p:1", "http_proxy": "http://q:2"}, "http://q:2 from http_proxy"),
        (HTTP, {"HTTP_PROXY": "http://p:1", "http_proxy": ""}, None),
        (HTTP, {"https_proxy": "http://p:1"}, None),
        (HTTPS, {"https_proxy": "http://p:1"}, "http://p:1 from https_proxy"),
        (HTTPS, {"HTTPS_PROXY": "https://p"}, "https://p:443 from HTTPS_PROXY"),
        (HTTPS, {"http_proxy": "http://p:1"}, None),
        (HTTPS, {"ALL_PROXY": "p:1"}, "http://p:1 from ALL_PROXY"),
        (HTTP, {"all_proxy": "p", "http_proxy": "q"}, "http://q:80 from http_proxy"),
        (HTTPS, {"all_proxy": "http://[2001:db8::1]:3128/"}, "http://[2001:db8::1]:3128 from all_proxy"),
        # A web server hands a client's header `Proxy` to CGI programs as HTTP_PROXY.
        (HTTP, {"HTTP_PROXY": "http://evil:1", "REQUEST_METHOD": "GET"}, None),
        (HTTP, {"http_proxy": "http://p:1", "REQUEST_METHOD": "GET"}, "http://p:1 from http_proxy"),
        (HTTPS, {"HTTPS_PROXY": "http://p:1", "REQUEST_METHOD": "GET"}, "http://p:1 from HTTPS_PROXY"),
        # This machine is never asked through a proxy.
        ("http://localhost:9/", {"all_proxy": "p:1"}, None),
        ("http://127.0.0.1/", {"all_proxy": "p:1"}, None),
        ("http://[::1]/", {"all_proxy": "p:1"}, None),
    ],
)
def test_which_variable_counts(url: str, environment: dict[str, str], proxy: str | None) -> None:
    """The httpoxy trap is CVE-2016-5385; that small letters win is curl's rule."""
    assert named(url, **environment) == proxy


@pytest.mark.parametrize(
    ("no_proxy", "url", "direct"),
    [
        ("*", HTTP, True),
        ("a.example", HTTP, True),
        ("A.EXAMPLE", HTTP, True),
        ("b.example, a.example", HTTP, True),
        ("b.example a.example", HTTP, True),
        ("example", HTTP, True),
        (".example", HTTP, True),
        (".a.example", HTTP, True),
        ("*.example", HTTP, True),
        ("a.example.", HTTP, True),
        ("a.example", "http://a.example./", True),
        ("b.a.example", HTTP, False),
        ("ample", HTTP, False),
        ("a.example.org", HTTP, False),
        ("", HTTP, False),
        (",, ,", HTTP, False),
        (".", HTTP, False),
        ("a.example:80", HTTP, True),
        ("a.example:443", HTTP, False),
        ("a.example:443", HTTPS, True),
        (".example:8080", "http://a.example:8080/", True),
        ("10.1.2.3", "http://10.1.2.3/", True),
        ("10.1.2.3:80", "http://10.1.2.3/", True),
        ("10.1.2.3:81", "http://10.1.2.3/", False),
        ("10.0.0.0/8", "http://10.1.2.3/", True),
        ("10.1.2.3/8", "http://10.9.9.9/", True),
        ("10.0.0.0/8:80", "http://10.1.2.3/", True),
        ("11.0.0.0/8", "http://10.1.2.3/", False),
        ("10.", "http://10.1.2.3/", False),
        ("2.3", "http://10.1.2.3/", False),
        ("2001:db8::1", "http://[2001:db8::1]/", True),
        ("2001:db8::/32", "http://[2001:db8::1]/", True),
        ("[2001:db8::1]", "http://[2001:db8::1]/", True),
        ("[2001:db8::1]:80", "http://[2001:db8::1]/", True),
        ("[2001:db8::1]:81", "http://[2001:db8::1]/", False),
        ("2001:db8::/32", "http://10.1.2.3/", False),
        ("10.0.0.0/8", HTTP, False),
        ("10.0.0.0/99", "http://10.1.2.3/", False),
    ],
)
def test_what_is_reached_without_a_proxy(no_proxy: str, url: str, direct: bool) -> None:
    """Networks are what curl knows since 7.86, and httpx does not (httpx#1536); ports are in urllib and Go."""
    assert (named(url, all_proxy="p:1", NO_PROXY=no_proxy) is None) is direct


def test_small_letters_win_for_no_proxy_too() -> None:
    assert named(HTTP, all_proxy="p:1", no_proxy="", NO_PROXY="*") is not None
    assert named(HTTP, all_proxy="p:1", no_proxy="*", NO_PROXY="b.example") is None


@pytest.mark.parametrize(
    "value", ["socks5://u:s3cr3t@p:1", "ftp://u:s3cr3t@p", "http://u:s3cr3t@", "http://u:s3cr3t@p:x"]
)
def test_a_proxy_that_cannot_be_used_is_told_without_its_password(value: str) -> None:
    with pytest.raises(Unusable) as found:
        named(HTTP, HTTP_PROXY=value)
    assert "HTTP_PROXY" in str(found.value)
    assert "s3cr3t" not in str(found.value)


def test_name_and_password_of_a_proxy_are_sent_and_never_shown() -> None:
    found = proxy_of(Address.of(HTTP), {"http_proxy": "http://ops%40x:s3cr%3At@p:1"})
    assert found is not None
    assert found.credentials == b"Basic " + base64.b64encode(b"ops@x:s3cr:t")
    assert "s3cr" not in repr(found)
    assert base64.b64encode(b"ops@x:s3cr:t").decode() not in repr(found)


# -- against a proxy


async def ask(url: str, environment: dict[str, str], method: str = "GET", **fields: object) -> Answer:
    transport = HttpTransport(None, environment)
    given: dict[str, object] = {"timeout": Duration(5_000)} | fields
    try:
        return await transport.perform(HttpRequest(target=Control(), method=method, url=url, **given))  # type: ignore[arg-type]
    finally:
        await transport.close()


async def greet(reader: object, writer: object) -> None:
    await reader.readuntil(b"\r\n\r\n")  # type: ignore[attr-defined]
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")  # type: ignore[attr-defined]
    await reader.read()  # type: ignore[attr-defined]


LOGIN = "Basic " + base64.b64encode(b"ops:s3cr3t").decode()


@pytest.mark.trap(
    "CVE-2023-32681, CVE-2024-37891",
    "The password for the proxy goes on to the server.",
)
@pytest.mark.parametrize("secure", [False, True])
async def test_a_proxy_gets_its_password_and_the_server_does_not(serve: Serve, tmp_path: Path, secure: bool) -> None:
    """Proxy-Authorization that went on to the server: CVE-2023-32681 (requests), CVE-2024-37891 (urllib3)."""
    heads: list[str] = []

    async def note(reader: object, writer: object) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode())  # type: ignore[attr-defined]
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")  # type: ignore[attr-defined]

    own = Authority(tmp_path)
    at = await serve(note, own.server(NAME) if secure else None)
    proxy = LoopbackProxy(LOGIN)
    there = await serve(proxy.handle)
    port = at.rpartition(":")[2]
    scheme = "https" if secure else "http"
    answer = await ask(
        f"{scheme}://{NAME}:{port}/x",
        {"all_proxy": f"http://ops:s3cr3t@{there}"},
        tls=Tls(ca=str(own.file)) if secure else None,
        auth=Bearer(token=SecretText((Secret("T", "t0ken"),))),
    )

    assert isinstance(answer, HttpReply), answer
    assert proxy.asked == [f"CONNECT {NAME}:{port} HTTP/1.1" if secure else f"GET http://{NAME}:{port}/x HTTP/1.1"]
    if secure:
        assert "t0ken" not in proxy.heads[0]
        assert "roxy-" not in heads[0]
        assert heads[0].startswith("GET /x HTTP/1.1")


@pytest.mark.parametrize(
    ("login", "words"),
    [("", "wants a user name and a password"), ("ops:wrong@", "does not accept our user name and password")],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_wants_to_know_who_we_are(serve: Serve, scheme: str, login: str, words: str) -> None:
    there = await serve(LoopbackProxy(LOGIN).handle)
    found = await ask(f"{scheme}://far.test/", {"all_proxy": f"http://{login}{there}"}, "POST", body="x")

    assert isinstance(found, Fault), found
    assert (found.kind, found.message) == (FaultKind.AUTH, f"the proxy {there} {words}")
    assert not found.begun
    assert "all_proxy" in (found.hint or "")
    assert "wrong" not in f"{found}"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            b"HTTP/1.1 403 No \x1b way\r\nContent-Length: 0\r\n\r\n",
            "made no connection to far.test:443: it answered 403",
        ),
        (b"HTTP/1.1 502 Bad\r\n\r\n", "made no connection to far.test:443: it answered 502"),
        (b"", "broke off before it had made a connection"),
        (b"SSH-2.0-x\r\n\r\n", "broke off before it had made a connection"),
        (b"HTTP/1.1 200 OK\r\n\r\nand more", "broke off before it had made a connection"),
    ],
)
async def test_a_proxy_that_makes_no_connection(serve: Serve, said: bytes, words: str) -> None:
    """Bytes of a proxy that pose as the server's: CVE-2021-22924 is of that family."""

    async def handle(reader: object, writer: object) -> None:
        await reader.readuntil(b"\r\n\r\n")  # type: ignore[attr-defined]
        writer.write(said)  # type: ignore[attr-defined]

    there = await serve(handle)
    found = await ask("https://far.test/", {"HTTPS_PROXY": f"http://{there}"}, "POST", body="x")

    assert isinstance(found, Fault), found
    assert (found.kind, found.begun, found.message) == (FaultKind.UNREACHABLE, False, f"the proxy {there} {words}")
    assert "HTTPS_PROXY" in (found.hint or "")


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_is_not_there(unused_tcp_port: int, scheme: str) -> None:
    found = await ask(f"{scheme}://far.test/", {"ALL_PROXY": f"http://127.0.0.1:{unused_tcp_port}"}, "POST")

    assert isinstance(found, Fault), found
    assert (found.kind, found.begun) == (FaultKind.UNREACHABLE, False)
    assert found.message == f"connection refused by the proxy 127.0.0.1:{unused_tcp_port}"


async def test_a_proxy_that_says_nothing(serve: Serve) -> None:
    async def silent(reader: object, writer: object) -> None:
        await reader.read()  # type: ignore[attr-defined]
        await reader.read()  # type: ignore[attr-defined]

    there = await serve(silent)
    found = await ask("https://far.test/", {"ALL_PROXY": f"http://{there}"}, timeout=Duration(1_000))

    assert isinstance(found, Fault), found
    assert (found.kind, found.begun) == (FaultKind.UNREACHABLE, False)
    assert found.message == "the proxy made no connection to far.test:443 within 1s"


async def test_a_proxy_in_tls(serve: Serve, tmp_path: Path) -> None:
    """TLS inside TLS; the proxy is held to the authorities of this machine."""
    own = Authority(tmp_path)
    at = await serve(greet, own.server(NAME))
    proxy = LoopbackProxy()
    there = await serve(proxy.handle, own.server("127.0.0.1"))
    environment = {"https_proxy": f"https://{there}"}
    url = f"https://{NAME}:{at.rpartition(':')[2]}/"

    refused = await ask(url, environment, tls=Tls(ca=str(own.file)))
    assert isinstance(refused, Fault)
    assert "the certificate of 127.0.0.1 is not accepted" in refused.message
    answer = await ask(url, environment | {"SSL_CERT_FILE": str(own.file)}, tls=Tls(ca=str(own.file)))
    assert isinstance(answer, HttpReply), answer
