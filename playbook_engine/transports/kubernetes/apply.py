"""`apply -f FILE`: server-side apply of the objects that the playbook's file held when it was loaded."""

from dataclasses import dataclass
from typing import cast

from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes import discovery
from playbook_engine.transports.kubernetes.api import Api
from playbook_engine.transports.kubernetes.faults import Refused, names_missing_object
from playbook_engine.transports.kubernetes.get import without_managers
from playbook_engine.transports.kubernetes.printing import bounded, metadata, name_of
from playbook_engine.transports.kubernetes.resources import Resource, printed
from playbook_engine.transports.kubernetes.secrets import veil
from playbook_engine.transports.kubernetes.session import ApiError, Json
from playbook_engine.values import Value

_APPLY = "application/apply-patch+yaml"
_MANAGER = "runbook-apply"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one object of the file belongs."""

    item: Json
    resource: Resource
    path: str

    @property
    def shown(self) -> str:
        return printed(self.resource, name_of(self.item))


async def apply(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Apply the objects in the order of the file; where each of them belongs is known before the first is sent."""
    items = cast("list[Json]", request.payload)
    places = [await _place(api, item, namespace) for item in items]
    query = {"fieldManager": request.option("field-manager") or _MANAGER}
    if request.option("force-conflicts") is not None:
        query["force"] = "true"
    lines: list[str] = []
    before: dict[str, Value] = {}
    answers: list[Value] = []
    for number, place in enumerate(places):
        api.progress = f"{number} of {len(places)} objects applied" if number else None
        old = await _now(api, place)
        new = await api.send("PATCH", place.path, place.item, media=_APPLY, query=query)
        if old is None or _version(old) != _version(new):
            before[place.shown] = None if old is None else veil(without_managers(old))
        lines.append(f"{place.shown} {_done(old, new)}\n")
        answers.append(veil(without_managers(new)))
    api.progress = None
    data: Value = answers[0] if len(answers) == 1 else {"apiVersion": "v1", "kind": "List", "items": answers}
    return KubectlReply(text=bounded("".join(lines)), data=data, changed=bool(before), before=before)


async def _place(api: Api, item: Json, namespace: str) -> _Place:
    resource = await discovery.of_object(api.document, str(item["apiVersion"]), str(item["kind"]))
    own = metadata(item).get("namespace")
    if own is not None and not resource.namespaced:
        raise Refused(f"{printed(resource, name_of(item))} lives in no namespace, and the file names '{own}'")
    where = str(own or namespace) if resource.namespaced else None
    if where is not None:
        item = {**item, "metadata": {**metadata(item), "namespace": where}}
    return _Place(item, resource, resource.path(where, name_of(item)))


async def _now(api: Api, place: _Place) -> Json | None:
    try:
        return await api.get(place.path)
    except ApiError as error:
        if names_missing_object(error):
            return None
        raise


def _done(old: Json | None, new: Json) -> str:
    if old is None:
        return "created"
    return "unchanged" if _version(old) == _version(new) else "configured"


def _version(item: Json) -> object:
    return metadata(item).get("resourceVersion")
