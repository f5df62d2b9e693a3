"""The HTTP side of the cluster: a bearer token, discovery, and the objects."""

import hmac
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playbook_engine.sandbox.guard import Guard
from playbook_engine.sandbox.kube import discovery, objects
from playbook_engine.sandbox.kube.controller import Controller
from playbook_engine.sandbox.kube.operations import Operations
from playbook_engine.sandbox.kube.pods import Node
from playbook_engine.sandbox.kube.routes import parse
from playbook_engine.sandbox.kube.statuses import Refusal, unauthorized
from playbook_engine.sandbox.kube.store import Object, Store
from playbook_engine.sandbox.service import Service
from playbook_engine.sandbox.web import Reply, Request, WebServer, json_reply

CONTEXT = "gymbro-demo"
_HEALTH = ("/healthz", "/livez", "/readyz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What runs in the cluster at the start: the API, with these variables, so many times."""

    environment: Mapping[str, str]
    config: Mapping[str, str] = field(default_factory=lambda: {"HTTP_TIMEOUT_SECONDS": "2", "LOG_LEVEL": "info"})
    replicas: int = 2
    memory: str = "256Mi"


class KubeApi:
    """Serves from `start` to `close`; `close` ends the processes of the pods too."""

    def __init__(self, *, workload: Workload, nodes: Sequence[Node], logs: Path, token: str, guard: Guard) -> None:
        self.service = Service()
        self._store = Store()
        self._token = token
        self._workload = workload
        self._controller = Controller(self._store, nodes, logs, self.service, guard)
        self._operations = Operations(self._store, logs, self._controller)
        self._server = WebServer(self.answer)
        for resource, thing in self._first_objects(nodes):
            self._store.put(resource, thing)

    @property
    def url(self) -> str:
        return self._server.url

    def start(self) -> None:
        """Serve, and start the pods; `wait_until_complete` tells when they are ready."""
        self._controller.start()
        self._server.start()

    def close(self) -> None:
        self._server.close()
        self._controller.close()
        self.service.close()

    def kubeconfig(self) -> str:
        """Return a kubeconfig for this server; JSON, which every reader of YAML takes."""
        cluster = {"name": CONTEXT, "cluster": {"server": self.url}}
        user = {"name": CONTEXT, "user": {"token": self._token}}
        about = {"cluster": CONTEXT, "user": CONTEXT, "namespace": objects.NAMESPACE}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [cluster],
            "users": [user],
            "contexts": [{"name": CONTEXT, "context": about}],
            "current-context": CONTEXT,
        }
        return json.dumps(config, indent=2) + "\n"

    def ready_ports(self) -> tuple[int, ...]:
        """Return where the ready pods listen."""
        return self._controller.ready_ports()

    def pids(self) -> Mapping[str, int]:
        """Return the process of each pod that has one."""
        return self._controller.pids()

    def last_ends(self) -> Sequence[str]:
        """Return how each pod's process ended last time; one that has not ended is `Running`."""
        return self._controller.last_ends()

    def reset(self, workload: Workload) -> None:
        """Make deployment and config map what they were at the start, but for this workload."""
        self._workload = workload
        fresh = objects.deployment(workload.environment, workload.replicas, workload.memory)
        self._store.change("deployments", objects.APP, lambda old: {**old, "spec": fresh["spec"]})
        config = objects.config_map(workload.config)
        self._store.change("configmaps", objects.CONFIG, lambda old: {**old, "data": config["data"]})

    def wait_until_complete(self, seconds: float) -> bool:
        """Wait until the roll-out is over and return True; False when it takes longer than that."""
        deadline = time.monotonic() + seconds
        while not self._is_complete():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._store.wait(min(left, 0.2))
        return True

    def answer(self, request: Request) -> Reply:
        """Answer one request."""
        try:
            if request.path in _HEALTH:
                return Reply(status=200, body=b"ok", content_type="text/plain")
            self._authenticate(request)
            document = discovery.document(request.path)
            if document is not None and request.method in {"GET", "HEAD"}:
                return json_reply(200, document)
            return self._operations.carry_out(parse(request.path), request)
        except Refusal as refusal:
            return refusal.reply()

    def _authenticate(self, request: Request) -> None:
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            raise unauthorized()

    def _is_complete(self) -> bool:
        deployment = self._store.get("deployments", objects.APP)
        status = deployment["status"]
        reasons = {condition["reason"] for condition in status.get("conditions", ())}
        seen = status.get("observedGeneration") == deployment["metadata"]["generation"]
        return seen and "NewReplicaSetAvailable" in reasons

    def _first_objects(self, nodes: Sequence[Node]) -> list[tuple[str, Object]]:
        workload = self._workload
        return [
            ("namespaces", objects.namespace()),
            *(("nodes", objects.node(node.name)) for node in nodes),
            ("configmaps", objects.config_map(workload.config)),
            ("services", objects.service(self.service.port)),
            ("deployments", objects.deployment(workload.environment, workload.replicas, workload.memory)),
        ]
