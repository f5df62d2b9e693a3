"""`performance-analysis` on real processes, sockets and a cluster, with and without the usual tools."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import openssh
import pytest
from playing_parts import HOSTS, Parts
from scripted_web import Answer
from services_well import HEALTH

pytestmark = pytest.mark.sshd

BRANCH = "Where is the bottleneck?"
TOOLS = ("top", "pmap", "ss", "netstat", "ps")


@pytest.fixture
def running(embedded: Parts) -> Parts:
    """Return the parts with the API's process on each host, one of them with the port."""
    return started(embedded)


def started(parts: Parts) -> Parts:
    port = openssh.free_port()
    parts.variables["api_port"] = port
    for host in HOSTS:
        parts.start_app(host, port=port if host == "api-1" else 0)
    return parts


def test_the_usual_tools_and_the_kernel_say_the_same(running: Parts) -> None:
    clients = [socket.create_connection(("127.0.0.1", running.variables["api_port"])) for _ in range(3)]
    found = []
    for missing in ((), ("top", "pmap", "ss"), TOOLS):
        running.tools.without(*missing)
        played = running.play("performance-analysis")
        assert (played.code, played.verdict) == (0, "resolved"), played.screen
        assert played.taken[BRANCH] == "else"
        assert len(played.output("threads", target="api-1").splitlines()) == 1
        found.append((played.captured["connections.established@api-1"], played.captured["memory.held_kib@api-1"]))
    for client in clients:
        client.close()
    connections, held = zip(*found, strict=True)
    assert connections == (3, 3, 3)
    assert max(held) < 1.5 * min(held)
    assert min(held) > 3_000


@pytest.mark.parametrize("missing", [(), TOOLS])
def test_a_busy_thread_is_found(running: Parts, missing: tuple[str, ...]) -> None:
    running.tools.without(*missing)
    with busy(running):
        played = running.play("performance-analysis", "--check", given={"cpu_percent": 2})

    assert (played.outcomes["threads"], played.taken[BRANCH]) == ("failed", "case 3"), played.screen
    assert float(played.output("threads", target="api-2").split()[0]) > 2
    assert "--replicas=5" in played.screen


def test_a_busy_deployment_is_scaled_until_it_has_pauses(clustered: Parts) -> None:
    """The thread is busy until there are more replicas."""
    running = started(clustered)
    workloads = running.workloads
    assert workloads is not None
    with busy(running) as process:
        relief = threading.Thread(target=_kill_when, args=(lambda: workloads.replicas() == 3, process))
        relief.start()
        played = running.play("performance-analysis", given={"cpu_percent": 2, "replicas": 3})
        relief.join()

    assert (played.code, played.verdict) == (0, "resolved"), played.screen
    assert played.changed == ["Scale the API out"]


@contextmanager
def busy(parts: Parts) -> Iterator["subprocess.Popen[bytes]"]:
    """Have a process of the API on api-2 that never pauses."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass", str(parts.app_dir("api-2") / "run.py")])
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def _kill_when(holds: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.1)
    process.kill()


def test_a_process_that_is_not_there(embedded: Parts) -> None:
    embedded.api.says(HEALTH, Answer(status=503))

    played = embedded.play("performance-analysis", "--check")

    assert (played.outcomes["process"], played.taken[BRANCH]) == ("failed", "case 1"), played.screen
    assert any(event["type"] == "play.started" for event in played.events)


def test_memory_that_runs_short(running: Parts) -> None:
    """One percent of this machine's memory is the limit; the process holds two."""
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    running.start_app("api-2", holds=whole // 50)

    played = running.play("performance-analysis", "--check", given={"memory_percent": 1})

    assert (played.outcomes["memory"], played.taken[BRANCH]) == ("failed", "case 2"), played.screen
    assert any(event["type"] == "play.started" for event in played.events)


def test_more_connections_than_there_should_be(running: Parts) -> None:
    clients = [socket.create_connection(("127.0.0.1", running.variables["api_port"])) for _ in range(4)]
    played = running.play("performance-analysis", given={"most_connections": 3})
    for client in clients:
        client.close()

    assert (played.code, played.taken[BRANCH]) == (1, "case 4"), played.screen
    assert "The API has more connections than it should" in played.notices


def test_slow_for_another_reason(running: Parts) -> None:
    running.api.says(HEALTH, Answer(after_s=1.2))

    played = running.play("performance-analysis")

    assert (played.code, played.taken[BRANCH]) == (1, "else"), played.screen
    assert any("database-diagnosis" in message for message in played.notices.values())
