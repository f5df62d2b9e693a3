"""The pod that `exec` means: one by its name, or one of a workload's that runs."""

from playbook_engine.diagnostics import did_you_mean
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes.api import Api
from playbook_engine.transports.kubernetes.faults import Refused
from playbook_engine.transports.kubernetes.logs import selector_of
from playbook_engine.transports.kubernetes.printing import metadata, name_of, part
from playbook_engine.transports.kubernetes.session import Json

__all__ = ["name_of", "pod_of", "running_container"]

_NOT_RUNNING = ("Pending", "Succeeded", "Failed")
_DEFAULT = "kubectl.kubernetes.io/default-container"


async def pod_of(api: Api, request: KubectlRequest, namespace: str) -> Json:
    """Return the pod; of a workload, the first by name of those that are ready, else of those that run."""
    name = request.names[0]
    if request.kind == "pods":
        return await api.read("pods", name, namespace)
    selector = selector_of(await api.read(request.kind, name, namespace))
    listed = await api.list_all("pods", namespace, labelSelector=selector)
    running = [pod for pod in listed.get("items") or () if _runs(pod)]
    if not running:
        raise Refused(f"no pod of {request.kind} '{name}' runs in namespace {namespace}")
    return min(running, key=lambda pod: (not _is_ready(pod), name_of(pod)))


def running_container(pod: Json, wanted: str | None) -> str:
    """Return the container that a program is to run in; raises Refused when it is not there or does not run."""
    name, known = name_of(pod), _containers(pod)
    container = wanted or default_container(pod)
    if wanted is not None and known and wanted not in known:
        hint = did_you_mean(wanted, known) or f"There are {', '.join(known)}."
        raise Refused(f"pod '{name}' has no container '{wanted}'", hint)
    status = part(pod, "status")
    if status.get("phase") in _NOT_RUNNING:
        raise Refused(f"pod '{name}' does not run: {status.get('reason') or status['phase']}")
    for one in status.get("containerStatuses") or ():
        state = part(one, "state")
        if one.get("name") == container and state and "running" not in state:
            reason = next((part(state, key).get("reason") for key in ("waiting", "terminated") if key in state), None)
            hint = "See 'describe pod' and 'logs --previous' for why."
            raise Refused(f"container '{container}' of pod '{name}' does not run: {reason or 'it has ended'}", hint)
    return container


def default_container(pod: Json) -> str:
    """Return the container that is meant when none is named: the one that the pod marks, else the first."""
    marked = part(metadata(pod), "annotations").get(_DEFAULT)
    containers = part(pod, "spec").get("containers") or ()
    return str(marked or (containers[0].get("name") if containers else ""))


def _containers(pod: Json) -> list[str]:
    groups = ("containers", "initContainers", "ephemeralContainers")
    return [str(one.get("name")) for group in groups for one in part(pod, "spec").get(group) or ()]


def _runs(pod: Json) -> bool:
    return part(pod, "status").get("phase") == "Running" and not metadata(pod).get("deletionTimestamp")


def _is_ready(pod: Json) -> bool:
    conditions = part(pod, "status").get("conditions") or ()
    return any(one.get("type") == "Ready" and one.get("status") == "True" for one in conditions)
