"""`set env`: variables of the containers in an object's pod template, and putting them back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from playbook_engine.diagnostics import did_you_mean
from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.requests import EnvEntry, KubectlRequest
from playbook_engine.transports.kubernetes.api import Api
from playbook_engine.transports.kubernetes.faults import Refused
from playbook_engine.transports.kubernetes.printing import bounded
from playbook_engine.transports.kubernetes.resources import printed_name
from playbook_engine.transports.kubernetes.secrets import earlier, is_sensitive
from playbook_engine.transports.kubernetes.session import Json
from playbook_engine.values import Secret, SecretText, Text, Value, reveal

_GROUPS = ("containers", "initContainers")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Variable:
    """What a variable is to be in one container, and what it is there now (None: it is not there)."""

    group: str
    container: str
    name: str
    value: Text | Secret | None
    reference: Value
    now: Json | None

    @property
    def is_right(self) -> bool:
        """Return whether there is nothing to do."""
        if self.value is None and self.reference is None:
            return self.now is None
        if self.now is None:
            return False
        if self.reference is not None:
            return bool(self.now.get("valueFrom") == self.reference)
        return not self.now.get("valueFrom") and (self.now.get("value") or "") == reveal(self.value or "")

    @property
    def patch(self) -> Json:
        """Return the entry that a strategic merge turns the present one into."""
        if self.value is None and self.reference is None:
            return {"name": self.name, "$patch": "delete"}
        if self.reference is not None:
            return {"name": self.name, "value": None, "valueFrom": self.reference}
        return {"name": self.name, "value": reveal(self.value or ""), "valueFrom": None}

    @property
    def before(self) -> Value:
        """Return what it is now, as it may be shown: None, the value, or a reference."""
        if self.now is None:
            return None
        if self.now.get("valueFrom"):
            return {"valueFrom": self.now["valueFrom"]}
        text = str(self.now.get("value") or "")
        sensitive = isinstance(self.value, Secret | SecretText) or is_sensitive(self.name, text)
        return earlier(self.name, text) if sensitive else text

    @property
    def after(self) -> Value:
        """Return what it is to be, as it may be shown."""
        if self.reference is not None:
            return {"valueFrom": self.reference}
        value = self.value
        if isinstance(value, str) and is_sensitive(self.name, value):
            return Secret(f"value of {self.name}", value)
        return value


async def set_env(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Set and remove variables; nothing is sent when all of them are right already."""
    name = request.names[0]
    item = await api.read(request.kind, name, namespace)
    variables = tuple(_restored(item, request) if request.restore else _assigned(item, request))
    wrong = [variable for variable in variables if not variable.is_right]
    before, after = _by_container(variables), _by_container(variables, after=True)
    printed = printed_name(request.kind, name)
    if not wrong:
        return KubectlReply(text=bounded(f"{printed} is so already\n"), changed=False, before=before, after=after)
    await api.patch(request.kind, name, namespace, {"spec": {"template": {"spec": _patch(wrong)}}})
    return KubectlReply(text=bounded(f"{printed} env updated\n"), changed=True, before=before, after=after)


async def snapshot(api: Api, request: KubectlRequest, namespace: str) -> list[Value]:
    """Return what each variable of the request is now, for each container."""
    item = await api.read(request.kind, request.names[0], namespace)
    found: list[Value] = []
    for variable in _assigned(item, request):
        entry: dict[str, Value] = {"container": variable.container, "name": variable.name}
        match variable.before:
            case None:
                pass
            case {"valueFrom": reference}:
                entry["valueFrom"] = reference
            case value:
                entry["value"] = value
        found.append(entry)
    return found


def _assigned(item: Json, request: KubectlRequest) -> Iterator[_Variable]:
    """Yield the variables of an assignment: in the container that -c names, else in all."""
    wanted = request.option("container")
    containers = [(group, one) for group, one in containers_of(item) if wanted in (None, one["name"])]
    if not containers:
        raise _no_container(str(wanted), item, request)
    for group, container in containers:
        for name, value in request.assignments:
            yield _Variable(
                group=group,
                container=container["name"],
                name=name,
                value=value,
                reference=None,
                now=_entry(container, name),
            )


def _restored(item: Json, request: KubectlRequest) -> Iterator[_Variable]:
    """Yield the variables of an undo, each in the container where it was seen."""
    containers = {one["name"]: (group, one) for group, one in containers_of(item)}
    for entry in request.restore:
        if entry.container not in containers:
            raise _no_container(entry.container, item, request)
        group, container = containers[entry.container]
        yield _restore(entry, group, container)


def _restore(entry: EnvEntry, group: str, container: Json) -> _Variable:
    return _Variable(
        group=group,
        container=entry.container,
        name=entry.name,
        value=entry.value,
        reference=entry.reference,
        now=_entry(container, entry.name),
    )


def containers_of(item: Json) -> Iterator[tuple[str, Json]]:
    """Yield the containers of a pod template, each with the list that it stands in."""
    spec = ((item.get("spec") or {}).get("template") or {}).get("spec") or {}
    for group in _GROUPS:
        for container in spec.get(group) or ():
            yield group, container


def _entry(container: Json, name: str) -> Json | None:
    """Return a variable's entry; of several with one name the last counts, as it does for the container."""
    return next((cast("Json", e) for e in reversed(container.get("env") or ()) if e.get("name") == name), None)


def _no_container(name: str, item: Json, request: KubectlRequest) -> Refused:
    names = [container["name"] for _, container in containers_of(item)]
    hint = did_you_mean(name, names) or f"There are {', '.join(names) or 'none'}."
    return Refused(f"{request.kind} '{request.names[0]}' has no container '{name}'", hint)


def _patch(variables: Iterable[_Variable]) -> Json:
    """Return the pod spec's part of a patch; containers and variables merge by name."""
    groups: dict[str, dict[str, Json]] = {}
    for variable in variables:
        container = groups.setdefault(variable.group, {}).setdefault(
            variable.container, {"name": variable.container, "env": []}
        )
        container["env"].append(variable.patch)
    return {group: list(containers.values()) for group, containers in groups.items()}


def _by_container(variables: Iterable[_Variable], *, after: bool = False) -> Value:
    found: dict[str, dict[str, Value]] = {}
    for variable in variables:
        shown = variable.after if after else variable.before
        found.setdefault(variable.container, {})[variable.name] = shown
    return cast("Value", found)
