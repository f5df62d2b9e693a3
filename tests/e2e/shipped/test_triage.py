"""`triage` on real parts: from an alert to the scenario's playbook, and through all four phases."""

import pytest
from openssh import free_port
from playing_parts import Parts
from scripted_web import Answer
from services_well import ALERTS_V2, DB_STATS, HEALTH

pytestmark = pytest.mark.sshd

FIRING = Answer(json=[{"labels": {"alertname": "Odd", "severity": "warning"}, "status": {"state": "active"}}])
QUIET = Answer(json=[])
QUICK = {"sample_every": 1}


def run_the_app(parts: Parts, *, grows: int = 0) -> None:
    for host in parts.hosts:
        parts.start_app(host, grows=grows)


def test_nothing_fires_and_the_api_answers(embedded: Parts) -> None:
    assert embedded.play("triage").verdict == "healthy"


def test_all_four_phases_without_the_usual_tools(embedded: Parts) -> None:
    """No ss, netstat, top, free, ps, jq: the kernel is asked; all is well, and the alert goes by itself."""
    embedded.tools.without("ss", "netstat", "top", "free", "ps", "pgrep", "jq", "curl")
    embedded.tools.put(
        "df", "printf '%s\\n' 'Filesystem 1024-blocks Used Available Capacity Mounted on' 'x 9 4 5 41% /'"
    )
    embedded.alertmanager.says(ALERTS_V2, FIRING, QUIET)
    run_the_app(embedded)

    played = embedded.play("triage", given=QUICK)

    assert (played.code, played.verdict) == (0, "resolved"), played.screen
    failed = {name for name, outcome in played.outcomes.items() if outcome not in {"ok", "skipped"}}
    assert failed <= {"alerts", "memory", "cpu"}, played.screen  # this machine's own memory and processors
    assert played.output("process", target="api-1").rstrip().endswith("run.py")
    assert ":" in played.output("port", target="api-1")
    assert len(played.output("trend", target="api-2").split()) == 5
    played.hides(*embedded.secrets.values())


def test_a_container_that_does_not_run_is_restarted(parts: Parts) -> None:
    """The decision tree's first road: api-service-down is played, and its restart heals."""
    parts.variables |= {"platform": "docker", "api_port": free_port()}
    done = parts.folder / "restarted"
    parts.tools.put("docker", f'case "$1" in restart) echo x > {done};; ps) test -e {done} && echo gymbro-api;; esac')
    parts.api.says(HEALTH, lambda _: Answer(status=200 if done.exists() else 502))
    parts.alertmanager.says(ALERTS_V2, FIRING)

    played = parts.play("triage", given=QUICK)

    assert (played.code, played.verdict) == (0, "resolved"), played.screen
    assert played.outcomes["docker_up"] == "failed"
    assert played.taken["Does the service run?"] == "case 1"
    assert done.exists()
    assert played.told == ["secondary_oncall"]


def test_a_host_short_of_memory_has_its_api_restarted(embedded: Parts) -> None:
    """Its memory is short when it is looked at twice, and the API grows: high-memory is played, and frees it."""
    embedded.alertmanager.says(ALERTS_V2, FIRING)
    looks = embedded.folder / "looks"
    used = f"echo x >> {looks}; test $(wc -l < {looks}) -gt 4 && used=453 || used=921"
    embedded.tools.put("free", f"{used}; printf '%s\\n' 'total used' \"Mem: 1000 $used\"")
    embedded.tools.put("top", "echo '%Cpu(s): 15.2 us,  3.0 sy'")
    run_the_app(embedded, grows=5_000_000)

    played = embedded.play("triage", given=QUICK)

    assert played.taken["Has it enough resources, and does it listen?"] == "case 2"
    assert played.output("cpu", target="api-1") == "15.2\n"
    assert (played.code, played.verdict) == (0, "resolved"), played.screen
    assert embedded.workloads is not None
    assert embedded.workloads.restarted()


def test_a_pool_without_connections_leads_to_the_database(embedded: Parts) -> None:
    embedded.alertmanager.says(ALERTS_V2, FIRING, QUIET)
    embedded.api.says(DB_STATS, Answer(json={"pool": {"size": 10, "in_use": 10, "idle": 0, "waiting": 3}}))
    embedded.tools.put("free", "printf '%s\\n' 'total used' 'Mem: 1000 453'")
    embedded.tools.put("top", "echo '%Cpu(s): 15.2 us,  3.0 sy'")
    embedded.tools.put(
        "df", "printf '%s\\n' 'Filesystem 1024-blocks Used Available Capacity Mounted on' 'x 9 4 5 41% /'"
    )
    run_the_app(embedded)

    played = embedded.play("triage", given=QUICK)

    assert played.taken["What do logs and numbers show?"] == "case 1"
