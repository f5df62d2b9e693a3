"""The API's workload in a cluster, for playbooks to work on: the project's own API server, or a real one."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from playbook_engine.sandbox.guard import Guard
from playbook_engine.sandbox.identity import new_key
from playbook_engine.sandbox.kube import objects
from playbook_engine.sandbox.kube.pods import Node
from playbook_engine.sandbox.kube.server import CONTEXT, KubeApi, Workload
from playbook_engine.sandbox.tokens import jwk


@dataclass(frozen=True, slots=True, kw_only=True)
class Workloads:
    """A deployment and its config map in a namespace; `embedded` has pods with processes, logs and usage."""

    cluster: Mapping[str, str]
    """As `clusters:` of an environment file has it."""
    deployment: str
    app_label: str
    configmap: str
    embedded: bool
    reset: Callable[[], None]
    """Makes the deployment what it was at the start: two replicas."""
    url: str | None = None
    """Where the processes of the pods are reached; None where there are none."""

    @property
    def namespace(self) -> str:
        return self.cluster["namespace"]

    def replicas(self) -> int:
        return int(self._read()["spec"]["replicas"])

    def variables(self) -> dict[str, str]:
        """Return the environment variables of the container that have a value of their own."""
        container = self._read()["spec"]["template"]["spec"]["containers"][0]
        return {each["name"]: each["value"] for each in container.get("env") or () if "value" in each}

    def restarted(self) -> bool:
        """Tell whether `rollout restart` has been asked for since the last reset."""
        meta = self._read()["spec"]["template"]["metadata"]
        return "kubectl.kubernetes.io/restartedAt" in (meta.get("annotations") or {})

    def _read(self) -> Any:
        with _client(self.cluster["kubeconfig"]) as (kubernetes, connection):
            apps = kubernetes.AppsV1Api(connection)
            found = apps.read_namespaced_deployment(self.deployment, self.namespace)
            return connection.sanitize_for_serialization(found)


@contextmanager
def embedded(folder: Path, nodes: tuple[str, ...] = ("api-1", "api-2")) -> Iterator[Workloads]:
    """Start the project's own API server with two processes of the demo's API."""
    guard = Guard()
    guard.start()
    key = {"SUPABASE_JWK": json.dumps(jwk(new_key("key-1").public)), "LOG_FILE": "api.log"}
    made = [Node(name=name, folder=folder / name) for name in nodes]
    for node in made:
        node.folder.mkdir(parents=True)
    api = KubeApi(workload=Workload(environment=key), nodes=made, logs=folder, token="kube-t0ken-88", guard=guard)
    api.start()

    def reset() -> None:
        api.reset(Workload(environment=key))
        assert api.wait_until_complete(30)

    try:
        assert api.wait_until_complete(30)
        path = folder / "kubeconfig"
        path.write_text(api.kubeconfig(), encoding="utf-8")
        yield Workloads(
            cluster={"kubeconfig": str(path), "context": CONTEXT, "namespace": objects.NAMESPACE},
            deployment=objects.APP,
            app_label=objects.APP,
            configmap=objects.CONFIG,
            embedded=True,
            reset=reset,
            url=api.service.url,
        )
    finally:
        api.close()
        guard.close()


@contextmanager
def real(kubeconfig: str) -> Iterator[Workloads]:
    """Make a namespace of our own on a real API server; its pods run nothing, and are ready all the same."""
    name = f"runbook-{token_hex(4)}"
    with _client(kubeconfig) as (kubernetes, connection):
        core, apps = kubernetes.CoreV1Api(connection), kubernetes.AppsV1Api(connection)
        core.create_namespace({"metadata": {"name": name}})
        try:
            core.create_namespaced_config_map(
                name, {"metadata": {"name": objects.CONFIG}, "data": {"LOG_LEVEL": "info"}}
            )
            apps.create_namespaced_deployment(name, _deployment())

            def reset() -> None:
                apps.replace_namespaced_deployment(objects.APP, name, _deployment())

            yield Workloads(
                cluster={"kubeconfig": kubeconfig, "namespace": name},
                deployment=objects.APP,
                app_label=objects.APP,
                configmap=objects.CONFIG,
                embedded=False,
                reset=reset,
            )
        finally:
            core.delete_namespace(name)


def _deployment() -> Any:
    env = [{"name": "LOG_LEVEL", "value": "info"}]
    spec = {"containers": [{"name": objects.CONTAINER, "image": objects.IMAGE, "env": env}]}
    template = {"metadata": {"labels": dict(objects.LABELS)}, "spec": spec}
    selector = {"matchLabels": dict(objects.LABELS)}
    return {"metadata": {"name": objects.APP}, "spec": {"replicas": 2, "selector": selector, "template": template}}


@contextmanager
def _client(kubeconfig: str) -> Iterator[tuple[Any, Any]]:
    import kubernetes

    client: Any = kubernetes.client
    loader: Any = kubernetes.config
    configuration = client.Configuration()
    configuration.retries = False
    loader.load_kube_config(config_file=kubeconfig, client_configuration=configuration, persist_config=False)
    with client.ApiClient(configuration) as connection:
        yield client, connection
        connection.rest_client.pool_manager.clear()
