"""The API reacts to each variable that the playbooks set."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from playbook_engine.sandbox.ai import BACKUP_MODEL, MODEL, AiService
from playbook_engine.sandbox.api import hoard
from playbook_engine.sandbox.api.endpoints import Api
from playbook_engine.sandbox.api.launch import launch, read_env
from playbook_engine.sandbox.api.log import Log
from playbook_engine.sandbox.api.program import parts
from playbook_engine.sandbox.api.settings import Misconfigured, Settings
from playbook_engine.sandbox.supabase import BACKUP, Condition, Supabase
from playbook_engine.sandbox.tokens import PrivateKey, jwk
from playbook_engine.sandbox.web import Request

Start = Callable[..., "Running"]


class Running:
    """An API in this process, with its log."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.log = io.StringIO()
        self._api = Api(parts(Settings.read(environ), Log(self.log)))

    def ask(self, method: str, path: str) -> tuple[int, Any]:
        reply = self._api.answer(Request(method=method, path=path, headers={"x-user": "user_7"}))
        return reply.status, json.loads(reply.body)


@pytest.fixture
def supabase() -> Iterator[Supabase]:
    made = Supabase("s3rvice")
    made.start()
    yield made
    made.close()


@pytest.fixture
def ai() -> Iterator[AiService]:
    made = AiService("a1")
    made.limit({}, answer_seconds=0)
    made.start()
    yield made
    made.close()


@pytest.fixture
def start(key: PrivateKey, supabase: Supabase, ai: AiService, tmp_path: Path) -> Start:
    usual = {
        "SUPABASE_JWK": json.dumps(jwk(key.public)),
        "SUPABASE_URL": supabase.url,
        "SUPABASE_SERVICE_KEY": "s3rvice",
        "AI_API_URL": ai.url,
        "AI_API_KEY": "a1",
        "FALLBACK_FOLDER": str(tmp_path / "cache"),
    }
    return lambda **variables: Running({**usual, **variables})


def test_everything_answers(start: Start) -> None:
    api = start()
    health = {"status": "ok", "checks": {"jwks": "ok", "supabase": "ok", "ai": "ok"}}
    assert api.ask("GET", "/api/v1/health") == (200, health)
    assert api.ask("GET", "/api/v1/conversations")[0] == 200
    assert api.ask("POST", "/api/v1/messages")[1]["model"] == MODEL
    assert api.ask("POST", "/api/v1/events") == (201, {"recorded": True})


def test_the_log_fits_the_words_of_the_page(start: Start) -> None:
    """`grep "AI API"`, `duration_ms":`, `"action":"…"`, `"event_type":"…"`, and the status as the last word."""
    api = start()
    api.ask("POST", "/api/v1/messages")
    lines = [line.split(" ", 3)[3] for line in api.log.getvalue().splitlines()]
    assert lines[0] == 'rate_limit {"action":"allow","user":"user_7"}'
    assert lines[1].startswith('AI API POST /v1/chat/completions {"duration_ms":')
    assert [line for line in lines if line.startswith("sse_")] == [
        f'sse_event {{"event_type":"{kind}","conversation":"c-user_7"}}' for kind in ("open", "message", "close")
    ]
    assert lines[-1].startswith('HTTP POST /api/v1/messages {"duration_ms":')
    assert lines[-1].endswith(" 200")


def test_another_project_takes_over(start: Start, supabase: Supabase) -> None:
    supabase.suffer(main=Condition(status=503))
    api = start()
    assert api.ask("GET", "/api/v1/conversations")[0] == 503
    assert api.ask("GET", "/api/v1/health")[1]["checks"]["supabase"] == "unavailable"
    assert "ERROR Database connection failed: HTTP 503" in api.log.getvalue()
    switched = start(SUPABASE_PROJECT_ID=BACKUP)
    assert switched.ask("GET", "/api/v1/conversations")[0] == 200
    assert switched.ask("GET", "/api/v1/health")[0] == 200


def test_fallback_mode_shows_what_was_good_last(start: Start, supabase: Supabase) -> None:
    start().ask("GET", "/api/v1/conversations")
    supabase.suffer(main=Condition(status=503))
    assert start().ask("GET", "/api/v1/conversations")[0] == 503
    api = start(AUTH_FALLBACK_MODE="true")
    assert api.ask("GET", "/api/v1/conversations")[1][0]["title"] == "Workout 1"
    assert api.ask("GET", "/api/v1/health")[1]["checks"]["supabase"] == "fallback"


def test_another_model_is_asked(start: Start, ai: AiService) -> None:
    ai.limit({MODEL: 0}, answer_seconds=0)
    api = start()
    assert api.ask("POST", "/api/v1/messages")[0] == 429
    assert "WARN AI API request failed: 429 Too Many Requests" in api.log.getvalue()
    assert api.ask("GET", "/api/v1/health") == (
        200,
        {"status": "ok", "checks": {"jwks": "ok", "supabase": "ok", "ai": "limited"}},
    )
    assert start(AI_MODEL=BACKUP_MODEL).ask("POST", "/api/v1/messages")[1]["model"] == BACKUP_MODEL


def test_a_user_may_send_only_so_many_messages(start: Start) -> None:
    api = start(RATE_LIMIT_PER_USER_QPS="1")
    assert [api.ask("POST", "/api/v1/messages")[0] for _ in range(2)] == [200, 429]
    assert "ERROR Rate limit exceeded for user_7" in api.log.getvalue()


def test_features_are_switched_off(start: Start, ai: AiService, supabase: Supabase) -> None:
    ai.limit({MODEL: 0}, answer_seconds=0)
    supabase.suffer(main=Condition(broken_tables=frozenset({"analytics"})))
    assert start().ask("POST", "/api/v1/events")[0] == 500
    api = start(FEATURE_AI_ENABLED="false", FEATURE_ANALYTICS_ENABLED="false")
    assert api.ask("POST", "/api/v1/messages")[0] == 202
    assert api.ask("POST", "/api/v1/events") == (202, {"recorded": False})
    assert api.ask("GET", "/api/v1/health")[1]["checks"]["ai"] == "off"


def test_the_circuit_breaker_drops_what_cannot_be_written(start: Start, supabase: Supabase) -> None:
    supabase.suffer(main=Condition(broken_tables=frozenset({"analytics"})))
    api = start(CIRCUIT_BREAKER_ENABLED="true")
    answers = [api.ask("POST", "/api/v1/events")[0] for _ in range(12)]
    assert (answers[0], answers[-1]) == (500, 202)


def test_more_than_it_can_do_is_turned_away(start: Start) -> None:
    api = start(MAX_REQUESTS="1")
    with api._api._work.slot():
        assert api.ask("GET", "/api/v1/conversations") == (503, {"error": "overloaded"})
        assert api.ask("GET", "/api/v1/health")[0] == 200
    assert "ERROR Overloaded: 1 requests" in api.log.getvalue()


def test_the_admin_pages_count(start: Start) -> None:
    api = start(DB_POOL_SIZE="4")
    api.ask("GET", "/api/v1/conversations")
    assert api.ask("GET", "/api/v1/admin/db-stats")[1] == {
        "pool": {"size": 4, "in_use": 0, "idle": 4, "waiting": 0},
        "queries": {"total": 1, "failed": 0, "slow": 0},
    }
    stats = api.ask("GET", "/api/v1/admin/thread-stats")[1]
    assert stats["threads"]["max"] == 100
    assert stats["requests"] == {"active": 0, "queued": 0}


def test_the_leak_grows_with_each_conversation_and_has_an_end(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hoard, "_MOST", 3 * hoard._STEP)
    api = start(CONVERSATION_CACHE="unbounded")
    for _ in range(5):
        api.ask("GET", "/api/v1/conversations")
    kept = api._api._parts.hoard
    assert kept is not None
    assert len(kept._kept) == 3


def test_wrong_switches_are_named(key: PrivateKey) -> None:
    with pytest.raises(Misconfigured, match="AUTH_FALLBACK_MODE is neither true nor false"):
        Settings.read({"SUPABASE_JWK": json.dumps(jwk(key.public)), "AUTH_FALLBACK_MODE": "maybe"})


def test_without_its_settings_it_does_not_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "api.log"
    (tmp_path / ".env").write_text("# none\nSUPABASE_URL = 'http://x/y'\n\n")
    assert launch(tmp_path, {"LOG_FILE": str(log)}) == 1
    assert log.read_text().endswith("CRITICAL missing required settings: SUPABASE_SERVICE_KEY, AI_API_KEY\n")
    assert "missing required settings" in capsys.readouterr().out
    assert read_env(tmp_path / ".env") == {"SUPABASE_URL": "http://x/y"}
    assert read_env(tmp_path / "none") == {}
