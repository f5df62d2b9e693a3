"""URLs in their parts, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.transports.http.address import Address, BadUrl, is_loopback


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://a.example", ("http", "a.example", 80, "/")),
        ("HTTPS://A.Example:8443/x?y=1#z", ("https", "a.example", 8443, "/x?y=1")),
        ("http://a.example?q", ("http", "a.example", 80, "/?q")),
        ("http://[::1]:8080/", ("http", "::1", 8080, "/")),
        ("http://[2001:DB8::0:1]/", ("http", "2001:db8::1", 80, "/")),
        ("http://[fe80::1%25eth0]/", ("http", "fe80::1%eth0", 80, "/")),
        ("http://bücher.example/", ("http", "xn--bcher-kva.example", 80, "/")),
        ("http://faß.example/", ("http", "xn--fa-hia.example", 80, "/")),
        ("http://a_b.example/你", ("http", "a_b.example", 80, "/%E4%BD%A0")),
        ("http://a.example./x%2Fy", ("http", "a.example.", 80, "/x%2Fy")),
        ('http://a.example/"<>\\^`{|}', ("http", "a.example", 80, "/%22%3C%3E%5C%5E%60%7B|%7D")),
    ],
)
def test_the_parts_of_a_url(url: str, parts: tuple[str, str, int, str]) -> None:
    found = Address.of(url)
    assert (found.scheme, found.host, found.port, found.target) == parts


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.example",
        "/x",
        "ftp://a.example/",
        "file:///etc/passwd",
        "http://",
        "http:///x",
        "http://:80/",
        "http://a.example:x/",
        "http://a.example:65536/",
        "http://a.example:-1/",
        "http://[::1/",
        "http://[v1.x]/",
        "http://a b/",
        "http://a.example/\n",
        "http://a.example/\tx",
        "http://a.example\\@b.example/",
        "http://a.example\\.b.example/",
        "http://user@a.example/",
        "http://a.example:@b.example/",
        "http://a..example/",
        "http://" + "a" * 64 + "ü.example/",
        "http://\ud800/",
        "http://a.example/\ud800",
        "http://a%2eexample/",
        "http://a.example\u2025/",
    ],
)
def test_what_is_no_url_is_refused(url: str) -> None:
    """Confusions about the host: CVE-2024-47081 (requests), CVE-2021-41945 (httpx), "A New Era of SSRF" (2017)."""
    with pytest.raises(BadUrl):
        Address.of(url)


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"http://a.example/{text}"):
        try:
            found = Address.of(url)
        except BadUrl:
            continue
        assert found.target.isascii()
        assert found.host.isascii()
        assert Address.of(str(found)) == found


@given(st.text(max_size=40))
def test_any_location_leads_somewhere_or_is_refused(text: str) -> None:
    try:
        found = Address.of("https://a.example/x").joined(text)
    except BadUrl:
        return
    assert found.scheme in {"http", "https"}


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("localhost.", True),
        ("api.localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", False),
        ("localhost.example", False),
        ("notlocalhost", False),
        ("10.0.0.1", False),
    ],
)
def test_what_is_this_machine(host: str, here: bool) -> None:
    assert is_loopback(host) is here
