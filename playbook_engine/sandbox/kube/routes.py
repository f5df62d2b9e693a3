"""Which path means which kind of object, name and subresource."""

from dataclasses import dataclass

from playbook_engine.sandbox.kube.statuses import no_such_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A kind of object as it stands in paths (`deployments`); `verbs` are what the demo's user may do with it."""

    name: str
    kind: str
    api: str
    verbs: tuple[str, ...] = ("get", "list")
    short: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    namespaced: bool = True


_EDIT = ("get", "list", "patch", "update")

RESOURCES = (
    Resource(
        name="pods",
        kind="Pod",
        api="v1",
        verbs=("get", "list", "delete"),
        short=("po",),
        subresources=("log", "exec"),
    ),
    Resource(name="configmaps", kind="ConfigMap", api="v1", verbs=_EDIT, short=("cm",)),
    Resource(name="services", kind="Service", api="v1", short=("svc",)),
    Resource(name="events", kind="Event", api="v1", short=("ev",)),
    Resource(name="endpoints", kind="Endpoints", api="v1", short=("ep",)),
    Resource(name="secrets", kind="Secret", api="v1", verbs=()),
    Resource(name="serviceaccounts", kind="ServiceAccount", api="v1", short=("sa",)),
    Resource(name="persistentvolumeclaims", kind="PersistentVolumeClaim", api="v1", short=("pvc",)),
    Resource(name="namespaces", kind="Namespace", api="v1", short=("ns",), namespaced=False),
    Resource(name="nodes", kind="Node", api="v1", short=("no",), namespaced=False),
    Resource(
        name="deployments", kind="Deployment", api="apps/v1", verbs=_EDIT, short=("deploy",), subresources=("scale",)
    ),
    Resource(name="replicasets", kind="ReplicaSet", api="apps/v1", short=("rs",)),
    Resource(name="statefulsets", kind="StatefulSet", api="apps/v1", short=("sts",)),
    Resource(name="daemonsets", kind="DaemonSet", api="apps/v1", short=("ds",)),
    Resource(name="pods", kind="PodMetrics", api="metrics.k8s.io/v1beta1"),
    Resource(name="nodes", kind="NodeMetrics", api="metrics.k8s.io/v1beta1", namespaced=False),
    Resource(
        name="selfsubjectaccessreviews",
        kind="SelfSubjectAccessReview",
        api="authorization.k8s.io/v1",
        verbs=("create",),
        namespaced=False,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a path points at; an empty name means the whole collection."""

    resource: Resource
    namespace: str | None = None
    name: str = ""
    subresource: str = ""


def parse(path: str) -> Target:
    """Read a path such as `/apis/apps/v1/namespaces/gymbro/deployments/gymbro-api/scale`."""
    match path.strip("/").split("/"):
        case ["api", "v1", *rest]:
            return _parse("v1", rest)
        case ["apis", group, version, *rest]:
            return _parse(f"{group}/{version}", rest)
        case _:
            raise no_such_path()


def _parse(api: str, rest: list[str]) -> Target:
    namespace = None
    if len(rest) > 2 and rest[0] == "namespaces":
        namespace, rest = rest[1], rest[2:]
    name, subresource = [*rest[1:], "", ""][:2]
    resource = next((known for known in RESOURCES if (known.api, known.name) == (api, rest[0])), None)
    if resource is None or len(rest) > 3 or (subresource and subresource not in resource.subresources):
        raise no_such_path()
    if resource.namespaced != (namespace is not None) and (name or not resource.namespaced):
        raise no_such_path()
    return Target(resource=resource, namespace=namespace, name=name, subresource=subresource)
