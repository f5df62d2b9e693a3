"""`describe`: what is worth knowing of an object, for people: what it is to be, what it is, what happened to it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes import events, get, outputs
from playbook_engine.transports.kubernetes.api import Api
from playbook_engine.transports.kubernetes.faults import Refused
from playbook_engine.transports.kubernetes.printing import ago, aligned, bounded, metadata, name_of, part
from playbook_engine.transports.kubernetes.resources import RESOURCES
from playbook_engine.transports.kubernetes.session import ApiError, Json
from playbook_engine.transports.kubernetes.tables import node_status, pod_status
from playbook_engine.transports.kubernetes.yaml_text import as_yaml
from playbook_engine.values import Secret, Value

_WIDTH = 15
_NEWEST = 20
_SECTIONS = ("spec", "data", "stringData", "rules", "subsets", "secrets", "roleRef", "subjects")


async def describe(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Describe what the request names."""
    items, single = await get.found(api, request, namespace)
    if not items:
        raise Refused(f"no {request.kind} found", "Look with 'get' for what there is.")
    everywhere = request.option("all-namespaces") is not None or not RESOURCES[request.kind].namespaced
    happened = await _events(api, request.kind, items, None if everywhere else namespace)
    now = api.clock.now()
    texts = ["".join(_described(request.kind, item, happened, now)) for item in items]
    return KubectlReply(text=bounded("\n\n".join(texts)), data=outputs.data_of(items, single=single))


async def _events(api: Api, kind: str, items: list[Json], namespace: str | None) -> list[Json] | None:
    """Return the events of the objects; None when we may not see any."""
    try:
        if len(items) == 1:
            return await events.about(api, items[0], kind, namespace)
        return await events.found(api, namespace)
    except ApiError as error:
        if error.status == 403:
            return None
        raise


def _described(kind: str, item: Json, happened: list[Json] | None, now: datetime) -> Iterator[str]:
    for label, lines in _head(kind, item, now):
        first, *more = lines or ["<none>"]
        yield f"{label + ':':<{_WIDTH}}{first}\n"
        yield from (f"{'':<{_WIDTH}}{line}\n" for line in more)
    for name in _SECTIONS:
        if item.get(name):
            yield from _section(name[0].upper() + name[1:], as_yaml(_readable(item, name)).splitlines())
    status = {key: value for key, value in part(item, "status").items() if key != "conditions"}
    if status:
        yield from _section("Status", as_yaml(status).splitlines())
    conditions = part(item, "status").get("conditions") or ()
    if conditions:
        yield from _section("Conditions", _conditions(conditions, now))
    yield from _section("Events", _happened(item, happened, now))


def _head(kind: str, item: Json, now: datetime) -> Iterator[tuple[str, list[str]]]:
    meta = metadata(item)
    yield "Name", [name_of(item)]
    if meta.get("namespace"):
        yield "Namespace", [str(meta["namespace"])]
    yield "Kind", [f"{item.get('kind')} ({item.get('apiVersion')})"]
    for label in ("labels", "annotations"):
        yield label.capitalize(), [_short(f"{key}={value}") for key, value in part(meta, label).items()]
    yield "Created", [f"{meta.get('creationTimestamp')} ({ago(meta.get('creationTimestamp'), now)} ago)"]
    if meta.get("deletionTimestamp"):
        yield "Deleted", [f"{meta['deletionTimestamp']} ({ago(meta['deletionTimestamp'], now)} ago)"]
    owners = meta.get("ownerReferences") or ()
    if owners:
        yield "Controlled by", [f"{owner.get('kind')}/{owner.get('name')}" for owner in owners]
    yield from _summary(kind, item)


def _summary(kind: str, item: Json) -> Iterator[tuple[str, list[str]]]:
    """Yield what people look for first, by kind."""
    spec, status = part(item, "spec"), part(item, "status")
    match kind:
        case "pods":
            yield "Status", [pod_status(item)]
            yield "Node", [str(spec.get("nodeName") or "<none>")]
            yield "IP", [str(status.get("podIP") or "<none>")]
            yield "Containers", [_container(one) for one in status.get("containerStatuses") or ()]
        case "deployments" | "statefulsets" | "replicasets":
            counts = [("updated", "updatedReplicas"), ("total", "replicas"), ("available", "availableReplicas")]
            told = [f"{status.get(field, 0)} {word}" for word, field in counts]
            yield "Replicas", [" | ".join([f"{spec.get('replicas', 1)} desired", *told])]
        case "daemonsets":
            words = {"desired": "desiredNumberScheduled", "ready": "numberReady", "available": "numberAvailable"}
            yield "Pods", [" | ".join(f"{status.get(field, 0)} {word}" for word, field in words.items())]
        case "nodes":
            yield "Status", [node_status(item)]
        case _:
            return


def _container(status: Json) -> str:
    """Return a container in a line: `app: running, ready, 2 restarts, last ended with 137 (OOMKilled)`."""
    state = part(status, "state")
    stage = next(iter(state), "waiting")
    reason = part(state, stage).get("reason")
    told = [f"{stage} ({reason})" if reason else stage, "ready" if status.get("ready") else "not ready"]
    if status.get("restartCount"):
        told.append(f"{status['restartCount']} restarts")
    last = part(part(status, "lastState"), "terminated")
    if last:
        told.append(f"last ended with {last.get('exitCode')} ({last.get('reason')}) at {last.get('finishedAt')}")
    return f"{status.get('name')}: {', '.join(told)}"


def _readable(item: Json, name: str) -> Value:
    """Return a section; of a Secret only how long each value is."""
    section: Value = item[name]
    if item.get("kind") == "Secret" and isinstance(section, dict):
        return {
            key: f"{len(value.reveal())} characters, hidden"
            for key, value in section.items()
            if isinstance(value, Secret)
        }
    return section


def _conditions(conditions: Iterable[Json], now: datetime) -> list[str]:
    rows = [("TYPE", "STATUS", "SINCE", "REASON", "MESSAGE")]
    rows += [
        (
            str(one.get("type") or ""),
            str(one.get("status") or ""),
            ago(one.get("lastTransitionTime"), now),
            str(one.get("reason") or ""),
            _short(" ".join(str(one.get("message") or "").split())),
        )
        for one in conditions
    ]
    return aligned(rows).splitlines()


def _happened(item: Json, happened: list[Json] | None, now: datetime) -> list[str]:
    if happened is None:
        return ["<not allowed to see them>"]
    about = (item.get("kind"), name_of(item), metadata(item).get("namespace"))
    own = [
        one
        for one in happened
        if (involved := part(one, "involvedObject"))
        and (involved.get("kind"), involved.get("name")) == about[:2]
        and (about[2] is None or involved.get("namespace") in (None, about[2]))
    ]
    if not own:
        return ["<none>"]
    missing = [f"… {len(own) - _NEWEST} older ones"] if len(own) > _NEWEST else []
    return [*missing, *events.table(own[-_NEWEST:], now).splitlines()]


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"{title}:\n"
    yield from (f"  {line}\n" for line in lines)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 200 else f"{line[:199]}…"
