"""The cluster with real pods, through the official client."""

import http.client
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from playbook_engine.sandbox.api.program import DEAFEN
from playbook_engine.sandbox.guard import Guard
from playbook_engine.sandbox.kube.pods import Node
from playbook_engine.sandbox.kube.server import KubeApi, Workload
from playbook_engine.sandbox.server import accepts
from playbook_engine.sandbox.tokens import PrivateKey, jwk, sign

_NAME, _NS = "gymbro-api", "gymbro"


@pytest.fixture
def pinned(key: PrivateKey) -> str:
    return json.dumps(jwk(key.public))


@pytest.fixture
def kube(tmp_path: Path, guard: Guard, pinned: str) -> Iterator[KubeApi]:
    nodes = []
    for name in ("api-1", "api-2"):
        (tmp_path / name).mkdir()
        nodes.append(Node(name=name, folder=tmp_path / name))
    (tmp_path / "logs").mkdir()
    environment = {"SUPABASE_JWK": pinned, "LOG_FILE": "api.log"}
    workload = Workload(environment=environment)
    api = KubeApi(workload=workload, nodes=nodes, logs=tmp_path / "logs", token="t0ken", guard=guard)
    api.start()
    assert api.wait_until_complete(20)
    yield api
    api.close()


@pytest.fixture
def client(kube: KubeApi, tmp_path: Path) -> Iterator[Any]:
    """Return the official client, configured by the kubeconfig alone."""
    from kubernetes import config

    file = tmp_path / "kubeconfig"
    file.write_text(kube.kubeconfig(), encoding="utf-8")
    made: Any = config.new_client_from_config(str(file))  # type: ignore[no-untyped-call]  # it has no types
    yield made
    made.rest_client.pool_manager.clear()


@pytest.fixture
def apps(client: Any) -> Any:
    from kubernetes.client import AppsV1Api

    return AppsV1Api(client)


@pytest.fixture
def core(client: Any) -> Any:
    from kubernetes.client import CoreV1Api

    return CoreV1Api(client)


def _until(holds: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


def _health(kube: KubeApi, path: str = "/api/v1/health", token: str = "") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", kube.service.port, timeout=5)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        return connection.getresponse().status
    finally:
        connection.close()


def _set_env(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"containers": [{"name": "api", "env": list(entries)}]}}}}


def test_pods_are_processes_that_serve(kube: KubeApi, core: Any, apps: Any) -> None:
    pods = core.list_namespaced_pod(_NS, label_selector="app=gymbro-api").items
    assert [pod.status.phase for pod in pods] == ["Running"] * 2
    assert all(pod.status.container_statuses[0].ready for pod in pods)
    assert {pod.spec.node_name for pod in pods} == {"api-1", "api-2"}
    status = apps.read_namespaced_deployment(_NAME, _NS).status
    assert (status.replicas, status.updated_replicas, status.ready_replicas, status.available_replicas) == (2,) * 4
    assert _health(kube) == 200
    assert "Listening on 127.0.0.1" in core.read_namespaced_pod_log(pods[0].metadata.name, _NS, tail_lines=5)


def test_a_new_template_replaces_the_processes_and_no_request_is_lost(
    kube: KubeApi, core: Any, apps: Any, key: PrivateKey, other_key: PrivateKey
) -> None:
    token = sign({"sub": "ann", "exp": 4_000_000_000}, other_key)
    before = {pod.metadata.name for pod in core.list_namespaced_pod(_NS).items}
    assert _health(kube, "/api/v1/me", token) == 401
    changed = _set_env({"name": "SUPABASE_JWK", "value": json.dumps(jwk(other_key.public)), "valueFrom": None})
    apps.patch_namespaced_deployment(_NAME, _NS, changed)
    seen = set()
    while not kube.wait_until_complete(0):
        seen.add(_health(kube))
    assert seen <= {200}
    assert kube.wait_until_complete(20)
    after = {pod.metadata.name for pod in core.list_namespaced_pod(_NS).items if not pod.metadata.deletion_timestamp}
    assert len(after) == 2
    assert not before & after
    assert _health(kube, "/api/v1/me", token) == 200


def test_going_back_to_an_earlier_template_uses_its_replica_set_again(kube: KubeApi, apps: Any) -> None:
    apps.patch_namespaced_deployment(_NAME, _NS, _set_env({"name": "NEW", "value": "1"}))
    assert kube.wait_until_complete(20)
    apps.patch_namespaced_deployment(_NAME, _NS, _set_env({"name": "NEW", "$patch": "delete"}))
    assert kube.wait_until_complete(20)
    sets = apps.list_namespaced_replica_set(_NS).items
    assert sorted((one.spec.replicas, _revision(one)) for one in sets) == [(0, "2"), (2, "3")]
    assert _revision(apps.read_namespaced_deployment(_NAME, _NS)) == "3"


def _revision(thing: Any) -> str:
    return str(thing.metadata.annotations["deployment.kubernetes.io/revision"])


def test_scaling_to_nothing_makes_the_service_refuse(kube: KubeApi, apps: Any, core: Any) -> None:
    apps.patch_namespaced_deployment_scale(_NAME, _NS, {"spec": {"replicas": 0}})
    assert kube.wait_until_complete(20)
    assert not accepts(kube.service.port)
    _until(lambda: not core.list_namespaced_pod(_NS).items)
    apps.patch_namespaced_deployment_scale(_NAME, _NS, {"spec": {"replicas": 3}})
    assert kube.wait_until_complete(20)
    assert _health(kube) == 200
    assert len(core.list_namespaced_pod(_NS).items) == 3


def test_a_process_that_is_killed_comes_back_and_is_counted(kube: KubeApi, core: Any) -> None:
    victim = kube._controller._pods[0]
    assert victim.pid is not None
    os.kill(victim.pid, signal.SIGKILL)

    def container() -> Any:
        return core.read_namespaced_pod(victim.name, _NS).status.container_statuses[0]

    _until(lambda: container().state.waiting is not None)
    assert container().state.waiting.reason == "CrashLoopBackOff"
    _until(lambda: bool(container().ready))
    assert container().restart_count == 1
    assert container().last_state.terminated.exit_code == 137
    assert "Listening" in core.read_namespaced_pod_log(victim.name, _NS, previous=True)
    events = core.list_namespaced_event(_NS, field_selector=f"involvedObject.name={victim.name}").items
    assert "BackOff" in {event.reason for event in events}


def test_a_process_that_listens_no_more_is_not_ready(kube: KubeApi, core: Any) -> None:
    for pid in kube.pids().values():
        os.kill(pid, DEAFEN)
    _until(lambda: not kube.ready_ports())
    assert not accepts(kube.service.port)
    pods = core.list_namespaced_pod(_NS).items
    assert [pod.status.container_statuses[0].ready for pod in pods] == [False, False]
    assert all(pod.status.container_statuses[0].state.running for pod in pods)


def test_a_process_with_too_much_memory_is_killed_and_it_is_said_why(kube: KubeApi, core: Any, apps: Any) -> None:
    container = {"name": "api", "resources": {"limits": {"memory": "1Mi"}}}
    apps.patch_namespaced_deployment(_NAME, _NS, {"spec": {"template": {"spec": {"containers": [container]}}}})

    def ends() -> set[str]:
        states = [pod.status.container_statuses[0].last_state for pod in core.list_namespaced_pod(_NS).items]
        return {state.terminated.reason for state in states if state and state.terminated}

    _until(lambda: "OOMKilled" in ends())
    assert _health(kube) == 200, "the pods of before are still there"


def test_a_template_that_cannot_work_does_not_take_the_service_down(kube: KubeApi, apps: Any, core: Any) -> None:
    apps.patch_namespaced_deployment(_NAME, _NS, _set_env({"name": "SUPABASE_JWK", "value": "nonsense"}))

    def reasons() -> set[str]:
        states = [pod.status.container_statuses[0].state for pod in core.list_namespaced_pod(_NS).items]
        return {state.waiting.reason for state in states if state.waiting}

    _until(lambda: "CrashLoopBackOff" in reasons())
    assert _health(kube) == 200
    assert not kube.wait_until_complete(0)
    status = apps.read_namespaced_deployment(_NAME, _NS).status
    assert (status.ready_replicas, status.updated_replicas) == (2, 1)
    missing = {"configMapKeyRef": {"name": "gymbro-api-config", "key": "NO_SUCH_KEY"}}
    entry = {"name": "SUPABASE_JWK", "value": None, "valueFrom": missing}
    apps.patch_namespaced_deployment(_NAME, _NS, _set_env(entry))
    _until(lambda: "CreateContainerConfigError" in reasons())
    assert _health(kube) == 200


def test_a_roll_out_that_gets_nowhere_says_so(kube: KubeApi, apps: Any) -> None:
    change = _set_env({"name": "SUPABASE_JWK", "value": "nonsense"})
    change["spec"]["progressDeadlineSeconds"] = 0
    apps.patch_namespaced_deployment(_NAME, _NS, change)

    def progressing() -> str:
        conditions = apps.read_namespaced_deployment(_NAME, _NS).status.conditions
        return next(str(one.reason) for one in conditions if one.type == "Progressing")

    _until(lambda: progressing() == "ProgressDeadlineExceeded")


def test_a_deleted_pod_is_replaced(kube: KubeApi, core: Any) -> None:
    victim = core.list_namespaced_pod(_NS).items[0].metadata.name
    assert core.delete_namespaced_pod(victim, _NS).metadata.deletion_timestamp
    _until(lambda: victim not in {pod.metadata.name for pod in core.list_namespaced_pod(_NS).items})
    _until(lambda: len(kube.ready_ports()) == 2)


def test_the_client_understands_refusals(apps: Any) -> None:
    from kubernetes.client.exceptions import ApiException

    with pytest.raises(ApiException) as refused:
        apps.patch_namespaced_deployment(_NAME, _NS, {"spec": {"replicas": -1}})
    assert refused.value.status == 422
    assert json.loads(refused.value.body or "")["reason"] == "Invalid"


@pytest.mark.usefixtures("no_thread_left")
def test_close_leaves_no_process_and_no_thread(tmp_path: Path, guard: Guard, pinned: str) -> None:
    node = Node(name="api-1", folder=tmp_path)
    api = KubeApi(
        workload=Workload(environment={"SUPABASE_JWK": pinned}), nodes=[node], logs=tmp_path, token="t", guard=guard
    )
    api.start()
    assert api.wait_until_complete(20)
    pids = [pod.pid for pod in api._controller._pods]
    api.close()
    assert len(pids) == 2
    for pid in pids:
        assert pid is not None
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
