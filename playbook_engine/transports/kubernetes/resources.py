"""The kinds that can be asked for: where the API serves them, and what their objects call themselves."""

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A kind as paths name it; `asked` says that its version is found out from the server."""

    plural: str
    kind: str
    group: str = ""
    version: str = "v1"
    namespaced: bool = True
    asked: bool = False

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str | None = None, name: str = "", below: str = "") -> str:
        """Return the path of a list, an object, or what is below an object; without a namespace, of all of them."""
        base = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        where = f"/namespaces/{quote(namespace, safe='')}" if self.namespaced and namespace is not None else ""
        named = f"/{quote(name, safe='')}" if name else ""
        return f"{base}{where}/{self.plural}{named}{f'/{below}' if below else ''}"


def _core(plural: str, kind: str, *, namespaced: bool = True) -> Resource:
    return Resource(plural=plural, kind=kind, namespaced=namespaced)


def _apps(plural: str, kind: str) -> Resource:
    return Resource(plural=plural, kind=kind, group="apps")


RESOURCES = {
    resource.plural: resource
    for resource in (
        _core("pods", "Pod"),
        _core("services", "Service"),
        _core("configmaps", "ConfigMap"),
        _core("secrets", "Secret"),
        _core("events", "Event"),
        _core("endpoints", "Endpoints"),
        _core("serviceaccounts", "ServiceAccount"),
        _core("persistentvolumeclaims", "PersistentVolumeClaim"),
        _core("persistentvolumes", "PersistentVolume", namespaced=False),
        _core("nodes", "Node", namespaced=False),
        _core("namespaces", "Namespace", namespaced=False),
        _apps("deployments", "Deployment"),
        _apps("statefulsets", "StatefulSet"),
        _apps("daemonsets", "DaemonSet"),
        _apps("replicasets", "ReplicaSet"),
        _apps("controllerrevisions", "ControllerRevision"),
        Resource(plural="jobs", kind="Job", group="batch"),
        Resource(plural="cronjobs", kind="CronJob", group="batch", asked=True),
        Resource(plural="ingresses", kind="Ingress", group="networking.k8s.io"),
        Resource(plural="poddisruptionbudgets", kind="PodDisruptionBudget", group="policy", asked=True),
        # the oldest stable version is the one that every server has
        Resource(plural="horizontalpodautoscalers", kind="HorizontalPodAutoscaler", group="autoscaling"),
    )
}


def printed_name(kind: str, name: str) -> str:
    """Return an object's name as kubectl prints it: `pod/x`, `deployment.apps/y`."""
    return printed(RESOURCES[kind], name)


def printed(resource: Resource, name: str) -> str:
    group = f".{resource.group}" if resource.group else ""
    return f"{resource.kind.lower()}{group}/{name}"
