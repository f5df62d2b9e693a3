"""Pods, replica sets and the deployment's status, as the objects that clients read."""

from collections.abc import Sequence
from typing import Any

from playbook_engine.sandbox.kube.objects import APP, CONTAINER, NAMESPACE
from playbook_engine.sandbox.kube.pods import Pod, PodState
from playbook_engine.sandbox.kube.store import Object

HASH_LABEL = "pod-template-hash"


def pod_object(pod: Pod, replica_set: Object) -> Object:
    """Describe a pod as it is now."""
    template = replica_set["spec"]["template"]
    meta: dict[str, Any] = {
        "name": pod.name,
        "namespace": NAMESPACE,
        "labels": {**template["metadata"]["labels"], HASH_LABEL: pod.template},
        "annotations": dict(template["metadata"].get("annotations") or {}),
        "creationTimestamp": pod.born,
        "ownerReferences": [_owner(replica_set)],
    }
    if pod.stopping_since:
        meta |= {"deletionTimestamp": pod.stopping_since, "deletionGracePeriodSeconds": 1}
    return {
        "kind": "Pod",
        "apiVersion": "v1",
        "metadata": meta,
        "spec": {**template["spec"], "nodeName": pod.node.name},
        "status": _pod_status(pod, template["spec"]["containers"][0]),
    }


def replica_set_object(deployment: Object, template_hash: str, revision: int, pods: Sequence[Pod]) -> Object:
    """Describe the replica set that stands behind one template of the deployment."""
    mine = [pod for pod in pods if pod.template == template_hash and pod.stopping_since is None]
    ready = sum(pod.state is PodState.READY for pod in mine)
    spec = deployment["spec"]
    template = spec["template"]
    labels = {**template["metadata"]["labels"], HASH_LABEL: template_hash}
    return {
        "kind": "ReplicaSet",
        "apiVersion": "apps/v1",
        "metadata": {
            "name": f"{APP}-{template_hash}",
            "namespace": NAMESPACE,
            "labels": labels,
            "annotations": {"deployment.kubernetes.io/revision": str(revision)},
            "ownerReferences": [_owner(deployment)],
        },
        "spec": {
            "replicas": len(mine),
            "selector": {"matchLabels": {**spec["selector"]["matchLabels"], HASH_LABEL: template_hash}},
            "template": template,
        },
        "status": _set_status(len(mine), ready),
    }


def counted_again(replica_set: Object, pods: Sequence[Pod]) -> Object:
    """Describe a replica set of an earlier template: only its numbers can change."""
    mine = [pod for pod in pods if pod.template == replica_set["metadata"]["labels"][HASH_LABEL]]
    mine = [pod for pod in mine if pod.stopping_since is None]
    ready = sum(pod.state is PodState.READY for pod in mine)
    spec = {**replica_set["spec"], "replicas": len(mine)}
    return {**replica_set, "spec": spec, "status": _set_status(len(mine), ready)}


def deployment_status(deployment: Object, template_hash: str, pods: Sequence[Pod], *, late: bool) -> dict[str, Any]:
    """Describe how far the deployment has come; `late` when it has made no progress for too long."""
    mine = [pod for pod in pods if pod.stopping_since is None]
    updated = [pod for pod in mine if pod.template == template_hash]
    ready = sum(pod.state is PodState.READY for pod in mine)
    wanted = deployment["spec"]["replicas"]
    fresh = sum(pod.state is PodState.READY for pod in updated)
    complete = len(mine) == len(updated) == fresh == wanted
    counts = _counts(
        replicas=len(mine),
        updatedReplicas=len(updated),
        readyReplicas=ready,
        availableReplicas=ready,
        unavailableReplicas=max(wanted - ready, 0),
    )
    conditions = [
        _available(ready >= wanted),
        _progressing(template_hash, complete=complete, late=late),
    ]
    return {"observedGeneration": deployment["metadata"]["generation"], **counts, "conditions": conditions}


def _pod_status(pod: Pod, container: Object) -> dict[str, Any]:
    ready = pod.state is PodState.READY
    truth = "True" if ready else "False"
    status: dict[str, Any] = {
        "name": CONTAINER,
        "image": container["image"],
        "imageID": "",
        "ready": ready,
        "started": ready,
        "restartCount": pod.restarts,
        "state": _container_state(pod),
        "lastState": _last_state(pod),
    }
    return {
        "phase": "Running" if pod.began else "Pending",
        "conditions": [{"type": kind, "status": truth} for kind in ("Ready", "ContainersReady")],
        "hostIP": "127.0.0.1",
        "podIP": "127.0.0.1",
        "startTime": pod.born,
        "containerStatuses": [status],
    }


def _container_state(pod: Pod) -> dict[str, Any]:
    if pod.state is PodState.BACK_OFF:
        message = f"restarting failed container={CONTAINER} pod={pod.name}_{NAMESPACE}"
        return {"waiting": {"reason": "CrashLoopBackOff", "message": message}}
    if pod.state is PodState.MISCONFIGURED:
        return {"waiting": {"reason": "CreateContainerConfigError", "message": pod.problem}}
    if pod.pid is None:
        return {"waiting": {"reason": "ContainerCreating"}}
    return {"running": {"startedAt": pod.began}}


def _last_state(pod: Pod) -> dict[str, Any]:
    last = pod.last_exit
    if last is None:
        return {}
    ended = {"exitCode": last.code, "reason": last.reason, "startedAt": last.began, "finishedAt": last.ended}
    return {"terminated": ended}


def _available(enough: bool) -> dict[str, Any]:  # noqa: FBT001 a condition is a yes or a no
    reason = "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable"
    words = "has" if enough else "does not have"
    message = f"Deployment {words} minimum availability."
    return {"type": "Available", "status": "True" if enough else "False", "reason": reason, "message": message}


def _progressing(template_hash: str, *, complete: bool, late: bool) -> dict[str, Any]:
    name = f"{APP}-{template_hash}"
    if complete:
        reason, message = "NewReplicaSetAvailable", f'ReplicaSet "{name}" has successfully progressed.'
    elif late:
        reason, message = "ProgressDeadlineExceeded", f'ReplicaSet "{name}" has timed out progressing.'
    else:
        reason, message = "ReplicaSetUpdated", f'ReplicaSet "{name}" is progressing.'
    status = "False" if reason == "ProgressDeadlineExceeded" else "True"
    return {"type": "Progressing", "status": status, "reason": reason, "message": message}


def _owner(thing: Object) -> dict[str, Any]:
    meta = thing["metadata"]
    owner = {"apiVersion": thing["apiVersion"], "kind": thing["kind"], "name": meta["name"], "uid": meta["uid"]}
    return {**owner, "controller": True, "blockOwnerDeletion": True}


def _set_status(count: int, ready: int) -> dict[str, int]:
    return {"replicas": count, **_counts(readyReplicas=ready, availableReplicas=ready)}


def _counts(**numbers: int) -> dict[str, int]:
    """Leave out what is zero, as the real API does."""
    return {name: number for name, number in numbers.items() if number}
