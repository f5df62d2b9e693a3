"""`ai-rate-limit` on real hosts with real logs, and on a cluster."""

from collections.abc import Callable

import pytest
from playing_parts import Parts
from scripted_web import Answer
from services_well import MODELS

pytestmark = pytest.mark.sshd
LIMITED = '2026-11-23 14:30:15 WARN AI API request failed: 429 Too Many Requests {"duration_ms":3,"model":"gpt-4o"}\n'
LATE = '2026-11-23 14:30:17 WARN AI API request failed: timeout {"duration_ms":2000,"model":"gpt-4o"}\n'
GOOD = '2026-11-23 14:31:15 INFO AI API POST /chat/completions {"duration_ms":429,"model":"gpt-4o"} 200\n'


def limited(parts: Parts, cured: Callable[[], bool]) -> None:
    """Have calls fail until the cure is there; from then on they succeed, and the logs tell of it."""
    for host in parts.hosts:
        parts.log(host).write_text(LIMITED * 12 + LATE * 8, encoding="utf-8")

    def models(_: object) -> Answer:
        if cured():
            for host in parts.hosts:
                with parts.log(host).open("a", encoding="utf-8") as log:
                    log.write(GOOD * 20)
        return Answer(json={"data": [{"id": "gpt-4o"}, {"id": "gpt-3.5-turbo"}]})

    parts.ai.says(MODELS, models)


def test_all_is_well(parts: Parts) -> None:
    played = parts.play("ai-rate-limit")
    assert (played.code, played.verdict) == (0, "healthy"), played.screen


def test_a_queue_in_the_cluster_is_enough(clustered: Parts) -> None:
    workloads = clustered.workloads
    assert workloads is not None
    limited(clustered, lambda: workloads.variables().get("AI_REQUEST_QUEUE_SIZE") == "100")

    played = clustered.play("ai-rate-limit")

    assert (played.code, played.verdict) == (0, "resolved"), played.screen
    assert {"calls": "failed", "log": "failed", "traffic": "ok", "quota": "ok"}.items() <= played.outcomes.items()
    assert played.changed == ["Put AI requests into a queue, and send few at once"]
    assert workloads.variables()["AI_MAX_CONCURRENT_REQUESTS"] == "5"
    played.hides(*clustered.secrets.values())


def test_a_queue_on_hosts_is_enough(parts: Parts) -> None:
    file = parts.app_dir("api-2") / ".env"
    limited(parts, lambda: "AI_REQUEST_QUEUE_SIZE=50" in file.read_text(encoding="utf-8").splitlines())
    parts.variables["platform"] = "systemd"
    parts.tools.put("systemctl", "exit 0")

    played = parts.play("ai-rate-limit", given={"queue_size": 50})

    assert (played.code, played.verdict) == (0, "resolved"), played.screen
    assert played.outcomes["queue_host"] == "ok"


def test_a_key_that_was_revoked_needs_a_person(parts: Parts) -> None:
    parts.ai.says(MODELS, Answer(status=401, json={"error": {"message": "Incorrect API key provided"}}))
    played = parts.play("ai-rate-limit")
    assert (played.code, played.verdict, played.changed) == (1, "unresolved", []), played.screen
    assert played.told == ["secondary_oncall", "tech_manager"]
    assert "127.0.0.1 answers 401." in played.notices["The AI provider refuses our key"]
