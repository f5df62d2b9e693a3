"""`logs`: of one pod, or of all pods of an object or a selector, each line with its pod's name."""

import asyncio

from urllib3.exceptions import ReadTimeoutError

from playbook_engine.model.replies import Fault, FaultKind, KubectlReply, Output
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes.api import Api
from playbook_engine.transports.kubernetes.faults import Failed, Refused
from playbook_engine.transports.kubernetes.printing import KEEP, Kept, bounded, name_of
from playbook_engine.transports.kubernetes.session import ApiError, DeadlinePassed, Json
from playbook_engine.values import Duration

_LEAST = 4096
_ENDLESS = "Ask for less of it: --tail, --since, --limit-bytes."


async def logs(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Read the log, or the logs; long ones lose their middle."""
    every = request.option("all-containers") is not None
    if request.kind == "pods" and request.names and not every and request.option("prefix") is None:
        return KubectlReply(text=await _log(api, request, request.names[0], namespace), changed=False)
    sources = [
        (pod, container)
        for item in await _pods(api, request, namespace)
        for pod, container in ((name_of(item), container) for container in (_containers(item) if every else [None]))
    ]
    keep = max(KEEP // max(len(sources), 1), _LEAST)  # all of them together are bounded too
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_part(api, request, pod, namespace, one, keep)) for pod, one in sources]
    names = [f"{pod}/{container}" if container else pod for pod, container in sources]
    return KubectlReply(text=_joined(names, [task.result() for task in tasks]), changed=False)


async def _pods(api: Api, request: KubectlRequest, namespace: str) -> list[Json]:
    if request.kind == "pods" and request.names:
        return [await api.read("pods", request.names[0], namespace)]
    selector = request.option("selector") or selector_of(await api.read(request.kind, request.names[0], namespace))
    found = await api.list_all("pods", namespace, labelSelector=selector)
    pods = sorted(found.get("items") or (), key=name_of)
    if not pods:
        raise Refused(f"no pod has the labels {selector} in namespace {namespace}")
    return pods


def _containers(pod: Json) -> list[str | None]:
    spec = pod.get("spec") or {}
    return [str(one.get("name")) for group in ("initContainers", "containers") for one in spec.get(group) or ()]


async def _log(
    api: Api, request: KubectlRequest, pod: str, namespace: str, container: str | None = None, *, keep: int = KEEP
) -> Output:
    kept = Kept(keep)
    query = _query(request) | ({"container": container} if container else {})
    try:
        await api.stream_log((await api.resource("pods")).path(namespace, pod, "log"), kept.take, query)
    except (DeadlinePassed, ReadTimeoutError, asyncio.CancelledError) as error:
        if isinstance(error, asyncio.CancelledError) and not api.is_late():
            raise
        message = f"the log did not come to an end within {request.timeout}"
        fault = Fault(kind=FaultKind.TIMEOUT, message=message, partial={"text": kept.output()}, hint=_ENDLESS)
        raise Failed(fault) from None
    return kept.output()


async def _part(
    api: Api, request: KubectlRequest, pod: str, namespace: str, container: str | None, keep: int
) -> Output:
    """Return one pod's log; a pod that has not started yet has none, and that is said."""
    try:
        return await _log(api, request, pod, namespace, container, keep=keep)
    except ApiError as error:
        if error.status == 400 and "waiting to start" in error.body:
            return bounded("(no log: the container has not started)\n")
        raise


def _query(request: KubectlRequest) -> dict[str, str]:
    """Return the flags as the server's parameters."""
    query: dict[str, str] = {}
    if (container := request.option("container")) is not None:
        query["container"] = container
    if (tail := request.option("tail")) is not None and int(tail) >= 0:
        query["tailLines"] = tail
    if (since := request.option("since")) is not None:
        query["sinceSeconds"] = str(Duration.parse(since).ms // 1000)
    if (stamp := request.option("since-time")) is not None:
        query["sinceTime"] = stamp
    if (most := request.option("limit-bytes")) is not None:
        query["limitBytes"] = most
    for flag in ("previous", "timestamps"):
        if request.option(flag) is not None:
            query[flag] = "true"
    return query


def _joined(pods: list[str], parts: list[Output]) -> Output:
    kept = Kept()
    for pod, part in zip(pods, parts, strict=True):
        for line in part.text.splitlines():
            kept.take(f"[pod/{pod}] {line}\n".encode())
    output = kept.output()
    cut = any(part.truncated for part in parts)
    size = sum(part.size for part in parts)
    return Output(head=output.head, tail=output.tail, size=max(size, output.size), truncated=output.truncated or cut)


def selector_of(item: Json) -> str:
    """Return an object's selector of its pods, as a list of pods takes it."""
    selector = (item.get("spec") or {}).get("selector") or {}
    parts = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    parts += [_expression(entry) for entry in selector.get("matchExpressions") or ()]
    if not parts:
        raise Refused(f"'{name_of(item)}' selects no pods")
    return ",".join(parts)


def _expression(entry: Json) -> str:
    key, operator, values = entry.get("key"), entry.get("operator"), ", ".join(entry.get("values") or ())
    match operator:
        case "Exists":
            return f"{key}"
        case "DoesNotExist":
            return f"!{key}"
        case "In" | "NotIn":
            return f"{key} {operator.lower()} ({values})"
        case _:
            raise Refused(f"the selector's operator '{operator}' is not known")
