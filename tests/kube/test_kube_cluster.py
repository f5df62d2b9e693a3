"""The kubectl action and its transport against a real API server.

Run with RUNBOOK_TEST_KUBECONFIG=FILE; the file needs a current context that may do everything, and for the test
of a refusal a context named by RUNBOOK_TEST_VIEWER_CONTEXT (default: testbed-viewer) that may do nothing.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from playbook_engine.actions.kubectl import KUBECTL
from playbook_engine.actions.kubectl.action import KubectlAction
from playbook_engine.diagnostics import Problems, Source, Span
from playbook_engine.model.document import Scalar
from playbook_engine.model.expressions import Expression, Reference
from playbook_engine.model.replies import FaultKind, KubectlReply
from playbook_engine.model.requests import KubectlRequest, Request
from playbook_engine.model.targets import Cluster
from playbook_engine.transports.kubernetes.transport import KubernetesTransport
from playbook_engine.values import Duration, Names, Secret, SecretText, ShellText, TargetName, Text, Value

KUBECONFIG = os.environ.get("RUNBOOK_TEST_KUBECONFIG")
VIEWER = os.environ.get("RUNBOOK_TEST_VIEWER_CONTEXT", "testbed-viewer")

pytestmark = [
    pytest.mark.kube,
    pytest.mark.skipif(not KUBECONFIG, reason="RUNBOOK_TEST_KUBECONFIG names no cluster"),
]

Run = Callable[..., Any]


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - this clock is the real one

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class SecretTemplate:
    """The only template these tests need: `{{ secret.KEY }}`."""

    def __init__(self, source: str, span: Span) -> None:
        self.source = source
        self.span = span
        self.references: tuple[Reference, ...] = ()
        self.is_literal = False

    def text(self, names: Names) -> Text:
        value = names["KEY"]
        assert isinstance(value, Secret)
        return SecretText((value,))

    def shell(self, names: Names) -> ShellText:
        raise NotImplementedError

    def draft(self, names: Names) -> Text:
        raise NotImplementedError

    def shell_draft(self, names: Names) -> str:
        raise NotImplementedError

    def value(self, names: Names) -> Value:
        raise NotImplementedError


class SecretCompiler:
    def expression(self, scalar: Scalar) -> Expression | None:
        raise NotImplementedError

    def template(self, scalar: Scalar, *, shell: bool = False) -> SecretTemplate | None:
        raise NotImplementedError

    def fragment(self, scalar: Scalar, start: int, end: int) -> SecretTemplate | None:
        return SecretTemplate(scalar.text[start:end], scalar.at(start, end - start))


def action_of(line: str) -> KubectlAction:
    span = Span(Source("line", line), 1, 1, 1, len(line) + 1)
    problems = Problems()
    action = KUBECTL.read(Scalar(line, line, span, literal=True, content=span), SecretCompiler(), problems)
    assert problems.sorted() == ()
    assert isinstance(action, KubectlAction)
    return action


@pytest.fixture
async def transport() -> AsyncIterator[KubernetesTransport]:
    transport = KubernetesTransport(clock=WallClock(), environ={})
    yield transport
    await transport.close()


@pytest.fixture
def namespace() -> Any:
    """A namespace of its own with a deployment `api` of two pods."""
    import kubernetes

    client: Any = kubernetes.client
    configuration = client.Configuration()
    configuration.retries = False
    loader: Any = kubernetes.config
    loader.load_kube_config(config_file=KUBECONFIG, client_configuration=configuration, persist_config=False)
    name = f"runbook-{token_hex(4)}"
    with client.ApiClient(configuration) as connection:
        core, apps = client.CoreV1Api(connection), client.AppsV1Api(connection)
        core.create_namespace({"metadata": {"name": name}})
        apps.create_namespaced_deployment(name, deployment("api"))
        yield name
        core.delete_namespace(name)
        connection.rest_client.pool_manager.clear()


def deployment(name: str, replicas: int = 2) -> Any:
    env = [
        {"name": "TTL", "value": "60"},
        {"name": "API_KEY", "value": "old-k3y"},
        {"name": "POD", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}},
        {"name": "STAYS", "value": "here"},
    ]
    return {
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": "app", "image": "app:1", "env": env}]},
            },
        },
    }


@pytest.fixture
def target(namespace: str) -> Cluster:
    return Cluster(name=TargetName("test"), kubeconfig=KUBECONFIG, namespace=namespace)


@pytest.fixture
def run(transport: KubernetesTransport, target: Cluster) -> Run:
    """Carry out a line, or a request, in the test's namespace."""

    async def perform(line: str | Request, names: Names | None = None, context: str | None = None) -> Any:
        if not isinstance(line, str):
            return await transport.perform(line)
        cluster = replace(target, context=context)
        return await transport.perform(action_of(line).request(names or {}, cluster, Duration(60_000)))

    return perform


async def test_status_get_and_logs(run: Run) -> None:
    rolled = await run("rollout status deployment/api")
    assert rolled.text.text.splitlines()[-1] == 'deployment "api" successfully rolled out'

    table = (await run("get deploy api")).text.text.splitlines()
    assert table[0].split() == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    assert table[1].split()[:4] == ["api", "2/2", "2", "2"]

    pods = await run("get pods -l app=api -o name")
    names = pods.text.text.split()
    assert len(names) == 2
    assert (await run("get pods -l app=nothing")).data["items"] == []
    assert (await run(f"get {names[0]} -o jsonpath={{.status.phase}}")).text.text == "Running"
    everywhere = (await run("get pods -A --field-selector=status.phase=Running -o json")).data["items"]
    assert {"Pod"} == {item["kind"] for item in everywhere}

    one = await run(f"logs {names[0]}")
    assert "line 0" in one.text.text
    both = await run("logs deployment/api --tail=10")
    assert {line.split("]")[0].removeprefix("[") for line in both.text.text.splitlines()} == set(names)


async def test_scale_and_back(run: Run, target: Cluster) -> None:
    action = action_of("scale deployment/api --replicas=5 --current-replicas=2")
    request = action.request({}, target, Duration(60_000))
    before = await run(action.snapshot(request))
    changed = await run(request)
    assert (changed.changed, changed.before) == (True, {"replicas": 2})
    assert (await run(request)).message == "deployments 'api' has 5 replicas, not 2 as --current-replicas says"
    assert (await run("rollout status deploy/api")).text.text.endswith("successfully rolled out\n")

    undone = await run(action.inverse(request, before))
    assert (undone.changed, undone.before) == (True, {"replicas": 5})
    assert (await run("get deploy api -o jsonpath={.spec.replicas}")).text.text == "2"
    assert (await run("scale deploy/api --replicas=2")).changed is False


async def test_set_env_and_back(run: Run, target: Cluster) -> None:
    key = Secret("KEY", "n3w-k3y")
    path = "get deploy api -o jsonpath='{.spec.template.spec.containers[0].env}'"
    original = (await run("get deploy api -o json")).data["spec"]["template"]["spec"]["containers"][0]["env"]
    action = action_of("set env deployment/api TTL=90 API_KEY={{ secret.KEY }} POD=fixed NEW=1 GONE-")
    request = action.request({"KEY": key}, target, Duration(60_000))
    before = await run(action.snapshot(request))

    changed = await run(request)
    assert changed.changed is True
    assert "old-k3y" not in f"{changed!r}{before!r}"
    text = (await run(path)).text.text
    assert '{"name":"POD","value":"fixed"}' in text
    assert '{"name":"NEW","value":"1"}' in text
    assert "n3w-k3y" not in text
    assert (await run(request)).changed is False

    undone = await run(action.inverse(request, before))
    assert undone.changed is True
    restored = (await run("get deploy api -o json")).data["spec"]["template"]["spec"]["containers"][0]["env"]
    assert restored == original


async def test_an_undo_brings_a_removed_variable_back(run: Run, target: Cluster) -> None:
    action = action_of("set env deployment/api TTL- POD- -c app")
    request = action.request({}, target, Duration(60_000))
    before = await run(action.snapshot(request))
    assert (await run(request)).changed is True
    assert (await run(action.inverse(request, before))).changed is True
    restored = (await run("get deploy api -o json")).data["spec"]["template"]["spec"]["containers"][0]["env"]
    assert {entry["name"] for entry in restored} == {"TTL", "API_KEY", "POD", "STAYS"}
    assert next(e for e in restored if e["name"] == "POD")["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.name"


async def test_restart_replaces_the_pods(run: Run) -> None:
    await run("rollout status deployment/api")
    before = set((await run("get pods -o name")).text.text.split())
    assert (await run("rollout restart deployment/api")).changed is True
    assert (await run("rollout status deployment/api")).text.text.endswith("successfully rolled out\n")
    running = (await run("get pods -l app=api --field-selector=status.phase=Running -o json")).data["items"]
    alive = {f"pod/{item['metadata']['name']}" for item in running if "deletionTimestamp" not in item["metadata"]}
    assert len(alive) == 2
    assert not alive & before


def folders(path: Path) -> list[str]:
    return [entry.name for entry in path.iterdir() if entry.is_dir()]


async def test_nothing_is_left_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    target = Cluster(name=TargetName("test"), kubeconfig=KUBECONFIG)
    request = action_of("get namespaces").request({}, target, Duration(10_000))
    first, second = (KubernetesTransport(clock=WallClock(), environ={}) for _ in range(2))
    assert isinstance(await first.perform(request), KubectlReply)
    assert isinstance(await second.perform(request), KubectlReply)
    await first.close()
    other = replace(request, names=("default",)) if isinstance(request, KubectlRequest) else request
    assert isinstance(await second.perform(other), KubectlReply)
    await second.close()
    assert folders(tmp_path) == []


async def test_refusals(run: Run, namespace: str) -> None:
    refused = await run("get pods", context=VIEWER)
    assert refused.kind is FaultKind.REFUSED
    assert refused.message.endswith(f"may not list pods in namespace {namespace} (RBAC)")
    forbidden = await run("scale deploy/api --replicas=1", context=VIEWER)
    assert (forbidden.kind, forbidden.begun) == (FaultKind.REFUSED, False)

    missing = await run("get deployment apj")
    assert missing.message == f"deployments 'apj' not found in namespace {namespace}"
    assert missing.hint == "Did you mean 'api'?"
    gone = await run("scale deployment/nothing --replicas=1")
    assert gone.message == f"deployments 'nothing' not found in namespace {namespace}"
    assert "There are api." in gone.hint
