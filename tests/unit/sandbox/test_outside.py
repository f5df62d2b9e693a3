"""The services of others: well at first, ill when they are made so, and well again."""

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playbook_engine.sandbox.ai import BACKUP_MODEL, MODEL
from playbook_engine.sandbox.alertmanager import Alert
from playbook_engine.sandbox.outside import Outside
from playbook_engine.sandbox.supabase import Condition


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    before = set(threading.enumerate())
    made = Outside(tmp_path_factory.mktemp("outside") / "notices.jsonl")
    made.start()
    yield made
    made.close()
    assert set(threading.enumerate()) == before


def _ask(url: str, method: str = "GET", body: Any = None, **headers: str) -> tuple[int, Any]:
    host, _, path = url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=10)
    try:
        connection.request(method, f"/{path}", None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def test_supabase_wants_its_key(outside: Outside) -> None:
    url = f"{outside.supabase.url}/rest/v1/"
    assert _ask(url, apikey=outside.service_key)[0] == 200
    assert _ask(url) == (401, {"message": "Invalid API key"})
    assert _ask(f"{url}conversations?limit=1", apikey=outside.service_key)[1][0]["id"] == 1
    assert _ask(outside.supabase.url.replace("main", "other") + "/rest/v1/")[0] == 404


def test_an_ill_project_is_on_the_status_page(outside: Outside) -> None:
    well = _ask(outside.supabase.status_url)[1]["status"]
    assert well == {"indicator": "none", "description": "All Systems Operational"}
    outside.supabase.suffer(main=Condition(status=503))
    assert _ask(f"{outside.supabase.url}/rest/v1/", apikey=outside.service_key)[0] == 503
    assert _ask(outside.supabase.status_url)[1]["status"]["indicator"] == "major"
    outside.mend()
    assert _ask(f"{outside.supabase.url}/rest/v1/", apikey=outside.service_key)[0] == 200


def test_who_waits_for_a_slow_project_is_let_go_when_it_is_mended(outside: Outside) -> None:
    outside.supabase.suffer(main=Condition(delay=60))
    answers: list[int] = []
    waiting = threading.Thread(target=lambda: answers.append(_ask(f"{outside.supabase.url}/rest/v1/")[0]))
    waiting.start()
    while not outside.supabase._server._connections:
        waiting.join(0.01)
    outside.mend()
    waiting.join(10)
    assert answers == [401]


def _complete(outside: Outside, model: str) -> tuple[int, Any]:
    bearer = f"Bearer {outside.ai_key}"
    return _ask(f"{outside.ai.url}/v1/chat/completions", "POST", {"model": model}, Authorization=bearer)


def test_the_ai_answers_within_its_limits(outside: Outside) -> None:
    bearer = f"Bearer {outside.ai_key}"
    models = _ask(f"{outside.ai.url}/v1/models", Authorization=bearer)[1]
    assert [model["id"] for model in models["data"]] == [MODEL, BACKUP_MODEL]
    assert _ask(f"{outside.ai.url}/v1/models")[0] == 401
    outside.ai.limit({MODEL: 0}, answer_seconds=0)
    status, answer = _complete(outside, MODEL)
    assert (status, answer["error"]["code"]) == (429, "rate_limit_exceeded")
    assert _ask(f"{outside.ai.url}/v1/usage", Authorization=bearer)[1]["remaining"] == 0
    assert _complete(outside, BACKUP_MODEL)[0] == 200
    assert _complete(outside, "none")[0] == 404
    outside.mend()
    assert _complete(outside, MODEL)[0] == 200
    assert _ask(f"{outside.ai.url}/v1/usage", Authorization=bearer)[1]["remaining"] > 0


def test_an_alert_fires_in_both_versions_of_the_interface(outside: Outside) -> None:
    assert _ask(f"{outside.alertmanager.url}/api/v2/alerts") == (200, [])
    outside.alertmanager.fire([Alert(name="APIServiceDown", severity="critical", summary="It is down")])
    (second,) = _ask(f"{outside.alertmanager.url}/api/v2/alerts")[1]
    (first,) = _ask(f"{outside.alertmanager.url}/api/v1/alerts")[1]["data"]
    assert second["labels"] == {"alertname": "APIServiceDown", "severity": "critical", "service": "gymbro-api"}
    assert (second["status"]["state"], first["state"]) == ("active", "firing")
    assert _ask(f"{outside.alertmanager.url}/api/v2/alerts", "POST", [])[0] == 405
    outside.mend()
    assert _ask(f"{outside.alertmanager.url}/api/v1/alerts")[1] == {"status": "success", "data": []}


def test_their_keys_differ(tmp_path: Path) -> None:
    one = Outside(tmp_path / "notices")
    assert len({one.service_key, one.ai_key}) == 2
    for service in (one.identity, one.supabase, one.ai, one.alertmanager, one.notices):
        service.close()
