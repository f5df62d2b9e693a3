"""Versions of programs, compared as people mean them: 1.10 comes after 1.9, and 2.0-rc.1 before 2.0."""

import re
from collections.abc import Callable
from typing import TypeAlias

from playbook_engine.language.expressions.kinds import describe, need_text
from playbook_engine.language.expressions.refusal import Refused
from playbook_engine.values import Value

_VERSION = re.compile(
    r"v?(\d{1,18}(?:\.\d{1,18}){0,9})(?:[-~]?([A-Za-z][0-9A-Za-z]{0,30}(?:[.-][0-9A-Za-z]{1,30}){0,9}))?(?:\+[0-9A-Za-z.-]{0,60})?",
    re.ASCII,
)
_Part: TypeAlias = tuple[bool, int, str]
_Key: TypeAlias = tuple[tuple[int, ...], bool, tuple[_Part, ...]]
_HOLDS: dict[str, Callable[[int], bool]] = {
    "==": lambda order: order == 0,
    "!=": lambda order: order != 0,
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}


def compares(value: Value, other: Value, operator: Value = "==") -> bool:
    """Tell whether two versions stand in a relation: `>=` and the like."""
    sign = need_text(operator, "`version`")
    if sign not in _HOLDS:
        raise Refused(f"`version` knows {', '.join(_HOLDS)}, not {describe(operator)}")
    left, right = _key(value), _key(other)
    return _HOLDS[sign]((left > right) - (left < right))


def _key(value: Value) -> _Key:
    """Return what versions are sorted by; a version that is not final comes before the one that is."""
    match = _VERSION.fullmatch(need_text(value, "`version`").strip())
    if not match:
        raise Refused(f"{describe(value)} is not a version such as 1.2.3 or v2.0-rc.1")
    numbers = [int(part) for part in match[1].split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()  # 1.0 and 1.0.0 are the same
    parts = re.findall(r"\d+|[A-Za-z]+", match[2] or "")
    return tuple(numbers), not parts, tuple(_part(part) for part in parts)


def _part(text: str) -> _Part:
    """Return a part of what stands behind the numbers; numbers come before words, as in semver.org."""
    return (False, int(text), "") if text.isdigit() else (True, 0, text.lower())
