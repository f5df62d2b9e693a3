"""`scale`: the number of replicas, through the scale subresource."""

from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes.api import Api
from playbook_engine.transports.kubernetes.demanded import check_version
from playbook_engine.transports.kubernetes.faults import Refused
from playbook_engine.transports.kubernetes.printing import bounded
from playbook_engine.transports.kubernetes.resources import printed_name
from playbook_engine.transports.kubernetes.session import Json


async def scale(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Set the number; nothing is sent when it is right already."""
    name, wanted = request.names[0], int(request.option("replicas") or 0)
    current = await api.read(request.kind, name, namespace, "scale")
    before, expected = _replicas(current), request.option("current-replicas")
    body: Json = {"spec": {"replicas": wanted}}
    check_version(request, current)
    if request.option("resource-version") is not None:
        body["metadata"] = {"resourceVersion": current["metadata"]["resourceVersion"]}
    if expected is not None:
        if before != int(expected):
            raise Refused(f"{request.kind} '{name}' has {before} replicas, not {expected} as --current-replicas says")
        body["metadata"] = {"resourceVersion": current["metadata"]["resourceVersion"]}
    printed = printed_name(request.kind, name)
    if before == wanted:
        text = bounded(f"{printed} has {wanted} replicas already\n")
        return KubectlReply(
            text=text, data=current, changed=False, before={"replicas": before}, after={"replicas": wanted}
        )
    answer = await api.patch(request.kind, name, namespace, body, below="scale")
    return KubectlReply(
        text=bounded(f"{printed} scaled\n"),
        data=answer,
        changed=True,
        before={"replicas": before},
        after={"replicas": wanted},
    )


async def snapshot(api: Api, request: KubectlRequest, namespace: str) -> int:
    """Return the number of replicas."""
    return _replicas(await api.read(request.kind, request.names[0], namespace, "scale"))


def _replicas(scale: Json) -> int:
    """Return the wanted number; the API leaves a zero out."""
    return int((scale.get("spec") or {}).get("replicas") or 0)
