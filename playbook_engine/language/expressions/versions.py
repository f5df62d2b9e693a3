"""Versions of programs, compared as people mean them.

Numbers count as numbers: 1.10 comes after 1.9, and 1.0 is 1.0.0. What follows them with a word for something
unfinished (`2.0-rc.1`, `2.0b3`, `1.0~deb11`) comes before the version itself; what follows otherwise is a build of it
and comes after (`1.27.3-gke.100`, `5.15.0-91-generic`). What follows a `+` says nothing about the order, as in
semver.org.
"""

import re
from collections.abc import Callable
from typing import TypeAlias

from playbook_engine.language.expressions.kinds import describe, need_text
from playbook_engine.language.expressions.refusal import Refused
from playbook_engine.values import Value

_VERSION = re.compile(
    r"v?(\d{1,18}(?:\.\d{1,18}){0,9})([-~]?)([0-9A-Za-z]{1,40}(?:[.~_-][0-9A-Za-z]{1,40}){0,9})?(?:\+[0-9A-Za-z.-]{0,60})?",
    re.ASCII,
)
_UNFINISHED = frozenset({"a", "alpha", "b", "beta", "c", "dev", "m", "milestone", "pre", "preview", "rc", "snapshot"})
_Part: TypeAlias = tuple[bool, int, str]
_Key: TypeAlias = tuple[tuple[int, ...], int, tuple[_Part, ...]]
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
    """Return what versions are sorted by: the numbers, whether it is finished, and what follows."""
    match = _VERSION.fullmatch(need_text(value, "`version`").strip())
    if not match:
        raise Refused(f"{describe(value)} is not a version such as 1.2.3 or v2.0-rc.1")
    numbers = [int(part) for part in match[1].split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    words = re.findall(r"\d+|[A-Za-z]+", match[3] or "")
    if not words:
        return tuple(numbers), 0, ()
    unfinished = match[2] == "~" or words[0].lower() in _UNFINISHED
    return tuple(numbers), -1 if unfinished else 1, tuple(map(_part, words))


def _part(text: str) -> _Part:
    """Return a part of what follows the numbers; numbers come before words, as in semver.org."""
    return (False, int(text), "") if text.isdigit() else (True, 0, text.lower())
