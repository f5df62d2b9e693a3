"""Fields of an object before and after a change, and the patch that puts them back.

What the server itself writes (`status`, versions, managed fields) is not looked at. Lists of the same length are
compared item by item; of different lengths, as a whole.
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from playbook_engine.model.requests import FieldEntry
from playbook_engine.transports.kubernetes.faults import Refused
from playbook_engine.transports.kubernetes.secrets import revealed
from playbook_engine.transports.kubernetes.session import Json
from playbook_engine.values import Value

Path: TypeAlias = tuple[str | int, ...]

_SERVERS_OWN = frozenset(
    {("status",)}
    | {
        ("metadata", name)
        for name in ("resourceVersion", "generation", "managedFields", "uid", "creationTimestamp", "selfLink")
    }
)
_FREE_KEYS = frozenset({"labels", "annotations", "nodeSelector", "data"})
"""Mappings whose keys people choose; without any key, it does not matter whether the mapping is there."""


def differences(before: Value, after: Value, path: Path = ()) -> Iterator[FieldEntry]:
    """Yield each field that a change touches; None stands for a field that is not there."""
    if path in _SERVERS_OWN or before == after:
        return
    if path and path[-1] in _FREE_KEYS:
        before = {} if before is None and isinstance(after, dict) else before
        after = {} if after is None and isinstance(before, dict) else after
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            yield from differences(before.get(key), after.get(key), (*path, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from differences(old, new, (*path, index))
    else:
        yield FieldEntry(path=path, before=before, after=after)


def put_back(item: Json, entries: Iterable[FieldEntry]) -> list[Json]:
    """Return the JSON patch that makes the fields what they were; empty when they are so already.

    Raises Refused when a field is no longer what the change had made of it: someone else has changed it since.
    """
    operations: list[Json] = []
    made: set[Path] = set()
    for entry in entries:
        now, before = _at(item, entry.path), revealed(entry.before)
        if now == before:
            continue
        if entry.checked and now != revealed(entry.after):
            hint = "Look at it, and put it back by hand if that is right."
            raise Refused(f"{shown(entry.path)} has been changed by someone else since", hint)
        if before is not None:
            operations += _parents(item, entry.path, made)
        operations.append(_operation(entry.path, now, before))
    if not operations:
        return []
    version = (item.get("metadata") or {}).get("resourceVersion")
    lock = {"op": "replace", "path": "/metadata/resourceVersion", "value": version}
    return [lock, *operations] if version else operations


def shown(path: Path) -> str:
    """Return a path as people write it: `spec.template.spec.containers[0].image`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) or "." in step else f".{step}"
    return text.removeprefix(".")


def _operation(path: Path, now: Value, before: Any) -> Json:
    if before is None:
        return {"op": "remove", "path": pointer(path)}
    return {"op": "add" if now is None else "replace", "path": pointer(path), "value": before}


def _parents(item: Json, path: Path, made: set[Path]) -> Iterator[Json]:
    """Yield what adds the mappings on the way to a field that are not there any more."""
    for length in range(1, len(path)):
        parent = path[:length]
        if parent not in made and _at(item, parent) is None:
            made.add(parent)
            yield {"op": "add", "path": pointer(parent), "value": {}}


def pointer(path: Path) -> str:
    """Return a path as a JSON pointer."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def _at(item: Any, path: Path) -> Any:
    """Return what is at a path, None when nothing is."""
    for step in path:
        if isinstance(step, int):
            item = item[step] if isinstance(item, list) and step < len(item) else None
        else:
            item = item.get(step) if isinstance(item, dict) else None
    return item
