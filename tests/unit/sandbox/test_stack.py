"""The whole stack: it starts, breaks, is healed as a playbook would, and leaves nothing behind."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playbook_engine.errors import UsageError
from playbook_engine.sandbox.causes import BAD_JWKS_URL
from playbook_engine.sandbox.faults import FAULTS
from playbook_engine.sandbox.stack import DemoStack


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
