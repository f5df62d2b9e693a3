"""`rollout restart` and `rollout status`."""

from dataclasses import dataclass

from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes import watching
from playbook_engine.transports.kubernetes.api import Api
from playbook_engine.transports.kubernetes.faults import Refused
from playbook_engine.transports.kubernetes.printing import bounded
from playbook_engine.transports.kubernetes.resources import printed_name
from playbook_engine.transports.kubernetes.secrets import veil
from playbook_engine.transports.kubernetes.session import Json
from playbook_engine.values import Value

RESTARTED = "kubectl.kubernetes.io/restartedAt"
_REVISION = "deployment.kubernetes.io/revision"
_NOUNS = {"deployments": "deployment", "daemonsets": "daemon set", "statefulsets": "statefulset"}


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
    before: Value = {"restartedAt": _annotations(item).get(RESTARTED)}
    return KubectlReply(text=text, changed=True, before=before, after={"restartedAt": stamp})


async def snapshot(api: Api, request: KubectlRequest, namespace: str) -> Value:
    """Return the time of the restart before; None when there was none."""
    item = await api.read(request.kind, request.names[0], namespace)
    return _annotations(item).get(RESTARTED)


def _annotations(item: Json) -> Json:
    """Return the annotations of the pod template."""
    found = ((_spec(item).get("template") or {}).get("metadata") or {}).get("annotations")
    return found if isinstance(found, dict) else {}


async def status(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Watch a rollout until it is over; the lines of its progress are the text, in kubectl's words."""
    name, revision = request.names[0], int(request.option("revision") or 0)
    if revision and request.kind != "deployments":
        raise Refused(f"--revision is for deployments; {request.kind} have no numbers that stay")
    lines: dict[str, None] = {}

    def look(item: Json) -> Json | None:
        if revision:
            _need_revision(item, revision)
        progress = progress_of(request.kind, name, item)
        lines[progress.text] = None
        api.progress = progress.text
        return item if progress.done else None

    item = await watching.until(api, request.kind, name, namespace, look)
    text = "".join(f"{line}\n" for line in lines)
    return KubectlReply(text=bounded(text), data=veil(item), changed=False)


def progress_of(kind: str, name: str, item: Json) -> Progress:
    """Return how far a rollout is; raises Refused when it has come to a halt or cannot be followed."""
    if kind != "deployments":
        _need_rolling_update(item)
    noun = _NOUNS[kind]
    if int((item.get("metadata") or {}).get("generation") or 0) > _count(item, "observedGeneration"):
        return _going(f"Waiting for {noun} spec update to be observed...")
    match kind:
        case "deployments":
            return _deployment(name, item)
        case "daemonsets":
            return _daemonset(name, item)
        case _:
            return _statefulset(item)


def _going(text: str) -> Progress:
    return Progress(done=False, text=text)


def _deployment(name: str, item: Json) -> Progress:
    for condition in _status(item).get("conditions") or ():
        if condition.get("type") == "Progressing" and condition.get("reason") == "ProgressDeadlineExceeded":
            hint = "See 'get pods' and 'logs' of it for what keeps the new pods back."
            raise Refused(f'deployment "{name}" exceeded its progress deadline', hint)
    wanted, updated = int(_spec(item).get("replicas", 1)), _count(item, "updatedReplicas")
    total, available = _count(item, "replicas"), _count(item, "availableReplicas")
    waiting = f'Waiting for deployment "{name}" rollout to finish:'
    if updated < wanted:
        return _going(f"{waiting} {updated} out of {wanted} new replicas have been updated...")
    if total > updated:
        return _going(f"{waiting} {total - updated} old replicas are pending termination...")
    if available < updated:
        return _going(f"{waiting} {available} of {updated} updated replicas are available...")
    return Progress(done=True, text=f'deployment "{name}" successfully rolled out')


def _daemonset(name: str, item: Json) -> Progress:
    wanted, updated = _count(item, "desiredNumberScheduled"), _count(item, "updatedNumberScheduled")
    available = _count(item, "numberAvailable")
    waiting = f'Waiting for daemon set "{name}" rollout to finish:'
    if updated < wanted:
        return _going(f"{waiting} {updated} out of {wanted} new pods have been updated...")
    if available < wanted:
        return _going(f"{waiting} {available} of {wanted} updated pods are available...")
    return Progress(done=True, text=f'daemon set "{name}" successfully rolled out')


def _statefulset(item: Json) -> Progress:
    wanted, ready = int(_spec(item).get("replicas", 1)), _count(item, "readyReplicas")
    updated = _count(item, "updatedReplicas")
    partition = int(((_spec(item).get("updateStrategy") or {}).get("rollingUpdate") or {}).get("partition") or 0)
    if ready < wanted:
        return _going(f"Waiting for {wanted - ready} pods to be ready...")
    if partition:
        part_of = max(wanted - partition, 0)
        if updated < part_of:
            waiting = "Waiting for partitioned roll out to finish:"
            return _going(f"{waiting} {updated} out of {part_of} new pods have been updated...")
        return Progress(done=True, text=f"partitioned roll out complete: {updated} new pods have been updated...")
    revision = _status(item).get("updateRevision")
    if revision != _status(item).get("currentRevision"):
        text = f"waiting for statefulset rolling update to complete {updated} pods at revision {revision}..."
        return _going(text)
    current = _count(item, "currentReplicas")
    text = f"statefulset rolling update complete {current} pods at revision {_status(item).get('currentRevision')}..."
    return Progress(done=True, text=text)


def _need_revision(item: Json, wanted: int) -> None:
    running = str(((item.get("metadata") or {}).get("annotations") or {}).get(_REVISION) or "none")
    if running != str(wanted):
        message = f"desired revision ({wanted}) is different from the running revision ({running})"
        raise Refused(message, "Someone has changed the deployment since.")


def _need_rolling_update(item: Json) -> None:
    strategy = (_spec(item).get("updateStrategy") or {}).get("type", "RollingUpdate")
    if strategy != "RollingUpdate":
        hint = f"With {strategy}, pods are replaced when somebody deletes them."
        raise Refused("rollout status is only available for RollingUpdate strategy type", hint)


def _spec(item: Json) -> Json:
    spec = item.get("spec")
    return spec if isinstance(spec, dict) else {}


def _status(item: Json) -> Json:
    found = item.get("status")
    return found if isinstance(found, dict) else {}


def _count(item: Json, field: str) -> int:
    return int(_status(item).get(field) or 0)
