"""`delete`: takes objects away, and waits until they are gone."""

import asyncio

from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes import get
from playbook_engine.transports.kubernetes.api import Api
from playbook_engine.transports.kubernetes.faults import names_missing_object
from playbook_engine.transports.kubernetes.printing import bounded, metadata, name_of
from playbook_engine.transports.kubernetes.resources import printed_name
from playbook_engine.transports.kubernetes.session import ApiError, Json
from playbook_engine.values import Duration, Value

_CASCADES = {"background": "Background", "foreground": "Foreground", "orphan": "Orphan"}
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.2, 2.0


async def delete(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Delete what is named, or what a selector finds; `before` is what was there."""
    items, _ = await get.found(api, request, namespace)
    if not items:
        return KubectlReply(text=bounded("No resources found.\n"), changed=False, before=[])
    for item in items:
        await _delete(api, request, item, namespace)
    if request.option("wait") != "false" and not api.dry_run:
        await _gone(api, request.kind, items, namespace)
    lines = [f"{printed_name(request.kind, name_of(item))} deleted\n" for item in items]
    return KubectlReply(text=bounded("".join(lines)), changed=True, before=[_kept(item) for item in items])


async def _delete(api: Api, request: KubectlRequest, item: Json, namespace: str) -> None:
    options: Json = {
        "apiVersion": "v1",
        "kind": "DeleteOptions",
        "propagationPolicy": _CASCADES[request.option("cascade") or "background"],
        "preconditions": {"uid": metadata(item).get("uid")},
    }
    if (seconds := grace(request)) is not None:
        options["gracePeriodSeconds"] = seconds
    if api.dry_run:
        options["dryRun"] = ["All"]  # beside such a body the parameter of the address counts for nothing
    path = (await api.resource(request.kind)).path(namespace, name_of(item))
    try:
        await api.send("DELETE", path, options)
    except ApiError as error:
        if not names_missing_object(error):  # it went by itself meanwhile
            raise


async def _gone(api: Api, kind: str, items: list[Json], namespace: str) -> None:
    wait, left = _FIRST_WAIT_S, items
    while left := await still_there(api, kind, left, namespace):
        api.progress = f"{len(left)} of {len(items)} are still ending: {', '.join(name_of(i) for i in left[:5])}"
        await api.clock.sleep(wait)
        wait = min(1.5 * wait, _LONGEST_WAIT_S)
    api.progress = None


async def still_there(api: Api, kind: str, items: list[Json], namespace: str | None = None) -> list[Json]:
    """Return those of the objects that are still the same ones: another one of the name may have come."""

    async def same(item: Json) -> bool:
        where = str(metadata(item).get("namespace") or namespace or "")
        try:
            now = await api.read(kind, name_of(item), where)
        except ApiError as error:
            if names_missing_object(error):
                return False
            raise
        return metadata(now).get("uid") == metadata(item).get("uid")

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(same(item)) for item in items]
    return [item for item, task in zip(items, tasks, strict=True) if task.result()]


def grace(request: KubectlRequest) -> int | None:
    """Return how many seconds an object gets to end; None is what the object itself says."""
    if request.option("now") is not None:
        return 1
    period = request.option("grace-period")
    if period is None:
        return 0 if request.option("force") is not None else None
    return int(period) if period.lstrip("-").isdigit() else Duration.parse(period).ms // 1000


def _kept(item: Json) -> Value:
    """Return an object as the record keeps it: what it was to be, and not how it was."""
    return {key: value for key, value in item.items() if key != "status"}
