"""What an answer says of itself: its charset, and how long the server wants to be left alone."""

import datetime as dt

import pytest

from playbook_engine.model.requests import HttpRequest
from playbook_engine.model.targets import Control
from playbook_engine.transports.http.attempt import Attempt, _charset
from playbook_engine.transports.http.outgoing import Outgoing
from playbook_engine.values import Duration

NOW = dt.datetime(2026, 11, 25, 12, 0, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("text/html; charset=utf-8", "utf-8"),
        ('text/html;Charset = "GBK" ; x=y', "GBK"),
        ("text/html; charset='latin-1'", "latin-1"),
        ("text/html; charset=", None),
        ("text/html", None),
        ("", None),
    ],
)
def test_the_charset_of_an_answer(content_type: str, charset: str | None) -> None:
    assert _charset(content_type) == charset


@pytest.mark.parametrize(
    ("value", "pause_ms"),
    [
        (None, None),
        ("0", 0),
        ("120", 120_000),
        ("9" * 500, 366 * 86_400_000),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("Wed, 25 Nov 2026 12:01:30 GMT", 90_000),
        ("Wed, 25 Nov 2026 11:00:00 GMT", 0),
        ("Wednesday, 25-Nov-26 12:00:05 GMT", 5_000),
        ("Wed, 99 Nov 2026 12:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 366 * 86_400_000),
        ("", None),
    ],
)
async def test_how_long_a_server_asks_to_be_left_alone(value: str | None, pause_ms: int | None) -> None:
    """RFC 9110, 10.2.3: seconds, or a date in any of its forms."""
    request = HttpRequest(target=Control(), method="GET", url="http://a.example/", timeout=Duration(1))
    assert Attempt(Outgoing.of(request), lambda: NOW)._retry_after(value) == pause_ms
