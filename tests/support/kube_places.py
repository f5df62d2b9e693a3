"""The two API servers that kubectl's conformance suite runs against: the project's own and a real one."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from playbook_engine.sandbox.guard import Guard
from playbook_engine.sandbox.identity import new_key
from playbook_engine.sandbox.kube.pods import Node
from playbook_engine.sandbox.kube.server import KubeApi, Workload
from playbook_engine.sandbox.tokens import jwk

REAL = os.environ.get("RUNBOOK_TEST_KUBECONFIG")
VIEWER = os.environ.get("RUNBOOK_TEST_VIEWER_CONTEXT", "testbed-viewer")


@dataclass(frozen=True)
class Place:
    """An API server with a deployment of two pods: where it is, and what its things are called."""

    kubeconfig: str
    namespace: str
    workload: str
    container: str
    config_map: str
    can_exec: bool
    viewer: str | None = None


@contextmanager
def own_server(folder: Path) -> Iterator[KubeApi]:
    """Start the project's own API server; its kubeconfig lies in the folder."""
    guard = Guard()
    guard.start()
    environment = {"SUPABASE_JWK": json.dumps(jwk(new_key("key-1").public)), "LOG_FILE": "api.log"}
    nodes = [Node(name="api-1", folder=folder)]
    api = KubeApi(workload=Workload(environment=environment), nodes=nodes, logs=folder, token="t0ken", guard=guard)
    api.start()
    try:
        assert api.wait_until_complete(30)
        (folder / "kubeconfig").write_text(api.kubeconfig(), encoding="utf-8")
        yield api
    finally:
        api.close()
        guard.close()


@contextmanager
def own(folder: Path) -> Iterator[Place]:
    """Start the project's own API server as a place."""
    with own_server(folder):
        yield Place(str(folder / "kubeconfig"), "gymbro", "gymbro-api", "api", "gymbro-api-config", can_exec=True)


@contextmanager
def real(kubeconfig: str) -> Iterator[Place]:
    """Make a namespace of our own on a real API server, with a deployment and a config map."""
    import kubernetes

    client: Any = kubernetes.client
    configuration = client.Configuration()
    configuration.retries = False
    loader: Any = kubernetes.config
    loader.load_kube_config(config_file=kubeconfig, client_configuration=configuration, persist_config=False)
    name = f"runbook-{token_hex(4)}"
    with client.ApiClient(configuration) as connection:
        core, apps = client.CoreV1Api(connection), client.AppsV1Api(connection)
        core.create_namespace({"metadata": {"name": name}})
        try:
            core.create_namespaced_config_map(name, {"metadata": {"name": "settings"}, "data": {"level": "info"}})
            apps.create_namespaced_deployment(name, _deployment("api"))
            yield Place(kubeconfig, name, "api", "api", "settings", can_exec=False, viewer=VIEWER)
        finally:
            core.delete_namespace(name)
            connection.rest_client.pool_manager.clear()


def _deployment(name: str) -> Any:
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [{"name": "api", "image": "api:1", "env": [{"name": "LOG_LEVEL", "value": "info"}]}]},
    }
    spec = {"replicas": 2, "selector": {"matchLabels": {"app": name}}, "template": template}
    return {"metadata": {"name": name}, "spec": spec}
