"""What a change is about to replace, so that it can be put back; nothing is changed.

The request is the change's own with the verb `snapshot`; `arguments` holds the verb of the change.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes import environment, images, marks, nodes, patch, revisions, rollout, scale
from playbook_engine.transports.kubernetes.api import Api

_Reading: TypeAlias = Callable[[Api, KubectlRequest, str], Awaitable[Any]]


async def _fields(api: Api, request: KubectlRequest, namespace: str) -> list[Any]:
    return [
        {"path": list(entry.path), "before": entry.before, "after": entry.after}
        for entry in await patch.preview(api, request, namespace)
    ]


_READINGS: Mapping[str, tuple[str, _Reading]] = {
    "scale": ("replicas", scale.snapshot),
    "set env": ("env", environment.snapshot),
    "set image": ("images", images.snapshot),
    "rollout restart": ("restartedAt", rollout.snapshot),
    "rollout undo": ("revision", revisions.snapshot),
    "patch": ("fields", _fields),
    "label": ("marks", marks.snapshot),
    "annotate": ("marks", marks.snapshot),
    "cordon": ("unschedulable", nodes.snapshot),
    "uncordon": ("unschedulable", nodes.snapshot),
}


async def snapshot(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Return the state from before under the name that the undo knows it by."""
    name, read = _READINGS[request.arguments[0]]
    return KubectlReply(data={name: await read(api, request, namespace)})
