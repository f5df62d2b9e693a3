"""Brings the API's processes to what the deployment says, step by step, as a cluster would."""

import hashlib
import json
import threading
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from playbook_engine.sandbox.guard import Guard
from playbook_engine.sandbox.kube import views
from playbook_engine.sandbox.kube.objects import APP
from playbook_engine.sandbox.kube.pods import ConfigError, Node, Pod, PodState
from playbook_engine.sandbox.kube.programs import Place
from playbook_engine.sandbox.kube.rollout import PodFact, next_moves
from playbook_engine.sandbox.kube.statuses import Refusal
from playbook_engine.sandbox.kube.store import Object, Store
from playbook_engine.sandbox.service import Service

_BUSY_TICK, _CALM_TICK = 0.02, 0.2
_UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "K": 10**3, "M": 10**6, "G": 10**9}


class Controller:
    """Owns the pods; all of its work happens in one thread between `start` and `close`."""

    def __init__(self, store: Store, nodes: Sequence[Node], logs: Path, service: Service, guard: Guard) -> None:
        self._store = store
        self._nodes = nodes
        self._logs = logs
        self._service = service
        self._guard = guard
        self._pods: list[Pod] = []
        self._serving: tuple[int, ...] = ()
        self._made = 0
        self._progress: tuple[object, float] = (None, 0.0)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="deployment-controller", daemon=True)

    def start(self) -> None:
        """Work from now on."""
        self._thread.start()

    def close(self) -> None:
        """Stop working, and end every process at once."""
        self._closing.set()
        self._store.wake()
        if self._thread.is_alive():
            self._thread.join()
        for pod in self._pods:
            pod.close()
        self._pods = []

    def ready_ports(self) -> tuple[int, ...]:
        """Return where the ready pods listen."""
        return self._serving

    def pids(self) -> Mapping[str, int]:
        """Return the process of each pod that has one."""
        return {pod.name: pod.pid for pod in list(self._pods) if pod.pid is not None}

    def last_ends(self) -> Sequence[str]:
        """Return how each pod's process ended last time; one that has not ended is `Running`."""
        return [pod.last_exit.reason if pod.last_exit else "Running" for pod in list(self._pods)]

    def place(self, pod: str) -> Place | None:
        """Return where a pod's process runs; None when it does not."""
        running = next((one for one in list(self._pods) if one.name == pod and one.pid is not None), None)
        if running is None:
            return None
        return Place(folder=running.node.folder, environment=running.environment(), guard=self._guard)

    def _run(self) -> None:
        while not self._closing.is_set():
            self._store.wait(_CALM_TICK if self._step(time.monotonic()) else _BUSY_TICK)

    def _step(self, now: float) -> bool:
        """Look at everything once and make the moves that are due; True when nothing is on its way."""
        with self._store.together():
            deployment = self._store.get("deployments", APP)
            template = template_hash(deployment)
            self._look(now)
            self._move(deployment, template, now)
            calm = self._publish(deployment, template, now)
            self._lead()
        return calm

    def _look(self, now: float) -> None:
        for pod in self._pods:
            seen = (pod.restarts, pod.state)
            if self._is_deleted(pod):
                pod.stop(now)
            pod.look(now)
            if pod.restarts > seen[0]:
                self._tell(pod, "BackOff", "Back-off restarting failed container", warning=True)
            elif pod.state is PodState.MISCONFIGURED and seen[1] is not PodState.MISCONFIGURED:
                self._tell(pod, "Failed", f"Error: {pod.problem}", warning=True)
        for pod in self._pods:
            if pod.state is PodState.GONE:
                self._store.delete("pods", pod.name)
        self._pods = [pod for pod in self._pods if pod.state is not PodState.GONE]

    def _move(self, deployment: Object, template: str, now: float) -> None:
        alive = [pod for pod in self._pods if pod.state is not PodState.STOPPING]
        facts = [
            PodFact(name=pod.name, current=pod.template == template, ready=pod.state is PodState.READY)
            for pod in alive
        ]
        moves = next_moves(deployment["spec"]["replicas"], facts)
        leaving = [pod for pod in alive if pod.name in moves.stop]
        if leaving:
            self._lead(without=leaving)  # no new connection may meet a process that is about to end
        for pod in leaving:
            pod.stop(now)
            self._tell(pod, "Killing", "Stopping container api")
        for _ in range(moves.start):
            self._add(deployment, template)

    def _add(self, deployment: Object, template: str) -> None:
        self._made += 1
        container = deployment["spec"]["template"]["spec"]["containers"][0]
        pod = Pod(
            name=f"{APP}-{template}-{self._made}",
            template=template,
            node=self._roomiest(template),
            logs=self._logs,
            environment=partial(container_environment, container, self._store),
            guard=self._guard,
            memory_limit=memory_limit(container),
        )
        self._pods.append(pod)
        self._store.record(deployment, "ScalingReplicaSet", f"Scaled up replica set {APP}-{template}: {pod.name}")

    def _roomiest(self, template: str) -> Node:
        """Return the node with the fewest pods of this template, and of all that stay."""
        alive = [pod for pod in self._pods if pod.state is not PodState.STOPPING]

        def load(node: Node) -> tuple[int, int]:
            here = [pod for pod in alive if pod.node is node]
            return sum(pod.template == template for pod in here), len(here)

        return min(self._nodes, key=load)

    def _publish(self, deployment: Object, template: str, now: float) -> bool:
        """Write what clients may read; True when the deployment is as it should be."""
        sets = {thing["metadata"]["labels"][views.HASH_LABEL]: thing for thing in self._store.list("replicasets")}
        old_revision = _revision(sets[template]) if template in sets else 0
        newest = max(map(_revision, sets.values()), default=0)
        revision = newest if old_revision == newest and newest else newest + 1
        for thing in sets.values():
            self._store.put("replicasets", views.counted_again(thing, self._pods))
        self._drop_old_sets(sorted(sets.values(), key=_revision), deployment["spec"]["revisionHistoryLimit"])
        self._store.put("replicasets", views.replica_set_object(deployment, template, revision, self._pods))
        for pod in self._pods:
            replica_set = self._store.get("replicasets", f"{APP}-{pod.template}")
            self._store.put("pods", views.pod_object(pod, replica_set))
        status = views.deployment_status(
            deployment, template, self._pods, late=self._is_late(deployment, template, now)
        )
        self._store.change("deployments", APP, lambda old: _with_status(old, status, revision))
        return _is_complete(status) and len(self._pods) == deployment["spec"]["replicas"]

    def _drop_old_sets(self, sets: Sequence[Object], kept: int) -> None:
        """Forget the replica sets of long ago, of which no pod is left."""
        names = {pod.template for pod in self._pods}
        empty = [thing for thing in sets if thing["metadata"]["labels"][views.HASH_LABEL] not in names]
        for thing in empty[: max(len(empty) - kept, 0)]:
            self._store.delete("replicasets", thing["metadata"]["name"])

    def _is_late(self, deployment: Object, template: str, now: float) -> bool:
        mark = (
            template,
            deployment["spec"]["replicas"],
            [(pod.name, pod.state is PodState.READY) for pod in self._pods],
        )
        if self._progress[0] != mark:
            self._progress = (mark, now)
        return now - self._progress[1] > float(deployment["spec"].get("progressDeadlineSeconds", 600))

    def _lead(self, *, without: Sequence[Pod] = ()) -> None:
        ready = [pod for pod in self._pods if pod.state is PodState.READY and pod not in without]
        ports = tuple(pod.port for pod in ready)
        if ports != self._serving:
            self._service.lead_to(ports)
            self._serving = ports

    def _is_deleted(self, pod: Pod) -> bool:
        try:
            return "deletionTimestamp" in self._store.get("pods", pod.name)["metadata"]
        except Refusal:
            return False  # it is new and has not been published yet

    def _tell(self, pod: Pod, reason: str, message: str, *, warning: bool = False) -> None:
        about = {"kind": "Pod", "metadata": {"name": pod.name, "namespace": "gymbro"}}
        self._store.record(about, reason, message, warning=warning)


def template_hash(deployment: Object) -> str:
    """Return the name of a pod template; equal templates have equal names."""
    text = json.dumps(deployment["spec"]["template"], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def memory_limit(container: Mapping[str, Any]) -> int | None:
    """Return how many bytes of memory a container may have: a number with or without a unit such as `Mi`."""
    text = str(((container.get("resources") or {}).get("limits") or {}).get("memory", ""))
    number = text.rstrip("KMGi")
    if not number.isdecimal():
        return None
    return int(number) * _UNITS.get(text[len(number) :], 1)


def container_environment(container: Mapping[str, Any], store: Store) -> dict[str, str]:
    """Return a container's variables with references to config maps looked up; ConfigError says what is missing."""
    return {variable["name"]: _value(variable, store) for variable in container.get("env") or []}


def _value(variable: Mapping[str, Any], store: Store) -> str:
    source = variable.get("valueFrom")
    if not source:
        return str(variable.get("value", ""))
    reference = source.get("configMapKeyRef")
    if reference is None:
        raise ConfigError(f"{variable['name']}: only configMapKeyRef is served here")
    try:
        data = store.get("configmaps", str(reference.get("name"))).get("data") or {}
    except Refusal as refusal:
        raise ConfigError(str(refusal)) from None
    if reference.get("key") not in data:
        raise ConfigError(f"couldn't find key {reference.get('key')} in ConfigMap {reference.get('name')}")
    return str(data[reference["key"]])


def _with_status(deployment: Object, status: Mapping[str, Any], revision: int) -> Object:
    meta = deployment["metadata"]
    notes = {**(meta.get("annotations") or {}), "deployment.kubernetes.io/revision": str(revision)}
    return {**deployment, "metadata": {**meta, "annotations": notes}, "status": status}


def _revision(replica_set: Object) -> int:
    return int(replica_set["metadata"]["annotations"]["deployment.kubernetes.io/revision"])


def _is_complete(status: Mapping[str, Any]) -> bool:
    return any(condition.get("reason") == "NewReplicaSetAvailable" for condition in status["conditions"])
