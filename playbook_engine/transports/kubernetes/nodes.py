"""`cordon` and `uncordon`: whether new pods may come to a node."""

from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes.api import MERGE, Api
from playbook_engine.transports.kubernetes.printing import bounded, part
from playbook_engine.transports.kubernetes.session import Json
from playbook_engine.values import Value


async def cordon(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Let no new pods come; those that are there stay."""
    del namespace
    return await set_schedulable(api, request.names[0], unschedulable=True)


async def uncordon(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Let new pods come again."""
    del namespace
    return await set_schedulable(api, request.names[0], unschedulable=False)


async def snapshot(api: Api, request: KubectlRequest, namespace: str) -> bool:
    """Return whether the node takes no new pods."""
    return is_cordoned(await api.read("nodes", request.names[0], namespace))


async def set_schedulable(api: Api, name: str, *, unschedulable: bool) -> KubectlReply:
    """Make a node so; nothing is sent when it is so already."""
    item = await api.read("nodes", name, "")
    was = is_cordoned(item)
    done = "cordoned" if unschedulable else "uncordoned"
    after: Value = {"unschedulable": unschedulable}
    if was == unschedulable:
        text = f"node/{name} already {done}\n"
        return KubectlReply(text=bounded(text), changed=False, before={"unschedulable": was}, after=after)
    body: Json = {"spec": {"unschedulable": unschedulable or None}}
    answer = await api.patch("nodes", name, "", body, media=MERGE)
    return KubectlReply(
        text=bounded(f"node/{name} {done}\n"), data=answer, changed=True, before={"unschedulable": was}, after=after
    )


def is_cordoned(node: Json) -> bool:
    return bool(part(node, "spec").get("unschedulable"))
