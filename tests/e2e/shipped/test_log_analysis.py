"""`log-analysis` on real log files of real hosts."""

import threading
import time
from pathlib import Path

import pytest
from playing_parts import Parts

pytestmark = pytest.mark.sshd

BRANCH = "What does the log tell?"
OLD_ERRORS = """\
2025-09-29 14:30:15 ERROR Database connection failed: timeout
2025-09-29 14:30:16 ERROR Rate limit exceeded for user_123
2025-09-29 14:30:17 ERROR Rate limit exceeded for user_9
"""
SLOW = """\
2026-11-23 14:30:15 INFO HTTP GET /api/v1/me {"duration_ms":12,"user":"user_123"} 200
2026-11-23 14:30:15 ERROR HTTP POST /api/v1/messages {"duration_ms":5120,"user":"user_7"} 503
2026-11-23 14:30:15 INFO HTTP GET /api/v1/conversations/771?limit=1 duration_ms=2051 200
"""


def test_a_quiet_log(parts: Parts) -> None:
    played = parts.play("log-analysis", given={"watch_s": 1})

    assert (played.code, played.verdict) == (0, "resolved"), played.screen
    assert (played.taken[BRANCH], played.changed) == ("else", [])
    assert played.output("patterns", target="api-1").split("\n")[0].split() == [
        "1",
        "POST",
        "/api/v1/messages",
        "200",
    ]


def test_old_errors_are_counted_by_their_kind(parts: Parts) -> None:
    parts.log("api-2").write_text(OLD_ERRORS, encoding="utf-8")

    played = parts.play("log-analysis", given={"watch_s": 1})

    assert (played.code, played.taken[BRANCH]) == (1, "case 4"), played.screen
    kinds = [line.split(maxsplit=1) for line in played.output("errors", target="api-2").splitlines()]
    assert kinds == [["2", "Rate limit exceeded for user_N"], ["1", "Database connection failed: timeout"]]
    assert "There are errors in the API log, none of them new" in played.notices


def test_errors_are_seen_as_they_are_written(parts: Parts) -> None:
    with writing(parts.log("api-1"), "2026-11-25 10:00:00 CRITICAL the disk is full\n"):
        played = parts.play("log-analysis", given={"watch_s": 3})

    assert (played.code, played.taken[BRANCH]) == (1, "case 2"), played.screen
    assert "the disk is full" in played.output("live", target="api-1")
    assert played.outcomes["live"] == "failed"


def test_slow_requests_lead_to_the_analysis_of_performance(parts: Parts) -> None:
    """The ten slowest, whichever way the log writes a duration; paths of one kind are counted together."""
    parts.log("api-1").write_text(SLOW * 4, encoding="utf-8")

    played = parts.play("log-analysis", "--check", given={"watch_s": 1})

    assert played.taken[BRANCH] == "case 3", played.screen
    slowest = [line.split() for line in played.output("slow", target="api-1").splitlines()]
    assert [int(line[0]) for line in slowest] == [5120] * 4 + [2051] * 4 + [12] * 2
    assert "/api/v1/messages" in slowest[0]
    patterns = {tuple(line.split()) for line in played.output("patterns", target="api-1").splitlines()}
    assert ("4", "GET", "/api/v1/conversations/N", "200") in patterns
    assert any(event["type"] == "play.started" for event in played.events)


def test_a_log_that_is_not_there_is_no_quiet_log(parts: Parts) -> None:
    parts.log("api-1").unlink()

    played = parts.play("log-analysis", given={"watch_s": 1})

    assert (played.code, played.taken[BRANCH]) == (1, "case 1"), played.screen
    assert {played.outcomes[name] for name in ("readable", "live", "errors", "patterns", "slow")} == {"failed"}


class writing:  # noqa: N801 - reads like `with open`
    """Appends a line to a file again and again while the block lasts."""

    def __init__(self, path: Path, line: str) -> None:
        self._path, self._line = path, line
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _write(self) -> None:
        deadline = time.monotonic() + 60
        while not self._over.wait(0.2) and time.monotonic() < deadline:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(self._line)
