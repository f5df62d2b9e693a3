"""What a kubectl change is about to replace: as its answer says, else something that could have been there."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from playbook_engine.model.requests import KubectlRequest
from playbook_engine.values import Value

_Before: TypeAlias = Callable[[KubectlRequest], Value]


def before(request: KubectlRequest, written: Value) -> Value:
    """Return the state from before as a snapshot tells it (`actions.kubectl.undoing`).

    `written` is the `before` of the step's answer: the whole of it, or the one value that it is about.
    """
    verb = request.arguments[0] if request.arguments else ""
    if verb not in _STAND_INS:
        return written
    name, stand_in = _STAND_INS[verb]
    if written is None:
        return {name: stand_in(request)}
    if isinstance(written, Mapping) and name in written:
        return written
    return {name: _variables(written) if name == "env" else written}


def _variables(written: Value) -> Value:
    """Return variables as a snapshot lists them; a record has them by container: `{api: {TTL: "60", OLD: null}}`."""
    if not isinstance(written, Mapping):
        return written
    return [
        {"container": container, "name": name, **({} if value is None else {"value": value})}
        for container, variables in written.items()
        if isinstance(variables, Mapping)
        for name, value in variables.items()
    ]


def _env(request: KubectlRequest) -> Value:
    return [{"container": "main", "name": name} for name, _ in request.assignments]


def _images(request: KubectlRequest) -> Value:
    return {container: f"registry.example/{container}:before" for container, _ in request.assignments}


def _marks(request: KubectlRequest) -> Value:
    return {name: None for name, _ in request.assignments}


_STAND_INS: Mapping[str, tuple[str, _Before]] = {
    "scale": ("replicas", lambda _: 1),
    "set env": ("env", _env),
    "set image": ("images", _images),
    "label": ("marks", _marks),
    "annotate": ("marks", _marks),
    "cordon": ("unschedulable", lambda _: False),
    "uncordon": ("unschedulable", lambda _: True),
    "rollout restart": ("restartedAt", lambda _: None),
    "rollout undo": ("revision", lambda _: 1),
    "patch": ("fields", lambda _: []),
}
