"""The simple paths of `-o jsonpath=…`: names, numbers and stars, one path in braces."""

import json
import re
from collections.abc import Iterable, Iterator

from playbook_engine.values import Value

_STEP = re.compile(r"""\.((?:\\\.|[-\w])+)|\[(?:(-?\d+)|(\*)|'([^']+)'|"([^"]+)")\]""")


class BadPath(Exception):
    """The path is none of the simple ones, or names something that is not there."""


def evaluate(path: str, data: Value) -> str:
    """Return what kubectl prints for `{.items[*].metadata.name}`: the values found, a blank between them."""
    return " ".join(_printed(value) for value in _found(path, data))


def values(path: str, data: Value) -> list[Value]:
    """Return what a path leads to; nothing when something on the way is missing."""
    try:
        return _found(path, data)
    except BadPath:
        return []


def _found(path: str, data: Value) -> list[Value]:
    text = path.removeprefix("{").removesuffix("}").removeprefix("$")
    found: list[Value] = [data]
    at = 0
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None:
            raise BadPath(f"the path {path} is not supported from '{text[at:]}' on")
        found = list(_step(found, match))
        at = match.end()
    return found


def _step(values: Iterable[Value], match: re.Match[str]) -> Iterator[Value]:
    key, index, star, single, double = match.groups()
    for value in values:
        if star:
            yield from _all(value)
        elif index is not None:
            yield from _item(value, int(index))
        else:
            yield _member(value, (key or single or double).replace("\\.", "."))


def _all(value: Value) -> Iterable[Value]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _item(value: Value, index: int) -> Iterable[Value]:
    if not isinstance(value, list):
        raise BadPath(f"there is no list to take item {index} of")
    if not -len(value) <= index < len(value):
        raise BadPath(f"there is no item {index}: the list has {len(value)}")
    return (value[index],)


def _member(value: Value, key: str) -> Value:
    if not isinstance(value, dict) or key not in value:
        raise BadPath(f"there is no '{key}'")
    found: Value = value[key]
    return found


def _printed(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str)
    return "" if value is None else str(value)
