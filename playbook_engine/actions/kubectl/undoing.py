"""What a change is about to replace, and the request that puts it back.

A snapshot is the request of the change with the verb `snapshot`. Its reply's `data` has one name, by the verb:

    scale             replicas       2
    set env           env            [{"container": "api", "name": "TTL", "value": "60"}, …]; a reference has
                                     `valueFrom`, and a variable that was not there has neither
    set image         images         {"api": "registry.example/api:1"}
    label, annotate   marks          {"tier": "web", "old": null}
    cordon, uncordon  unschedulable  false
    rollout restart   restartedAt    the annotation of the restart before, or null
    rollout undo      revision       3
    patch             fields         [{"path": ["spec", "paused"], "before": null, "after": true}, …]
"""

import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias, cast

from playbook_engine.actions.kubectl.kinds import CLUSTER_WIDE
from playbook_engine.model.actions import CannotInvert
from playbook_engine.model.replies import KubectlReply, Reply
from playbook_engine.model.requests import EnvEntry, FieldEntry, KubectlRequest
from playbook_engine.values import Secret, SecretText, Value

_RESTARTED = ("spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt")
_SHOWN_FIELDS = 5

_Inverse: TypeAlias = Callable[[KubectlRequest, Value], KubectlRequest | CannotInvert]


def snapshot(request: KubectlRequest) -> KubectlRequest:
    """Return the request that reads what `request` is about to replace."""
    what = f"get {request.kind}/{request.names[0]}" if request.names else f"get {request.kind}"
    return replace(request, verb="snapshot", arguments=(request.verb,), command=what)


def rehearsal(request: KubectlRequest) -> KubectlRequest:
    """Return the request that finds out what `request` would do: its rights, and a dry run of the server."""
    return replace(request, verb="rehearse", arguments=(request.verb, *request.arguments))


def inverse(request: KubectlRequest, before: Reply) -> KubectlRequest | CannotInvert:
    """Return the request that puts back what the snapshot saw, or why there is none."""
    state = before.data if isinstance(before, KubectlReply) else None
    if not isinstance(state, Mapping):
        return CannotInvert("the state from before is not known")
    if request.verb not in _INVERSES:
        return CannotInvert(f"'{request.verb}' changes nothing that could be put back")
    name, invert = _INVERSES[request.verb]
    if name not in state:
        return CannotInvert("the state from before is not known")
    return invert(request, state[name])


def _scale(request: KubectlRequest, replicas: Value) -> KubectlRequest | CannotInvert:
    if not isinstance(replicas, int) or isinstance(replicas, bool):
        return CannotInvert("the number of replicas from before is not known")
    return _back(request, f"--replicas={replicas}", options=(("replicas", str(replicas)),))


def _set_env(request: KubectlRequest, env: Value) -> KubectlRequest | CannotInvert:
    if not isinstance(env, list | tuple):
        return CannotInvert("the variables from before are not known")
    entries = tuple(_entries(env))
    if not entries:
        return CannotInvert("no container had been found to set variables in")
    shown = " ".join(dict.fromkeys(_shown(entry) for entry in entries))
    return replace(_back(request, shown), restore=entries)


def _set_image(request: KubectlRequest, images: Value) -> KubectlRequest | CannotInvert:
    if not isinstance(images, Mapping) or not images:
        return CannotInvert("the images from before are not known")
    pairs = tuple((str(container), str(image)) for container, image in images.items())
    return _back(request, " ".join(f"{name}={image}" for name, image in pairs), assignments=pairs)


def _marks(request: KubectlRequest, marks: Value) -> KubectlRequest | CannotInvert:
    if not isinstance(marks, Mapping) or not marks:
        return CannotInvert("what hung on the object before is not known")
    pairs = tuple((str(key), None if value is None else str(value)) for key, value in marks.items())
    shown = " ".join(f"{key}-" if value is None else shlex.quote(f"{key}={value}") for key, value in pairs)
    options = (("overwrite", "true"),)
    return _back(request, f"{shown} --overwrite", assignments=pairs, options=options)


def _schedulable(request: KubectlRequest, unschedulable: Value) -> KubectlRequest | CannotInvert:
    if not isinstance(unschedulable, bool):
        return CannotInvert("whether the node took pods before is not known")
    verb = "cordon" if unschedulable else "uncordon"
    return replace(request, verb=verb, options=(), command=f"{verb} {request.names[0]}")


def _restart(request: KubectlRequest, stamp: Value) -> KubectlRequest:
    """Return to the pod template from before: the revision before, of whose pods those that are left stay."""
    entry = FieldEntry(path=_RESTARTED, before=None if stamp is None else str(stamp), checked=False)
    what = f"{request.kind}/{request.names[0]}{_in_namespace(request)}"
    command = f"rollout undo {what} (to the pod template from before the restart)"
    return replace(request, verb="patch", options=(), fields=(entry,), command=command)


def _rollout_undo(request: KubectlRequest, revision: Value) -> KubectlRequest | CannotInvert:
    if not isinstance(revision, int) or isinstance(revision, bool):
        return CannotInvert("the revision from before is not known")
    return _back(request, f"--to-revision={revision}", options=(("to-revision", str(revision)),))


def _patch(request: KubectlRequest, fields: Value) -> KubectlRequest | CannotInvert:
    if not isinstance(fields, list | tuple):
        return CannotInvert("the fields from before are not known")
    entries = tuple(
        FieldEntry(path=tuple(item["path"]), before=item.get("before"), after=item.get("after"))  # type: ignore[arg-type]  # steps, as the snapshot wrote them
        for item in fields
        if isinstance(item, Mapping) and isinstance(item.get("path"), list)
    )
    paths = [".".join(str(step) for step in entry.path) for entry in entries]
    more = f" and {len(paths) - _SHOWN_FIELDS} more" if len(paths) > _SHOWN_FIELDS else ""
    what = f"{', '.join(paths[:_SHOWN_FIELDS])}{more}" if paths else "nothing"
    command = f"patch {request.kind}/{request.names[0]}{_in_namespace(request)} (back to what it was: {what})"
    return replace(request, options=(), payload=None, fields=entries, command=command)


_INVERSES: Mapping[str, tuple[str, _Inverse]] = {
    "scale": ("replicas", _scale),
    "set env": ("env", _set_env),
    "set image": ("images", _set_image),
    "label": ("marks", _marks),
    "annotate": ("marks", _marks),
    "cordon": ("unschedulable", _schedulable),
    "uncordon": ("unschedulable", _schedulable),
    "rollout restart": ("restartedAt", _restart),
    "rollout undo": ("revision", _rollout_undo),
    "patch": ("fields", _patch),
}


def _back(
    request: KubectlRequest,
    shown: str,
    *,
    options: tuple[tuple[str, str], ...] = (),
    assignments: tuple[tuple[str, str | None], ...] = (),
) -> KubectlRequest:
    """Return a request of the same verb on the same object."""
    command = f"{request.verb} {request.kind}/{request.names[0]} {shown}{_in_namespace(request)}"
    return replace(request, options=options, assignments=assignments, command=command)


def _entries(env: list[Value] | tuple[Value, ...]) -> Iterator[EnvEntry]:
    for item in env:
        if isinstance(item, Mapping):
            yield EnvEntry(
                container=str(item.get("container")),
                name=str(item.get("name")),
                value=cast("str | Secret | SecretText | None", item.get("value")),
                reference=item.get("valueFrom"),
            )


def _shown(entry: EnvEntry) -> str:
    """Return the variable as `set env` would write it; a reference has no such form and is only named."""
    if entry.reference is not None:
        return f"{entry.name}=<reference>"
    if entry.value is None:
        return f"{entry.name}-"
    return shlex.quote(f"{entry.name}={entry.value}")


def _in_namespace(request: KubectlRequest) -> str:
    return f" -n {request.namespace}" if request.namespace and request.kind not in CLUSTER_WIDE else ""
