"""`events`: what happened to objects lately, the newest last."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes import outputs
from playbook_engine.transports.kubernetes.api import Api
from playbook_engine.transports.kubernetes.get import whole
from playbook_engine.transports.kubernetes.printing import ago, aligned, bounded, metadata, part
from playbook_engine.transports.kubernetes.resources import RESOURCES
from playbook_engine.transports.kubernetes.session import Json

NEWEST = 500
"""How many events are shown, at most."""


async def events(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """List the events of a namespace, of all, or of one object."""
    everywhere = request.option("all-namespaces") is not None
    fields = _about(RESOURCES[request.kind].kind, request.names[0]) if request.names else {}
    items = await found(api, None if everywhere else namespace, **fields)
    wanted = (request.option("types") or "").lower()
    if wanted:
        items = [item for item in items if str(item.get("type")).lower() in wanted.split(",")]
    items = [whole(item, "events", "v1") for item in items[-NEWEST:]]
    data = outputs.data_of(items, single=False)
    text = outputs.shaped(replace(request, kind="events"), items, data)
    if text is None:
        where = "" if everywhere else f" in {namespace} namespace"
        text = table(items, api.clock.now(), namespaces=everywhere) if items else f"No events found{where}.\n"
    return KubectlReply(text=bounded(text), data=data)


async def about(api: Api, item: Json, kind: str, namespace: str | None) -> list[Json]:
    """Return the events of one object that was read, by its uid too."""
    selectors = _about(RESOURCES[kind].kind, str(metadata(item).get("name")))
    uid = metadata(item).get("uid")
    return [one for one in await found(api, namespace, **selectors) if _uid(one) in (None, uid)]


async def found(api: Api, namespace: str | None, **selectors: str) -> list[Json]:
    """Return events by the time they were last seen."""
    answer = await api.list_all("events", namespace, **selectors)
    return sorted(answer.get("items") or (), key=_seen)


def table(items: Sequence[Json], now: datetime, *, namespaces: bool = False) -> str:
    """Return events as columns, the time since they were last seen first."""
    header = ("LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE")
    rows = [(*((str(metadata(one).get("namespace", "")),) if namespaces else ()), *_row(one, now)) for one in items]
    return aligned([(("NAMESPACE", *header) if namespaces else header), *rows])


def _row(item: Json, now: datetime) -> tuple[str, ...]:
    involved = part(item, "involvedObject")
    count = int(item.get("count") or 1)
    times = f" (x{count})" if count > 1 else ""
    return (
        ago(_seen(item), now) + times,
        str(item.get("type") or ""),
        str(item.get("reason") or ""),
        f"{str(involved.get('kind') or '').lower()}/{involved.get('name') or ''}",
        " ".join(str(item.get("message") or "").split()),
    )


def _seen(item: Json) -> str:
    """Return when an event was last seen; newer events say it elsewhere."""
    series = part(item, "series").get("lastObservedTime")
    return str(series or item.get("lastTimestamp") or item.get("eventTime") or _born(item))


def _born(item: Json) -> str:
    return str(item.get("firstTimestamp") or metadata(item).get("creationTimestamp") or "")


def _uid(item: Json) -> object:
    return part(item, "involvedObject").get("uid")


def _about(kind: str, name: str) -> dict[str, str]:
    return {"fieldSelector": f"involvedObject.kind={kind},involvedObject.name={name}"}
