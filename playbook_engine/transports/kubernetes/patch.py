"""`patch`: a change in the words of the API, and putting back the fields that one touched."""

from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.requests import FieldEntry, KubectlRequest
from playbook_engine.transports.kubernetes import fields
from playbook_engine.transports.kubernetes.api import JSON_PATCH, MERGE, STRATEGIC, Api
from playbook_engine.transports.kubernetes.faults import Refused
from playbook_engine.transports.kubernetes.get import whole
from playbook_engine.transports.kubernetes.printing import bounded, metadata
from playbook_engine.transports.kubernetes.resources import printed_name
from playbook_engine.transports.kubernetes.secrets import revealed, veil
from playbook_engine.transports.kubernetes.session import ApiError, Json
from playbook_engine.values import Value

_MEDIA = {"strategic": STRATEGIC, "merge": MERGE, "json": JSON_PATCH}


async def patch(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Send the patch; what it changed is known by comparing the object before and after."""
    if request.payload is None:
        return await _put_back(api, request, namespace)
    old = await api.read(request.kind, request.names[0], namespace)
    new = await _patched(api, request, namespace)
    found = _differences(request.kind, old, new)
    return _reply(request, "patched", found, new)


async def preview(api: Api, request: KubectlRequest, namespace: str) -> list[FieldEntry]:
    """Return what the patch would change, from the server itself: it works the patch out and keeps nothing."""
    old = await api.read(request.kind, request.names[0], namespace)
    api.dry_run = True
    new = await _patched(api, request, namespace)
    return _differences(request.kind, old, new)


async def _patched(api: Api, request: KubectlRequest, namespace: str) -> Json:
    name, media = request.names[0], _MEDIA[request.option("type") or "strategic"]
    try:
        return await api.patch(request.kind, name, namespace, revealed(request.payload), media=media)
    except ApiError as error:
        if error.status == 409 and _names_version(request.payload):
            raise Refused(f"{request.kind} '{name}' is not the version that the patch names") from error
        raise


async def _put_back(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    name = request.names[0]
    old = await api.read(request.kind, name, namespace)
    operations = fields.put_back(old, request.fields)
    if not operations:
        text = f"{printed_name(request.kind, name)} is so already\n"
        return KubectlReply(text=bounded(text), data=veil(old), changed=False)
    new = await api.patch(request.kind, name, namespace, operations, media=JSON_PATCH)
    return _reply(request, "put back", _differences(request.kind, old, new), new)


def _reply(request: KubectlRequest, done: str, found: list[FieldEntry], new: Json) -> KubectlReply:
    note = "" if found else " (no change)"
    return KubectlReply(
        text=bounded(f"{printed_name(request.kind, request.names[0])} {done}{note}\n"),
        data=veil(new),
        changed=bool(found),
        before={fields.shown(entry.path): entry.before for entry in found},
        after={fields.shown(entry.path): entry.after for entry in found},
    )


def _differences(kind: str, old: Json, new: Json) -> list[FieldEntry]:
    return list(fields.differences(whole(old, kind, ""), whole(new, kind, "")))


def _names_version(payload: Value) -> bool:
    """Return whether the author locks the patch to a version of the object."""
    if isinstance(payload, dict):
        return "resourceVersion" in metadata(payload)
    operations = payload if isinstance(payload, list) else []
    return any(isinstance(one, dict) and one.get("path") == "/metadata/resourceVersion" for one in operations)
