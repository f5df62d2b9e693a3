"""What carries out each command, and how often: a change that met someone else's is tried again."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from playbook_engine.model.replies import KubectlReply, ShellReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes import (
    access,
    apply,
    deleting,
    describe,
    drain,
    environment,
    events,
    executing,
    get,
    images,
    jobs,
    logs,
    marks,
    nodes,
    patch,
    rehearsal,
    revisions,
    rollout,
    scale,
    snapshot,
    top,
)
from playbook_engine.transports.kubernetes.api import Api
from playbook_engine.transports.kubernetes.faults import is_field_conflict
from playbook_engine.transports.kubernetes.printing import bounded
from playbook_engine.transports.kubernetes.session import ApiError

Carried: TypeAlias = KubectlReply | ShellReply
Carrier: TypeAlias = Callable[[Api, KubectlRequest, str], Awaitable[Carried]]

REHEARSE = "rehearse"
"""What finds out what a change would do; the first of the arguments is the change's verb."""

CARRIERS: Mapping[str, Carrier] = {
    "get": get.get,
    "describe": describe.describe,
    "logs": logs.logs,
    "top": top.top,
    "events": events.events,
    "auth can-i": access.can_i,
    "exec": executing.execute,
    "rollout status": rollout.status,
    "rollout history": revisions.history,
    "rollout restart": rollout.restart,
    "rollout undo": revisions.undo,
    "scale": scale.scale,
    "set env": environment.set_env,
    "set image": images.set_image,
    "patch": patch.patch,
    "label": marks.label,
    "annotate": marks.annotate,
    "apply": apply.apply,
    "delete": deleting.delete,
    "cordon": nodes.cordon,
    "uncordon": nodes.uncordon,
    "drain": drain.drain,
    "create job": jobs.create,
    "snapshot": snapshot.snapshot,
}
_AGAIN = frozenset(
    {
        *("scale", "set env", "set image", "patch", "label", "annotate"),
        *("rollout restart", "rollout undo", "cordon", "uncordon"),
    }
)
"""Commands that read an object and change it; for others a conflict means something else."""

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.1, 2.0


async def persist(api: Api, request: KubectlRequest, namespace: str) -> Carried:
    """Carry a request out, again from its beginning when someone else changed the object meanwhile."""
    wait = _FIRST_WAIT_S
    while True:
        try:
            return _told(await _carried(api, request, namespace), request)
        except ApiError as error:
            if not _is_conflict(error) or request.verb not in _AGAIN or api.seconds_left() < 2 * wait:
                raise
        await api.clock.sleep(wait)
        wait = min(2 * wait, _LONGEST_WAIT_S)


async def _carried(api: Api, request: KubectlRequest, namespace: str) -> Carried:
    if request.verb == REHEARSE:
        carry = CARRIERS[request.arguments[0]]
        return await rehearsal.rehearse(api, request, namespace, carry)
    return await CARRIERS[request.verb](api, request, namespace)


def _told(reply: Carried, request: KubectlRequest) -> Carried:
    """Return the reply; that of a dry run says that nothing was changed."""
    if request.option("dry-run") != "server" or isinstance(reply, ShellReply):
        return reply
    text = "".join(f"{line} (server dry run)\n" for line in reply.text.text.splitlines())
    return replace(reply, text=bounded(text), changed=False)


def _is_conflict(error: ApiError) -> bool:
    return error.status == 409 and error.about.get("reason") == "Conflict" and not is_field_conflict(error.about)
