"""`top pods` and `top nodes`: what metrics.k8s.io has measured."""

from collections.abc import Iterable, Sequence

from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes.api import Api
from playbook_engine.transports.kubernetes.faults import Refused, is_missing_object
from playbook_engine.transports.kubernetes.printing import aligned, bounded, metadata, name_of, part
from playbook_engine.transports.kubernetes.quantities import millicores, octets
from playbook_engine.transports.kubernetes.resources import Resource
from playbook_engine.transports.kubernetes.session import ApiError, Json
from playbook_engine.values import Value

_GROUP, _VERSION = "metrics.k8s.io", "v1beta1"
_KINDS = {
    "pods": Resource(plural="pods", kind="PodMetrics", group=_GROUP, version=_VERSION),
    "nodes": Resource(plural="nodes", kind="NodeMetrics", group=_GROUP, version=_VERSION, namespaced=False),
}
_MIB = 2**20
_NODE_HEADER = ("NAME", "CPU(cores)", "CPU%", "MEMORY(bytes)", "MEMORY%")

Row = dict[str, Value]


async def top(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Show processor and memory; `json` has them as numbers: thousandths of a processor, and bytes."""
    items = await _measured(api, request, namespace)
    rows = await _nodes(api, items) if request.kind == "nodes" else _pods(items, request)
    if (key := request.option("sort-by")) is not None:
        rows = sorted(rows, key=lambda row: -_number(row, key))
    if not rows:
        where = "" if request.kind == "nodes" else f" in {namespace} namespace"
        return KubectlReply(text=bounded(f"No resources found{where}.\n"), data={"items": []})
    text = aligned(_table(rows, request))
    return KubectlReply(text=bounded(text), data={"items": list(rows)})


async def _measured(api: Api, request: KubectlRequest, namespace: str) -> list[Json]:
    resource = _KINDS[request.kind]
    everywhere = request.option("all-namespaces") is not None
    where = None if everywhere else namespace
    selectors = {"labelSelector": s} if (s := request.option("selector")) is not None else {}
    try:
        if request.names:
            return [await api.get(resource.path(where, request.names[0]))]
        return list((await api.get(resource.path(where), **selectors)).get("items") or ())
    except ApiError as error:
        raise _absent(error) or error from error


def _absent(error: ApiError) -> Refused | None:
    """Return what to say when nothing in the cluster measures; None when it is something else."""
    if error.status == 404 and not is_missing_object(error.about):
        hint = "metrics-server brings it; ask Prometheus, or look at 'describe node', until it is there."
        return Refused("the cluster has no metrics: it does not serve metrics.k8s.io", hint)
    if error.status == 503:
        return Refused("metrics.k8s.io does not answer (503)", "Look at the pods of metrics-server in kube-system.")
    return None


def _pods(items: Iterable[Json], request: KubectlRequest) -> list[Row]:
    apart = request.option("containers") is not None
    rows: list[Row] = []
    for item in items:
        containers = item.get("containers") or ()
        base: Row = {"namespace": str(metadata(item).get("namespace", "")), "name": name_of(item)}
        if apart:
            rows += [{**base, "container": str(one.get("name")), **_usage([one])} for one in containers]
        else:
            rows.append({**base, **_usage(containers)})
    return sorted(rows, key=lambda row: (str(row["namespace"]), str(row["name"])))


async def _nodes(api: Api, items: Sequence[Json]) -> list[Row]:
    known = {name_of(node): node for node in (await api.list_all("nodes", None)).get("items") or ()}
    rows: list[Row] = []
    for item in sorted(items, key=name_of):
        row: Row = {"name": name_of(item), **_usage([item])}
        room = part(part(known.get(name_of(item), {}), "status"), "allocatable")
        row["cpu_percent"] = _percent(_number(row, "cpu"), millicores(room.get("cpu")))
        row["memory_percent"] = _percent(_number(row, "memory"), octets(room.get("memory")))
        rows.append(row)
    return rows


def _usage(parts: Iterable[Json]) -> Row:
    used = [part(one, "usage") for one in parts]
    return {
        "cpu": sum(millicores(one.get("cpu")) for one in used),
        "memory": sum(octets(one.get("memory")) for one in used),
    }


def _percent(used: int, room: int) -> int | None:
    return used * 100 // room if room else None


def _number(row: Row, key: str) -> int:
    value = row[key]
    return value if isinstance(value, int) else 0


def _table(rows: Sequence[Row], request: KubectlRequest) -> list[tuple[str, ...]]:
    places = [
        *(["namespace"] if request.option("all-namespaces") is not None else []),
        "name",
        *(["container"] if request.option("containers") is not None else []),
    ]
    if request.kind == "nodes":
        return [_NODE_HEADER, *(_node_row(row) for row in rows)]
    header = (*(place.upper() for place in places), "CPU(cores)", "MEMORY(bytes)")
    return [header, *((*(str(row[place]) for place in places), *_shown(row)) for row in rows)]


def _node_row(row: Row) -> tuple[str, ...]:
    cpu, memory = _shown(row)
    shares = ("<unknown>" if row[key] is None else f"{row[key]}%" for key in ("cpu_percent", "memory_percent"))
    cpu_share, memory_share = shares
    return str(row["name"]), cpu, cpu_share, memory, memory_share


def _shown(row: Row) -> tuple[str, str]:
    return f"{row['cpu']}m", f"{_number(row, 'memory') // _MIB}Mi"
