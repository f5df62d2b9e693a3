"""`high-error-rate` on real hosts with real logs and their own programs, and on a cluster."""

from collections.abc import Callable

import pytest
from playing_parts import Parts
from scripted_web import Answer
from services_well import HEALTH

pytestmark = pytest.mark.sshd
FAILED = '2026-11-23 14:30:15 ERROR HTTP POST /api/v1/messages {"duration_ms":2050,"user":"user_7"} 503\n'
GOOD = '2026-11-23 14:31:15 INFO HTTP GET /api/v1/me {"duration_ms":500,"user":"user_123"} 200\n'
PAGE = "2025-09-29 14:30:15 ERROR Database connection failed: timeout\n"
FREE = "printf '%16s%8s%8s\\n%-8s%8d%8d%8d\\n' total used free Mem: 16000 {used} {free}"
"""`free -m`, since nobody knows how much this machine has left."""


def failing(parts: Parts, cured: Callable[[], bool]) -> None:
    """Have a third of the requests fail until the cure is there; the logs tell of it."""
    for host in parts.hosts:
        parts.log(host).write_text((GOOD * 2 + FAILED) * 40 + PAGE, encoding="utf-8")

    def health(_: object) -> Answer:
        if cured():
            for host in parts.hosts:
                with parts.log(host).open("a", encoding="utf-8") as log:
                    log.write(GOOD * 200)
        return Answer(json={"status": "ok"})

    parts.api.says(HEALTH, health)


def test_all_is_well(parts: Parts) -> None:
    played = parts.play("high-error-rate")
    assert (played.code, played.verdict) == (0, "healthy"), played.screen


def test_more_instances_in_the_cluster(embedded: Parts) -> None:
    """What was deployed is not new enough to be suspected, resources and dependencies are well: it is scaled."""
    workloads = embedded.workloads
    assert workloads is not None
    failing(embedded, lambda: workloads.replicas() == 3)
    for host in embedded.hosts:
        embedded.start_app(host)

    played = embedded.play("high-error-rate", given={"recent": "0s", "replicas": 3})

    assert (played.code, played.verdict) == (0, "resolved"), played.screen
    found = {"rate": "failed", "distribution": "failed", "errors": "failed", "processes": "ok", "connections": "ok"}
    assert found.items() <= played.outcomes.items()
    assert {"supabase": "ok", "ai": "ok", "usage": "ok", "history": "ok"}.items() <= played.outcomes.items()
    assert played.changed == ["Run more instances"]


@pytest.mark.parametrize("gone", ["ss", "netstat"])
def test_the_circuit_breaker_on_hosts(parts: Parts, gone: str) -> None:
    """Nothing can be scaled there; either program that lists sockets is enough."""
    file = parts.app_dir("api-2") / ".env"
    failing(parts, lambda: "CIRCUIT_BREAKER_THRESHOLD=50" in file.read_text(encoding="utf-8").splitlines())
    parts.variables["platform"] = "docker"
    parts.tools.without(gone)
    parts.tools.put("netstat" if gone == "ss" else "ss", "printf 'ESTAB 0 0 127.0.0.1:1 127.0.0.1:2\\n'")
    parts.tools.put("docker", "exit 0")
    parts.tools.put("free", FREE.format(used=7248, free=8752))

    played = parts.play("high-error-rate", given={"recent": "0s"})

    assert (played.code, played.verdict) == (0, "resolved"), played.screen
    assert (played.outcomes["connections"], played.outcomes["memory"]) == ("ok", "ok")
    assert played.changed == ["Put in the circuit breaker on the hosts, and restart"]


def test_hosts_that_do_not_start_again_are_put_back(parts: Parts) -> None:
    failing(parts, lambda: False)
    parts.variables["platform"] = "systemd"
    parts.tools.put("systemctl", "exit 1")
    parts.tools.put("free", FREE.format(used=7248, free=8752))
    before = (parts.app_dir() / ".env").read_text(encoding="utf-8")

    played = parts.play("high-error-rate", given={"recent": "0s"})

    assert (played.code, played.verdict) == (1, "unresolved"), played.screen
    assert (parts.app_dir() / ".env").read_text(encoding="utf-8") == before
    assert played.told == ["tech_manager"]
