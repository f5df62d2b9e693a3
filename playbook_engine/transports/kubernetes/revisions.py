"""`rollout history` and `rollout undo`: what a workload has been, and going back to it.

A deployment keeps its revisions as replica sets, the others keep them as controller revisions.
"""

from dataclasses import dataclass

from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes.api import JSON_PATCH, STRATEGIC, Api
from playbook_engine.transports.kubernetes.faults import Refused
from playbook_engine.transports.kubernetes.logs import selector_of
from playbook_engine.transports.kubernetes.printing import aligned, bounded, metadata, name_of, part
from playbook_engine.transports.kubernetes.resources import printed_name
from playbook_engine.transports.kubernetes.secrets import veil, veil_template
from playbook_engine.transports.kubernetes.session import Json
from playbook_engine.transports.kubernetes.yaml_text import as_yaml
from playbook_engine.values import Value

_REVISION = "deployment.kubernetes.io/revision"
_CAUSE = "kubernetes.io/change-cause"
_HASH = "pod-template-hash"
_WAIT_S = 0.2


@dataclass(frozen=True, slots=True)
class _Revision:
    """One state that a workload has been in: the pod template of then."""

    number: int
    name: str
    cause: str
    template: Json


async def history(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """List the revisions, or show the pod template of one."""
    item = await api.read(request.kind, request.names[0], namespace)
    found = await _revisions(api, request, item, namespace)
    asked = request.option("revision")
    if asked is not None and asked != "0":
        one = _numbered(found, int(asked), request)
        template = veil_template(one.template)
        text = f"{_head(request)} with revision #{one.number}\n{as_yaml({'template': template})}"
        data: Value = {"revision": one.number, "name": one.name, "cause": one.cause, "template": template}
        return KubectlReply(text=bounded(text), data=data)
    rows = [("REVISION", "CHANGE-CAUSE"), *((str(one.number), one.cause or "<none>") for one in found)]
    items: list[Value] = [{"revision": one.number, "name": one.name, "cause": one.cause} for one in found]
    return KubectlReply(text=bounded(f"{_head(request)}\n{aligned(rows)}"), data={"items": items})


async def undo(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Go back to the revision before, or to one by its number; nothing is sent when it is that already."""
    item = await _settled(api, request, namespace)
    if part(item, "spec").get("paused"):
        raise Refused(f"{request.kind} '{request.names[0]}' is paused", "Resume its rollout first.")
    found = await _revisions(api, request, item, namespace)
    now = _present(found, item)
    target = _target(found, now, request)
    printed = printed_name(request.kind, request.names[0])
    before, after = _state(now.number), _state(target.number)
    if target == now:
        text = f"{printed} skipped rollback (it is as in revision {target.number} already)\n"
        return KubectlReply(text=bounded(text), data=veil(item), changed=False, before=before, after=after)
    answer = await _roll_back(api, request, namespace, item, target)
    text = f"{printed} rolled back to revision {target.number}\n"
    return KubectlReply(text=bounded(text), data=veil(answer), changed=True, before=before, after=after)


def _state(revision: int) -> Value:
    return {"revision": revision}


async def snapshot(api: Api, request: KubectlRequest, namespace: str) -> int:
    """Return the number of the present revision."""
    item = await _settled(api, request, namespace)
    found = await _revisions(api, request, item, namespace)
    now = _present(found, item)
    _target(found, now, request)
    return now.number


async def _settled(api: Api, request: KubectlRequest, namespace: str) -> Json:
    """Return the workload once its last change has been seen, so that its revisions have their numbers."""
    while True:
        item = await api.read(request.kind, request.names[0], namespace)
        seen = int(part(item, "status").get("observedGeneration") or 0)
        if seen >= int(metadata(item).get("generation") or 0):
            api.progress = None
            return item
        api.progress = f"{request.kind} '{request.names[0]}': the last change has not been seen by its controller"
        await api.clock.sleep(_WAIT_S)


def _present(found: list[_Revision], item: Json) -> _Revision:
    """Return the revision that the workload is in: the newest with its template."""
    template = part(part(item, "spec"), "template")
    return next((one for one in reversed(found) if one.template == template), found[-1])


async def _roll_back(api: Api, request: KubectlRequest, namespace: str, item: Json, target: _Revision) -> Json:
    """Put the template of then in the place of the present one, unless someone changes the object meanwhile."""
    name, version = request.names[0], metadata(item).get("resourceVersion")
    if request.kind == "deployments":
        body = [
            {"op": "replace", "path": "/metadata/resourceVersion", "value": version},
            {"op": "replace", "path": "/spec/template", "value": target.template},
        ]
        return await api.patch(request.kind, name, namespace, body, media=JSON_PATCH)
    whole: Json = {
        "metadata": {"resourceVersion": version},
        "spec": {"template": {**target.template, "$patch": "replace"}},
    }
    return await api.patch(request.kind, name, namespace, whole, media=STRATEGIC)


async def _revisions(api: Api, request: KubectlRequest, item: Json, namespace: str) -> list[_Revision]:
    """Return the revisions, the oldest first."""
    kind = "replicasets" if request.kind == "deployments" else "controllerrevisions"
    listed = await api.list_all(kind, namespace, labelSelector=selector_of(item))
    uid = metadata(item).get("uid")
    own = [one for one in listed.get("items") or () if _is_owned(one, uid)]
    found = sorted((_revision(one) for one in own), key=lambda one: one.number)
    if not found:
        raise Refused(f"{request.kind} '{request.names[0]}' has no revisions yet")
    return found


def _is_owned(item: Json, uid: object) -> bool:
    owners = metadata(item).get("ownerReferences") or ()
    return any(owner.get("controller") and owner.get("uid") == uid for owner in owners)


def _revision(item: Json) -> _Revision:
    notes = part(metadata(item), "annotations")
    cause = str(notes.get(_CAUSE) or "")
    if "data" in item:  # a controller revision holds a patch that makes the workload what it was
        template = {
            key: value for key, value in part(part(part(item, "data"), "spec"), "template").items() if key != "$patch"
        }
        return _Revision(int(item.get("revision") or 0), name_of(item), cause, template)
    template = part(part(item, "spec"), "template")
    meta = part(template, "metadata")
    labels = {key: value for key, value in part(meta, "labels").items() if key != _HASH}
    return _Revision(
        int(notes.get(_REVISION) or 0), name_of(item), cause, {**template, "metadata": {**meta, "labels": labels}}
    )


def _target(found: list[_Revision], now: _Revision, request: KubectlRequest) -> _Revision:
    asked = int(request.option("to-revision") or 0)
    if asked:
        return _numbered(found, asked, request)
    others = [one for one in found if one != now]
    if not others:
        raise Refused(f"{request.kind} '{request.names[0]}' has no revision before revision {now.number}")
    return others[-1]


def _numbered(found: list[_Revision], number: int, request: KubectlRequest) -> _Revision:
    for one in found:
        if one.number == number:
            return one
    known = ", ".join(str(one.number) for one in found)
    raise Refused(f"{request.kind} '{request.names[0]}' has no revision {number}", f"There are {known}.")


def _head(request: KubectlRequest) -> str:
    return printed_name(request.kind, request.names[0])
