"""`api-service-down` on real parts: a cluster, hosts with stand-ins for docker and systemctl, real ports."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from openssh import free_port
from playing_parts import Parts
from scripted_web import Answer
from services_well import HEALTH, firing

from playbook_engine.sandbox.server import accepts

pytestmark = pytest.mark.sshd

SERVER = """\
import socket, sys, time
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
time.sleep(600)
"""


def test_an_api_that_answers_is_well(embedded: Parts) -> None:
    played = embedded.play("api-service-down")

    assert (played.code, played.verdict) == (0, "healthy"), played.screen


def test_pods_are_restarted(embedded: Parts) -> None:
    """The API does not answer until the deployment has been restarted; the second on-call hears of it at once."""
    workloads = embedded.workloads
    assert workloads is not None
    embedded.api.says(HEALTH, lambda _: Answer(status=200 if workloads.restarted() else 502))
    embedded.variables["api_port"] = free_port()
    firing(embedded.alertmanager, "APIServiceDown")

    played = embedded.play("api-service-down")

    assert (played.code, played.verdict) == (0, "resolved"), played.screen
    assert (played.outcomes["pods"], played.outcomes["behind"], played.outcomes["config"]) == ("ok", "failed", "ok")
    assert played.taken["Why is the API down?"] == "else"
    assert played.changed == ["Restart the API's pods"]
    assert played.told == ["secondary_oncall"]
    assert len(embedded.told()) == 1
    played.hides(*embedded.secrets.values())


def test_a_container_that_was_oomkilled_gets_more_memory(parts: Parts) -> None:
    parts.variables["platform"] = "docker"
    done = _docker(parts, oom_killed=True)
    parts.api.says(HEALTH, lambda _: Answer(status=200 if "restart" in _read(done) else 502))

    played = parts.play("api-service-down", given={"memory_mib": 2048})

    assert (played.code, played.verdict) == (0, "resolved"), played.screen
    assert _read(done) == "update --memory=2048m --memory-swap=2048m gymbro-api\n" * 2 + "restart gymbro-api\n" * 2


def test_a_configuration_that_is_missing_is_put_in_place(parts: Parts) -> None:
    """The log names what is missing: the playbook for it is played, and its restart heals."""
    parts.variables["platform"] = "systemd"
    done = parts.folder / "done"
    parts.tools.put("systemctl", f'case "$1" in restart) echo "$2" >> {done};; show) echo LoadState=loaded;; esac')
    parts.tools.put("journalctl", "echo started")
    parts.api.says(HEALTH, lambda _: Answer(status=200 if done.exists() else 502))
    for host in parts.hosts:
        parts.log(host).write_text("2026-11-23 14:30:15 CRITICAL missing required settings: SUPABASE_URL\n")
        filled = "SUPABASE_URL=https://x.supabase.co\nSUPABASE_SERVICE_KEY=k3y-1\nAI_API_KEY=k3y-2\n"
        (parts.app_dir(host) / ".env.example").write_text(filled)
        (parts.app_dir(host) / ".env").unlink()

    played = parts.play("api-service-down")

    assert (played.code, played.verdict) == (0, "resolved"), played.screen
    assert played.taken["Why is the API down?"] == "case 2"
    assert played.changed == ["Copy .env.example to .env", "Start the unit anew"]
    assert all((parts.app_dir(host) / ".env").exists() for host in parts.hosts)


def test_a_port_that_somebody_else_holds_is_named(parts: Parts) -> None:
    """Nobody is there to free it: the run ends, and people are told."""
    parts.variables |= {"platform": "docker", "api_port": free_port()}
    _docker(parts)
    parts.api.says(HEALTH, Answer(status=502))
    server = parts.folder / "squatter.py"
    server.write_text(SERVER)
    port = str(parts.variables["api_port"])
    with subprocess.Popen([sys.executable, str(server), port]) as squatter:
        try:
            _wait_for(int(port))
            played = parts.play("api-service-down")
        finally:
            squatter.kill()

    assert (played.code, played.verdict) == (1, "unresolved"), played.screen
    assert "squatter.py" in played.output("port")
    assert played.taken["Why is the API down?"] == "case 5"
    assert played.outcomes["free_port"] == "error"
    assert played.told == ["secondary_oncall", "tech_manager"]


def _docker(parts: Parts, *, oom_killed: bool = False) -> Path:
    """Put a stand-in for docker on the hosts; what it changes is in the file."""
    done = parts.folder / "docker"
    state = f"'\"OOMKilled\": {'true' if oom_killed else 'false'},' '\"ExitCode\": 137,' '\"Memory\": 536870912,'"
    parts.tools.put(
        "docker",
        'case "$1" in\n'
        "ps) exit 0;;\n"
        f"inspect) printf '%s\\n' {state};;\n"
        f'update|restart) echo "$@" >> {done};;\n'
        "esac",
    )
    return done


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while not accepts(port):
        assert time.monotonic() < deadline
        time.sleep(0.02)
