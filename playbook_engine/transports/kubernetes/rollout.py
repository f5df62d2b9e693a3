"""`rollout restart` and `rollout status`."""

from dataclasses import dataclass

from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes.api import Api
from playbook_engine.transports.kubernetes.faults import Refused
from playbook_engine.transports.kubernetes.printing import bounded
from playbook_engine.transports.kubernetes.resources import printed_name
from playbook_engine.transports.kubernetes.secrets import veil
from playbook_engine.transports.kubernetes.session import Json
from playbook_engine.values import Value

RESTARTED = "kubectl.kubernetes.io/restartedAt"
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.2, 2.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rollout is: over, or still going, in words."""

    done: bool
    text: str


async def restart(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Have every pod replaced, as `kubectl rollout restart` does: by an annotation with the time."""
    name = request.names[0]
    item = await api.read(request.kind, name, namespace)
    if _spec(item).get("paused"):
        raise Refused(f"{request.kind} '{name}' is paused", "Resume its rollout first.")
    stamp = api.clock.now().isoformat(timespec="microseconds").replace("+00:00", "Z")
    body = {"spec": {"template": {"metadata": {"annotations": {RESTARTED: stamp}}}}}
    await api.patch(request.kind, name, namespace, body)
    text = bounded(f"{printed_name(request.kind, name)} restarted\n")
    return KubectlReply(text=text, changed=True, before={"restartedAt": _annotations(item).get(RESTARTED)})


async def snapshot(api: Api, request: KubectlRequest, namespace: str) -> Value:
    """Return the time of the restart before; None when there was none."""
    item = await api.read(request.kind, request.names[0], namespace)
    return _annotations(item).get(RESTARTED)


def _annotations(item: Json) -> Json:
    """Return the annotations of the pod template."""
    found = ((_spec(item).get("template") or {}).get("metadata") or {}).get("annotations")
    return found if isinstance(found, dict) else {}


async def status(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Wait until a rollout is over; the lines of its progress are the text."""
    name, lines, wait = request.names[0], dict[str, None](), _FIRST_WAIT_S
    while True:
        item = await api.read(request.kind, name, namespace)
        progress = progress_of(request.kind, name, item)
        lines[progress.text] = None
        api.progress = progress.text
        if progress.done:
            text = "".join(f"{line}\n" for line in lines)
            return KubectlReply(text=bounded(text), data=veil(item), changed=False)
        await api.clock.sleep(wait)
        wait = min(wait * 1.5, _LONGEST_WAIT_S)


def progress_of(kind: str, name: str, item: Json) -> Progress:
    """Return how far a rollout is; raises Refused when it has come to a halt or cannot be followed."""
    what = f"{kind.removesuffix('s')} '{name}'"
    if int((item.get("metadata") or {}).get("generation") or 0) > _count(item, "observedGeneration"):
        return Progress(done=False, text=f"{what}: waiting for the change to be seen")
    match kind:
        case "deployments":
            return _deployment(what, item)
        case "daemonsets":
            return _daemonset(what, item)
        case _:
            return _statefulset(what, item)


def _deployment(what: str, item: Json) -> Progress:
    for condition in _status(item).get("conditions") or ():
        if condition.get("type") == "Progressing" and condition.get("reason") == "ProgressDeadlineExceeded":
            hint = "See 'get pods' and 'logs' of it for what keeps the new pods back."
            raise Refused(f"{what} exceeded its progress deadline", hint)
    wanted, updated = int(_spec(item).get("replicas", 1)), _count(item, "updatedReplicas")
    total, available = _count(item, "replicas"), _count(item, "availableReplicas")
    if updated < wanted:
        return Progress(done=False, text=f"{what}: {updated} of {wanted} updated")
    if total > updated:
        return Progress(done=False, text=f"{what}: {total - updated} old replicas are still to end")
    if available < updated:
        return Progress(done=False, text=f"{what}: {available} of {updated} updated replicas are available")
    return Progress(done=True, text=f"{what} successfully rolled out")


def _daemonset(what: str, item: Json) -> Progress:
    _need_rolling_update(what, item)
    wanted, updated = _count(item, "desiredNumberScheduled"), _count(item, "updatedNumberScheduled")
    available = _count(item, "numberAvailable")
    if updated < wanted:
        return Progress(done=False, text=f"{what}: {updated} of {wanted} updated")
    if available < wanted:
        return Progress(done=False, text=f"{what}: {available} of {wanted} updated pods are available")
    return Progress(done=True, text=f"{what} successfully rolled out")


def _statefulset(what: str, item: Json) -> Progress:
    _need_rolling_update(what, item)
    wanted, ready, updated = (
        int(_spec(item).get("replicas", 1)),
        _count(item, "readyReplicas"),
        _count(item, "updatedReplicas"),
    )
    partition = int(((_spec(item).get("updateStrategy") or {}).get("rollingUpdate") or {}).get("partition") or 0)
    if ready < wanted:
        return Progress(done=False, text=f"{what}: {ready} of {wanted} ready")
    if partition:
        done = updated >= wanted - partition
        return Progress(
            done=done, text=f"{what}: {updated} of {max(wanted - partition, 0)} updated, by its partition"
        )
    if _status(item).get("updateRevision") != _status(item).get("currentRevision"):
        return Progress(done=False, text=f"{what}: {updated} of {wanted} updated")
    return Progress(done=True, text=f"{what} successfully rolled out")


def _need_rolling_update(what: str, item: Json) -> None:
    if (_spec(item).get("updateStrategy") or {}).get("type", "RollingUpdate") != "RollingUpdate":
        raise Refused(f"{what} is not updated by itself: its update strategy is OnDelete")


def _spec(item: Json) -> Json:
    spec = item.get("spec")
    return spec if isinstance(spec, dict) else {}


def _status(item: Json) -> Json:
    found = item.get("status")
    return found if isinstance(found, dict) else {}


def _count(item: Json, field: str) -> int:
    return int(_status(item).get(field) or 0)
