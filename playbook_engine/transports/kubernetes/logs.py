"""`logs`: of one pod, or of all pods of an object or a selector, each line with its pod's name."""

import asyncio
from typing import Any

from kubernetes.client.exceptions import ApiException

from playbook_engine.model.replies import KubectlReply, Output
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes.faults import Refused
from playbook_engine.transports.kubernetes.printing import Kept, bounded, name_of
from playbook_engine.transports.kubernetes.session import Api, Json
from playbook_engine.values import Duration


async def logs(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Read the log, or the logs; long ones lose their middle."""
    if request.kind == "pods" and request.names:
        return KubectlReply(text=await _log(api, request, request.names[0], namespace), changed=False)
    selector = request.option("selector") or _selector(await api.read(request.kind, request.names[0], namespace))
    found = await api.list_all("pods", namespace, label_selector=selector)
    pods = sorted(name_of(pod) for pod in found.get("items") or ())
    if not pods:
        raise Refused(f"no pod has the labels {selector} in namespace {namespace}")
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_part(api, request, pod, namespace)) for pod in pods]
    return KubectlReply(text=_joined(pods, [task.result() for task in tasks]), changed=False)


async def _log(api: Api, request: KubectlRequest, pod: str, namespace: str) -> Output:
    kept = Kept()
    await api.stream_log(pod, namespace, kept.take, **_options(request))
    return kept.output()


async def _part(api: Api, request: KubectlRequest, pod: str, namespace: str) -> Output:
    """Return one pod's log; a pod that has not started yet has none, and that is said."""
    try:
        return await _log(api, request, pod, namespace)
    except ApiException as error:
        if error.status == 400 and "waiting to start" in str(error.body):
            return bounded("(no log: the container has not started)\n")
        raise


def _options(request: KubectlRequest) -> dict[str, Any]:
    """Return the flags as the client's arguments."""
    options: dict[str, Any] = {}
    if (container := request.option("container")) is not None:
        options["container"] = container
    if (tail := request.option("tail")) is not None and int(tail) >= 0:
        options["tail_lines"] = int(tail)
    if (since := request.option("since")) is not None:
        options["since_seconds"] = Duration.parse(since).ms // 1000
    if request.option("previous") is not None:
        options["previous"] = True
    return options


def _joined(pods: list[str], parts: list[Output]) -> Output:
    kept = Kept()
    for pod, part in zip(pods, parts, strict=True):
        for line in part.text.splitlines():
            kept.take(f"[pod/{pod}] {line}\n".encode())
    output = kept.output()
    cut = any(part.truncated for part in parts)
    size = sum(part.size for part in parts)
    return Output(head=output.head, tail=output.tail, size=max(size, output.size), truncated=output.truncated or cut)


def _selector(item: Json) -> str:
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
