"""The formats of inputs: what each takes, and what only looks like it."""

import json
from pathlib import Path

import pytest

from playbook_engine.model.formats import FORMATS

ROOT = Path(__file__).parents[3]
GOOD = {
    "url": ["http://127.0.0.1:8080/x?q=1", "https://例子.example/", "postgres://db-1/app", "http://[::1]/"],
    "hostname": ["localhost", "db-1.example.com", "3com.example", "a" * 63, "xn--fsq.example"],
    "ipv4": ["192.0.2.7", "0.0.0.0"],
    "ipv6": ["::", "2001:db8::7", "::ffff:192.0.2.7"],
    "ip": ["192.0.2.7", "::1"],
    "email": ["oncall@example.com", "a.b+c@localhost"],
    "date": ["2026-11-20", "2024-02-29"],
    "date-time": ["2026-11-20T03:00:00Z", "2026-11-20T03:00:00.25+08:00"],
    "uuid": ["0b6f1c9e-5d0a-4a53-9d1e-2f3b8a7c4d10", "0B6F1C9E-5D0A-4A53-9D1E-2F3B8A7C4D10"],
    "path": ["/", "/var/log/api.log", "/srv/数据/a b"],
    "size": ["10MiB", "0B"],
    "percent": ["25%", "99.5 %", "0%"],
}
BAD = {
    "url": [
        "example.com",
        "https://",
        "/x",
        "http://a b/",
        "http://a:port/",
        "http://[::1/",
        "mailto:a@b",
        "http://a/\n",
    ],
    "hostname": ["", "-a", "a-", "a_b", "a..b", "a.", "192.0.2.7", "a" * 64, ".".join(["a" * 60] * 5), "a\n"],
    "ipv4": ["192.0.2", "192.0.2.256", "192.0.2.07", "::1", " 192.0.2.7"],
    "ipv6": ["192.0.2.7", "fe80::1%eth0", "2001:db8::7::1", "[::1]"],
    "ip": ["db-1", "192.0.2.0/24"],
    "email": [
        "oncall",
        "@example.com",
        "a@",
        "a b@example.com",
        ".a@example.com",
        "a..b@example.com",
        "a@b@c",
        "a" * 65 + "@b",
    ],
    "date": ["20261120", "2026-W47-5", "2026-02-30", "2026-11-20T00:00", "20.11.2026", "２０２６-11-20"],
    "date-time": ["2026-11-20", "2026-11-20T03:00:00", "2026-11-20 03:00:00Z", "2026-11-20T25:00:00Z"],
    "uuid": ["{0b6f1c9e-5d0a-4a53-9d1e-2f3b8a7c4d10}", "0b6f1c9e5d0a4a539d1e2f3b8a7c4d10", "x"],
    "path": ["", "var/log", "~/x", "/a\n/b", "/a\x00b"],
    "size": ["10", "10 MiB", "-1B", "10M"],
    "percent": ["25", "%", "0,5%", "25 percent"],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in GOOD.items() for text in texts])
def test_what_fits(name: str, text: str) -> None:
    assert FORMATS[name].fits(text)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in BAD.items() for text in texts])
def test_what_does_not_fit(name: str, text: str) -> None:
    assert not FORMATS[name].fits(text)


def test_every_format_has_an_example_that_fits_and_is_tried() -> None:
    assert set(FORMATS) == set(GOOD) == set(BAD)
    assert all(each.fits(each.example) for each in FORMATS.values())


def test_the_schema_knows_the_same_formats() -> None:
    schema = json.loads((ROOT / "schemas" / "playbook.v1.json").read_text(encoding="utf-8"))

    assert schema["$defs"]["input"]["properties"]["format"]["enum"] == list(FORMATS)


def test_the_reference_lists_them() -> None:
    page = (ROOT / "docs" / "reference" / "inputs.md").read_text(encoding="utf-8")
    rows = [f"| `{each.name}` | {each.words} | `{each.example}` |" for each in FORMATS.values()]

    assert "\n".join(rows) in page
