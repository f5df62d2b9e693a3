"""Notices are kept once each, and shown again."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from playbook_engine.sandbox.notices import NoticeReceiver


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[NoticeReceiver]:
    made = NoticeReceiver(tmp_path / "notices.jsonl")
    made.start()
    yield made
    made.close()


def _send(receiver: NoticeReceiver, method: str, path: str, body: str = "", **headers: str) -> tuple[int, bytes]:
    host = receiver.url.removeprefix("http://").partition("/")[0]
    connection = http.client.HTTPConnection(host, timeout=5)
    try:
        connection.request(
            method, path, body.encode(), {name.replace("_", "-"): text for name, text in headers.items()}
        )
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_what_was_sent_can_be_read_in_three_ways(receiver: NoticeReceiver, tmp_path: Path) -> None:
    assert _send(receiver, "POST", "/notices", '{"text": "令牌失效"}')[0] == 200
    assert [notice.body for notice in receiver.received()] == [{"text": "令牌失效"}]
    shown = json.loads(_send(receiver, "GET", "/notices")[1])
    assert [notice["body"] for notice in shown] == [{"text": "令牌失效"}]
    lines = (tmp_path / "notices.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["body"] for line in lines] == [{"text": "令牌失效"}]


def test_a_repeated_notice_is_acknowledged_and_kept_once(receiver: NoticeReceiver) -> None:
    for key in ("a", "a", "b"):
        assert _send(receiver, "POST", "/notices", "{}", Idempotency_Key=key)[0] == 200
    assert [notice.headers["idempotency-key"] for notice in receiver.received()] == ["a", "b"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/notices", "not json", 400),
        ("POST", "/notices", "[" * 100_000, 400),
        ("DELETE", "/notices", "", 405),
        ("POST", "/other", "{}", 404),
    ],
)
def test_what_is_not_a_notice_is_refused(
    receiver: NoticeReceiver, method: str, path: str, body: str, status: int
) -> None:
    assert _send(receiver, method, path, body)[0] == status
    assert receiver.received() == ()
