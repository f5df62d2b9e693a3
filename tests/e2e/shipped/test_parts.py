"""The parts that shipped playbooks are played on are real, and say what a test scripts."""

import subprocess
import urllib.error
import urllib.request

import openssh
import postgres
import pytest
from playing_parts import Parts
from scripted_web import Answer
from services_well import HEALTH

pytestmark = pytest.mark.sshd


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 a server of this test
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except urllib.error.URLError:
        return 0


def on_host(parts: Parts, command: str) -> "subprocess.CompletedProcess[str]":
    """Run a command on a host as ssh does, without the program under test."""
    sshd = parts.machines.sshd
    options = ["-i", str(sshd.key), "-o", f"UserKnownHostsFile={sshd.folder}/known_hosts", "-F", "none"]
    where = ["-p", str(sshd.port), openssh.LOOPBACK]
    return subprocess.run(["ssh", *options, *where, command], capture_output=True, text=True, timeout=60, check=False)


def test_a_web_service_says_what_is_scripted_and_can_be_gone(parts: Parts) -> None:
    url = parts.api.url + HEALTH
    assert status(url) == 200
    parts.api.says(HEALTH, Answer(status=503), Answer(status=200))
    assert [status(url), status(url), status(url)] == [503, 200, 200]
    assert [request.path for request in parts.api.asked] == [HEALTH] * 4
    parts.api.down()
    assert status(url) == 0
    parts.api.up()
    assert status(url) == 200


def test_programs_on_hosts_come_and_go(parts: Parts) -> None:
    assert on_host(parts, "command -v netstat || command -v ss").returncode == 0
    parts.tools.without("netstat", "ss")
    parts.tools.put("docker", "echo stand-in $*")
    assert on_host(parts, "command -v netstat || command -v ss").returncode == 1
    assert on_host(parts, "docker ps").stdout == "stand-in ps\n"
    parts.tools.restore()
    assert on_host(parts, "command -v netstat || command -v ss").returncode == 0


def test_the_app_is_a_process_that_listens_and_grows(parts: Parts) -> None:
    port = openssh.free_port()
    process = parts.start_app(port=port, grows=1_000_000)
    found = on_host(parts, f"pgrep -f '{parts.app_dir()}/[r]un.py'").stdout.split()
    assert found == [str(process.pid)]


def test_a_cluster_has_the_workload(clustered: Parts) -> None:
    workloads = clustered.workloads
    assert workloads is not None
    assert (workloads.replicas(), workloads.restarted()) == (2, False)
    assert workloads.variables()


def test_the_shipped_playbook_heals_a_cluster(embedded: Parts) -> None:
    """The whole way: health fails, the pinned key goes into the deployment, tokens are accepted again."""
    embedded.supabase.says("/auth/v1/.well-known/jwks.json", Answer(status=503))
    embedded.api.says("/api/v1/me", Answer(status=401), Answer(status=200))
    embedded.log("api-2").write_text("2026-11-23 14:30:15 ERROR Failed to fetch JWKS: HTTP 503\n")

    played = embedded.play("jwks-outage")

    assert (played.code, played.verdict) == (0, "resolved"), played.screen
    assert (played.outcomes["jwks"], played.outcomes["log"]) == ("failed", "failed")
    assert embedded.workloads is not None
    assert embedded.workloads.variables()["JWKS_CACHE_TTL_SECONDS"] == "3600"
    played.hides(*embedded.secrets.values())


def test_a_database_is_fresh_for_each_test(database: postgres.Postgres) -> None:
    assert database.run("select current_user, current_database()") == "gymbro|gymbro\n"
    assert database.run("create table t (x int)", "insert into t values (7)", "select x from t") == "7\n"
    database.fresh()
    assert database.run("select to_regclass('t') is null") == "t\n"
