"""The columns of `get`: what people look at first, and with `-o wide` what they look at next."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from playbook_engine.transports.kubernetes.printing import age, aligned, metadata, name_of, part
from playbook_engine.transports.kubernetes.session import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a table is laid out, by the flags of `get`."""

    namespaces: bool = False
    wide: bool = False
    labels: bool = False
    header: bool = True


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of a kind behind NAME and before AGE, and those of `-o wide` behind AGE."""

    names: tuple[str, ...] = ()
    cells: Callable[[Json], tuple[str, ...]] = lambda _: ()
    wide: tuple[str, ...] = ()
    wide_cells: Callable[[Json], tuple[str, ...]] = lambda _: ()


def as_table(kind: str, items: Sequence[Json], now: datetime, layout: Layout = Layout()) -> str:
    """Return the columns of objects of one kind."""
    columns = _COLUMNS.get(kind, _Columns())
    wide = columns.wide if layout.wide else ()
    header = (
        *(("NAMESPACE",) if layout.namespaces else ()),
        *("NAME", *columns.names, "AGE", *wide),
        *(("LABELS",) if layout.labels else ()),
    )
    rows = [_row(item, columns, now, layout) for item in items]
    shown = [header, *rows] if layout.header else rows
    return aligned(shown) if shown else ""


def _row(item: Json, columns: _Columns, now: datetime, layout: Layout) -> tuple[str, ...]:
    return (
        *((str(metadata(item).get("namespace", "")),) if layout.namespaces else ()),
        *(name_of(item), *columns.cells(item), age(item, now)),
        *(columns.wide_cells(item) if layout.wide else ()),
        *((_labels(item),) if layout.labels else ()),
    )


def _labels(item: Json) -> str:
    return ",".join(f"{key}={value}" for key, value in part(metadata(item), "labels").items()) or "<none>"


def _deployment(item: Json) -> tuple[str, ...]:
    spec, status = part(item, "spec"), part(item, "status")
    ready = f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 1)}"
    return ready, str(status.get("updatedReplicas", 0)), str(status.get("availableReplicas", 0))


def _images(item: Json) -> tuple[str, ...]:
    containers = part(part(part(item, "spec"), "template"), "spec").get("containers") or ()
    names = ",".join(str(one.get("name")) for one in containers)
    return names, ",".join(str(one.get("image")) for one in containers)


def _pod(item: Json) -> tuple[str, ...]:
    containers = part(item, "status").get("containerStatuses") or ()
    ready = sum(1 for container in containers if container.get("ready"))
    total = len(part(item, "spec").get("containers") or containers)
    restarts = sum(int(container.get("restartCount", 0)) for container in containers)
    return f"{ready}/{total}", pod_status(item), str(restarts)


def _pod_place(item: Json) -> tuple[str, ...]:
    return (
        str(part(item, "status").get("podIP") or "<none>"),
        str(part(item, "spec").get("nodeName") or "<none>"),
    )


def pod_status(item: Json) -> str:
    """Return one word for a pod's state: what keeps it from running, before its phase."""
    status = part(item, "status")
    if metadata(item).get("deletionTimestamp"):
        return "Terminating"
    for container in status.get("containerStatuses") or ():
        state = container.get("state") or {}
        for stage in ("waiting", "terminated"):
            reason = (state.get(stage) or {}).get("reason")
            if reason:
                return str(reason)
    return str(status.get("reason") or status.get("phase") or "Unknown")


def node_status(item: Json) -> str:
    """Return whether a node is ready, and whether new pods may come: `Ready,SchedulingDisabled`."""
    conditions = part(item, "status").get("conditions") or ()
    ready = next((c.get("status") for c in conditions if c.get("type") == "Ready"), None)
    word = {"True": "Ready", "False": "NotReady"}.get(str(ready), "Unknown")
    return f"{word},SchedulingDisabled" if part(item, "spec").get("unschedulable") else word


def _node(item: Json) -> tuple[str, ...]:
    role = "node-role.kubernetes.io/"
    roles = sorted(key.removeprefix(role) for key in part(metadata(item), "labels") if key.startswith(role))
    return node_status(item), ",".join(roles) or "<none>"


def _version(item: Json) -> tuple[str, ...]:
    return (str(part(part(item, "status"), "nodeInfo").get("kubeletVersion") or "<unknown>"),)


_COLUMNS: Mapping[str, _Columns] = {
    "pods": _Columns(("READY", "STATUS", "RESTARTS"), _pod, ("IP", "NODE"), _pod_place),
    "deployments": _Columns(("READY", "UP-TO-DATE", "AVAILABLE"), _deployment, ("CONTAINERS", "IMAGES"), _images),
    "nodes": _Columns(("STATUS", "ROLES"), _node, ("VERSION",), _version),
}
