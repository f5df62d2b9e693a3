"""The three kinds of patches that Kubernetes takes; each is a function from object and patch to a new object."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from playbook_engine.sandbox.kube.statuses import bad_request

_MERGE_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "env": "name",
    "volumes": "name",
    "imagePullSecrets": "name",
    "volumeMounts": "mountPath",
    "ports": "containerPort",
    "conditions": "type",
}
"""Lists of a pod template that are merged item by item; every other list is replaced as a whole."""

_DIRECTIVE = "$patch"
_SILENT_DIRECTIVES = ("$setElementOrder/", "$retainKeys")  # hints about order; not needed to get the values right


def merge(original: Any, patch: Any) -> Any:
    """Apply a JSON merge patch (RFC 7386): null removes, mappings merge, everything else replaces."""
    if not isinstance(patch, Mapping):
        return deepcopy(patch)
    result = dict(original) if isinstance(original, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge(result.get(name), value)
    return result


def strategic(original: Any, patch: Any) -> Any:
    """Apply a strategic merge patch: as a merge patch, but some lists merge by a key of their items."""
    return _strategic(original, patch, "")


def json_patch(original: Any, operations: Any) -> Any:
    """Apply a JSON patch (RFC 6902)."""
    if not isinstance(operations, list):
        raise bad_request("a JSON patch is a list of operations")
    result = deepcopy(original)
    for operation in operations:
        if not isinstance(operation, Mapping) or not isinstance(operation.get("path"), str):
            raise bad_request("an operation of a JSON patch has 'op' and 'path'")
        result = _operate(result, operation)
    return result


def _strategic(original: Any, patch: Any, name: str) -> Any:
    if isinstance(patch, Mapping):
        return _strategic_mapping(original if isinstance(original, Mapping) else {}, patch)
    if isinstance(patch, list) and name in _MERGE_KEYS:
        return _strategic_list(original if isinstance(original, list) else [], patch, _MERGE_KEYS[name])
    return deepcopy(patch)


def _strategic_mapping(original: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    directive = patch.get(_DIRECTIVE, "merge")
    if directive == "delete":
        return {}
    if directive not in {"merge", "replace"}:
        raise bad_request(f"unknown $patch directive: {directive}")
    result = dict(original) if directive == "merge" else {}
    for name, value in patch.items():
        if name == _DIRECTIVE or name.startswith(_SILENT_DIRECTIVES):
            continue
        if value is None:
            result.pop(name, None)
        else:
            result[name] = _strategic(result.get(name), value, name)
    return result


def _strategic_list(original: list[Any], patch: list[Any], key: str) -> list[Any]:
    directives = [item for item in patch if isinstance(item, Mapping) and item.keys() == {_DIRECTIVE}]
    items = [item for item in patch if item not in directives]
    if any(item[_DIRECTIVE] == "replace" for item in directives):
        original = []
    result = list(original)
    for item in items:
        if not isinstance(item, Mapping) or key not in item:
            raise bad_request(f"an item of the patch does not contain its merge key: {key}")
        place = _index(result, key, item[key])
        if item.get(_DIRECTIVE) == "delete":
            result = [kept for position, kept in enumerate(result) if position != place]
        elif place is None:
            result.append(_strategic_mapping({}, item))
        else:
            result[place] = _strategic_mapping(result[place], item)
    return result


def _index(items: Sequence[Any], key: str, value: object) -> int | None:
    return next((place for place, item in enumerate(items) if item.get(key) == value), None)


def _operate(document: Any, operation: Mapping[str, Any]) -> Any:
    steps = _pointer(operation["path"])
    match operation.get("op"):
        case "add":
            return _edit(document, steps, lambda parent, last: _add(parent, last, _value(operation)))
        case "replace":
            return _edit(document, steps, lambda parent, last: _replace(parent, last, _value(operation)))
        case "remove":
            return _edit(document, steps, _remove)
        case "test":
            if _find(document, steps) != _value(operation):
                raise bad_request(f"the test of {operation['path']} failed")
            return document
        case other:
            raise bad_request(f"the operation '{other}' of a JSON patch is not known here")


def _value(operation: Mapping[str, Any]) -> Any:
    if "value" not in operation:
        raise bad_request(f"the operation on {operation['path']} has no value")
    return deepcopy(operation["value"])


def _pointer(path: str) -> list[str]:
    if path and not path.startswith("/"):
        raise bad_request(f"'{path}' is not a JSON pointer")
    return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]


def _find(document: Any, steps: Sequence[str]) -> Any:
    for step in steps:
        document = document[_place(document, step)]
    return document


def _edit(document: Any, steps: Sequence[str], change: Callable[[Any, str], None]) -> Any:
    if not steps:
        raise bad_request("the whole object cannot be changed by a JSON patch")
    change(_find(document, steps[:-1]), steps[-1])
    return document


def _place(parent: Any, step: str) -> Any:
    """Return the key or index of an item that exists."""
    if isinstance(parent, dict) and step in parent:
        return step
    if isinstance(parent, list) and step.isdecimal() and int(step) < len(parent):
        return int(step)
    raise bad_request(f"nothing is at '{step}'")


def _add(parent: Any, last: str, value: Any) -> None:
    if isinstance(parent, dict):
        parent[last] = value
    elif isinstance(parent, list) and last in {"-", str(len(parent))}:
        parent.append(value)
    else:
        place = _place(parent, last)
        parent.insert(place, value)


def _replace(parent: Any, last: str, value: Any) -> None:
    parent[_place(parent, last)] = value


def _remove(parent: Any, last: str) -> None:
    del parent[_place(parent, last)]
