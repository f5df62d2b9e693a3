"""The whole stack: it starts, breaks, is healed as a playbook would, and leaves nothing behind."""

import http.client
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playbook_engine.errors import UsageError
from playbook_engine.sandbox.faults import BAD_JWKS_URL, FAULTS
from playbook_engine.sandbox.stack import DemoStack

needs_linux = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Iterator[DemoStack]:
    with DemoStack.start(tmp_path_factory.mktemp("demo"), template) as started:
        yield started


def _ask(stack: DemoStack, path: str) -> int | None:
    """Return the status of the API's answer; None when it refuses the connection."""
    address = dict(stack.describe())["API"].removeprefix("http://")
    connection = http.client.HTTPConnection(address, timeout=10)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {stack.probe_token}"})
        return connection.getresponse().status
    except ConnectionRefusedError:
        return None
    finally:
        connection.close()


def _kube(stack: DemoStack, body: dict[str, Any]) -> int:
    """Patch the deployment as the playbook's mitigation does."""
    config = json.loads(Path(dict(stack.describe())["kubeconfig"]).read_text())
    address = config["clusters"][0]["cluster"]["server"].removeprefix("http://")
    connection = http.client.HTTPConnection(address, timeout=10)
    headers = {
        "Authorization": f"Bearer {config['users'][0]['user']['token']}",
        "Content-Type": "application/strategic-merge-patch+json",
    }
    path = "/apis/apps/v1/namespaces/gymbro/deployments/gymbro-api"
    try:
        connection.request("PATCH", path, json.dumps(body), headers)
        return connection.getresponse().status
    finally:
        connection.close()


def _pin(stack: DemoStack) -> None:
    key = (stack.inventory.parents[1] / "secrets" / "supabase_jwk.json").read_text()
    entries = [{"name": "SUPABASE_JWK", "value": key}, {"name": "JWKS_CACHE_TTL_SECONDS", "value": "3600"}]
    container = {"name": "api", "env": entries}
    assert _kube(stack, {"spec": {"template": {"spec": {"containers": [container]}}}}) == 200
    stack._settle()


def test_everything_serves_after_the_start(stack: DemoStack) -> None:
    stack.mend()
    assert (_ask(stack, "/api/v1/health"), _ask(stack, "/api/v1/me")) == (200, 200)
    assert all(address for _, address in stack.describe())
    assert not stack.environment


def test_the_jwks_fault_is_healed_by_the_pinned_key(stack: DemoStack) -> None:
    stack.break_("jwks")
    assert (_ask(stack, "/api/v1/health"), _ask(stack, "/api/v1/me")) == (503, 401)
    logs = [file.read_text() for file in stack.inventory.parents[1].glob("hosts/*/var/log/gymbro-api.log")]
    assert len(logs) == 2
    assert all("ERROR Failed to fetch JWKS from http://localhost:" in log for log in logs)
    _pin(stack)
    assert (_ask(stack, "/api/v1/health"), _ask(stack, "/api/v1/me")) == (200, 200)


def test_a_stale_pinned_key_heals_nothing(stack: DemoStack) -> None:
    stack.break_("stale-pin")
    _pin(stack)
    assert _ask(stack, "/api/v1/me") == 401


@pytest.mark.parametrize(
    ("fault", "health", "me"),
    [
        ("none", 200, 200),
        ("jwks-garbled", 503, 401),
        ("jwks-refused", 503, 401),
        ("jwks-slow", 503, 401),
        ("api-down", None, None),
    ],
)
def test_each_fault_shows_and_is_mended(stack: DemoStack, fault: str, health: int | None, me: int | None) -> None:
    stack.break_(fault)
    assert (_ask(stack, "/api/v1/health"), _ask(stack, "/api/v1/me")) == (health, me)
    stack.mend()
    assert (_ask(stack, "/api/v1/health"), _ask(stack, "/api/v1/me")) == (200, 200)


def test_the_dns_fault_is_in_the_inventory_too(stack: DemoStack) -> None:
    variables = stack.inventory / "group_vars" / "all.yml"
    stack.break_("dns")
    assert BAD_JWKS_URL in variables.read_text()
    stack.mend()
    assert BAD_JWKS_URL not in variables.read_text()


def test_an_unknown_fault_is_refused_with_the_nearest_name(stack: DemoStack) -> None:
    with pytest.raises(UsageError) as refused:
        stack.break_("jwsk")
    assert refused.value.hint == "Did you mean 'jwks'?"


def test_faults_are_listed_by_their_own_names() -> None:
    assert all(name == fault.name and fault.title for name, fault in FAULTS.items())


def test_secrets_are_for_their_owner_alone(stack: DemoStack) -> None:
    folder = stack.inventory.parents[1] / "secrets"
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


def test_notices_arrive(stack: DemoStack) -> None:
    address = dict(stack.describe())["Notices"].removeprefix("http://")
    host, _, path = address.partition("/")
    connection = http.client.HTTPConnection(host, timeout=5)
    connection.request("POST", f"/{path}", b'{"text": "look"}')
    connection.getresponse().read()
    connection.close()
    assert stack.told()[-1].body == {"text": "look"}


def _open_files() -> set[str]:
    """Return what this process has open, but for what comes and goes by itself."""
    found = set()
    for entry in os.listdir("/proc/self/fd"):
        try:
            found.add(f"{entry} {os.readlink(f'/proc/self/fd/{entry}')}")
        except FileNotFoundError:
            continue
    return {name for name in found if "/proc/" not in name}


def _children() -> set[str]:
    return set(" ".join(file.read_text() for file in Path("/proc/self/task").glob("*/children")).split())


@needs_linux
def test_start_and_close_are_quick_and_leave_nothing(tmp_path: Path, template: Path) -> None:
    threads, files, children = set(threading.enumerate()), _open_files(), _children()
    began = time.monotonic()
    stack = DemoStack.start(tmp_path / "d", template)
    started = time.monotonic()
    assert _children() - children
    stack.close()
    closed = time.monotonic()
    stack.close()
    assert started - began < 10, "the promise is 3 s on a machine that does nothing else"
    assert closed - started < 5, "the promise is 2 s on a machine that does nothing else"
    assert (set(threading.enumerate()), _open_files(), _children()) == (threads, files, children)


@needs_linux
def test_a_start_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    threads, files, children = set(threading.enumerate()), _open_files(), _children()
    with pytest.raises(FileNotFoundError):
        DemoStack.start(tmp_path / "d", tmp_path / "no-such-template")
    assert (set(threading.enumerate()), _open_files(), _children()) == (threads, files, children)


_PROGRAM = """
import sys, time
from pathlib import Path
from playbook_engine.sandbox.stack import DemoStack
stack = DemoStack.start(Path(sys.argv[1]), Path(sys.argv[2]))
print(*(pod.pid for pod in stack._kube._controller._pods), stack._guard._process.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs pidfd_open, which Linux has")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_outlives_a_stack_that_was_killed(tmp_path: Path, template: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-c", _PROGRAM, str(tmp_path), str(template)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        handles = [os.pidfd_open(int(pid)) for pid in parent.stdout.readline().split()]
        assert len(handles) == 3
        parent.send_signal(number)
    for handle in handles:
        assert select.select([handle], [], [], 10)[0], "a process is still there"
        os.close(handle)
