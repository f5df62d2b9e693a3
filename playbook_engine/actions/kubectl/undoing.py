"""What a change is about to replace, and the request that puts it back.

A snapshot is a `get` with the output `snapshot`. Its reply's `data` is
`{"replicas": 2}` for `scale`, and for `set env`
`{"env": [{"container": "api", "name": "LOG_LEVEL", "value": "info"}, …]}`, one entry for each variable and
container; it has `value`, or `valueFrom`, or neither when the variable was not there.
"""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import cast

from playbook_engine.model.actions import CannotInvert
from playbook_engine.model.replies import KubectlReply, Reply
from playbook_engine.model.requests import EnvEntry, KubectlRequest
from playbook_engine.values import Secret, SecretText, Value


def snapshot(request: KubectlRequest) -> KubectlRequest:
    """Return the request that reads what `request` is about to replace."""
    keep = tuple((name, value) for name, value in request.options if name == "container")
    what = f"get {request.kind}/{request.names[0]}" if request.names else f"get {request.kind}"
    return replace(request, verb="get", options=(*keep, ("output", "snapshot")), command=what)


def inverse(request: KubectlRequest, before: Reply) -> KubectlRequest | CannotInvert:
    """Return the request that puts back what the snapshot saw, or why there is none."""
    state = before.data if isinstance(before, KubectlReply) else None
    if not isinstance(state, Mapping):
        return CannotInvert("the state from before is not known")
    match request.verb:
        case "scale":
            return _scale(request, state.get("replicas"))
        case "set env":
            return _set_env(request, state.get("env"))
        case "rollout restart":
            return CannotInvert("the pods that a restart replaces do not come back")
        case verb:
            return CannotInvert(f"'{verb}' changes nothing that could be put back")


def _scale(request: KubectlRequest, replicas: Value) -> KubectlRequest | CannotInvert:
    if not isinstance(replicas, int) or isinstance(replicas, bool):
        return CannotInvert("the number of replicas from before is not known")
    command = f"scale {request.kind}/{request.names[0]} --replicas={replicas}{_in_namespace(request)}"
    return replace(request, options=(("replicas", str(replicas)),), command=command)


def _set_env(request: KubectlRequest, env: Value) -> KubectlRequest | CannotInvert:
    if not isinstance(env, list | tuple):
        return CannotInvert("the variables from before are not known")
    entries = tuple(_entries(env))
    if not entries:
        return CannotInvert("no container had been found to set variables in")
    shown = " ".join(dict.fromkeys(_shown(entry) for entry in entries))
    command = f"set env {request.kind}/{request.names[0]} {shown}{_in_namespace(request)}"
    return replace(request, assignments=(), options=(), restore=entries, command=command)


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
    return f" -n {request.namespace}" if request.namespace else ""
