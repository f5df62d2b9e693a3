"""What a change would do, found out without doing it: missing rights, then a dry run of the server, as a difference.

The request is the change's own with the verb `rehearse`; the first of `arguments` is the verb of the change.
"""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from playbook_engine.model.replies import KubectlReply, ShellReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes import fields, rights
from playbook_engine.transports.kubernetes.api import Api, Rehearsed
from playbook_engine.transports.kubernetes.faults import masked
from playbook_engine.transports.kubernetes.get import without_managers
from playbook_engine.transports.kubernetes.printing import bounded
from playbook_engine.transports.kubernetes.secrets import veil
from playbook_engine.transports.kubernetes.session import Json
from playbook_engine.values import Secret, SecretText, Value

Carry: TypeAlias = Callable[[Api, KubectlRequest, str], Awaitable[KubectlReply | ShellReply]]

_NO_DRY_RUN = frozenset({"exec"})
_LONGEST = 120


async def rehearse(api: Api, request: KubectlRequest, namespace: str, carry: Carry) -> KubectlReply:
    """Return what the change would do, one line for each object and field; nothing is changed."""
    verb, *arguments = request.arguments
    options = (*(pair for pair in request.options if pair[0] != "dry-run"), ("dry-run", "server"))
    change = replace(request, verb=verb, arguments=tuple(arguments), options=options)
    lacking = await rights.missing(api, change, namespace)
    if lacking:
        return _reply([f"would fail: {right.shown}" for right in lacking], request)
    if verb in _NO_DRY_RUN:
        return _reply(["nobody can tell what a program does; it is allowed to run"], request)
    api.dry_run, api.rehearsed = True, []
    await carry(api, change, namespace)
    lines = [line for done in api.rehearsed for line in _told(done)]
    return _reply(lines or ["would change nothing"], request)


def _reply(lines: list[str], request: KubectlRequest) -> KubectlReply:
    text = "".join(f"{masked(line, request)}\n" for line in lines)
    return KubectlReply(text=bounded(text), changed=False)


def _told(done: Rehearsed) -> Iterator[str]:
    what = _what(done.path)
    if done.path.endswith("/eviction"):
        yield f"would evict {what}"
    elif done.method == "DELETE":
        yield f"would delete {what}"
    elif done.before is None:
        yield f"would create {_created(done, what)}"
    else:
        found = fields.differences(_shown(done.before), _shown(done.after))
        lines = [f"{fields.shown(one.path)}: {_value(one.before)} → {_value(one.after)}" for one in found]
        yield f"would change {what}:" if lines else f"would leave {what} as it is"
        yield from lines


def _shown(item: Json) -> Value:
    return _by_name(dict(veil(without_managers(item))))


def _by_name(value: Value) -> Value:
    """Return a value in which lists of named things are mappings: a variable that is added is one line then."""
    match value:
        case dict():
            return {key: _by_name(inner) for key, inner in value.items()}
        case [{"name": str()}, *_]:
            named = {str(one["name"]): _nameless(one) for one in value if isinstance(one, dict) and "name" in one}
            return named if len(named) == len(value) else value
        case list():
            return [_by_name(inner) for inner in value]
        case _:
            return value


def _nameless(item: Mapping[str, Value]) -> Value:
    rest = {key: _by_name(inner) for key, inner in item.items() if key != "name"}
    return rest["value"] if list(rest) == ["value"] else rest


def _created(done: Rehearsed, what: str) -> str:
    name = (done.after.get("metadata") or {}).get("name")
    return what if done.method != "POST" else f"{what}/{name}"


def _what(path: str) -> str:
    """Return what a path means, as a line of kubectl writes it: `deployments/api`."""
    parts = path.strip("/").split("/")
    rest = parts[2:] if parts[0] == "api" else parts[3:]
    if rest[0] == "namespaces" and len(rest) > 2:
        rest = rest[2:]
    return "/".join(rest[:2])


def _value(value: Value) -> str:
    match value:
        case None:
            return "(none)"
        case Secret() | SecretText() | str():
            text = str(value)
        case _:
            text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
