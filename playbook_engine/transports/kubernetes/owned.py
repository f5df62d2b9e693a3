"""The pod that `exec` means: one by its name, or one of a workload's that runs."""

from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes.api import Api
from playbook_engine.transports.kubernetes.faults import Refused
from playbook_engine.transports.kubernetes.logs import selector_of
from playbook_engine.transports.kubernetes.printing import metadata, name_of, part
from playbook_engine.transports.kubernetes.session import Json

__all__ = ["default_container", "name_of", "pod_of"]

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


def default_container(pod: Json) -> str:
    """Return the container that is meant when none is named: the one that the pod marks, else the first."""
    marked = part(metadata(pod), "annotations").get(_DEFAULT)
    containers = part(pod, "spec").get("containers") or ()
    return str(marked or (containers[0].get("name") if containers else ""))


def _runs(pod: Json) -> bool:
    return part(pod, "status").get("phase") == "Running" and not metadata(pod).get("deletionTimestamp")


def _is_ready(pod: Json) -> bool:
    conditions = part(pod, "status").get("conditions") or ()
    return any(one.get("type") == "Ready" and one.get("status") == "True" for one in conditions)
