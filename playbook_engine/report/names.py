"""Many names of targets in few words: `api-[01:40], db-1 and 12 others`."""

import re
from collections.abc import Iterable, Sequence

from playbook_engine.visible import escape

_NUMBER = re.compile(r"([0-9]+)")
_COUNTED = re.compile(r"(.*?)([0-9]+)", re.DOTALL)
LISTED = 8
"""Names or ranges listed before the rest is only counted."""


def natural(name: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Return a sort key by which web-2 comes before web-10."""
    parts = (part for part in _NUMBER.split(name) if part)
    return tuple((1, int(part), "") if _NUMBER.fullmatch(part) else (0, 0, part) for part in parts), name


def compact(names: Iterable[str], *, listed: int | None = LISTED) -> str:
    """Return names in short and safe to show; runs of three numbers and more become ranges.

    `listed` bounds the names and ranges that are shown; None shows all.
    """
    runs = list(_runs(sorted(dict.fromkeys(names), key=natural)))
    shown = runs if listed is None or len(runs) <= listed else runs[:listed]
    text = escape(", ".join(_range(run) for run in shown))
    left = sum(len(run) for run in runs[len(shown) :])
    return f"{text} and {left} other{'s' if left > 1 else ''}" if left else text


def _runs(ordered: Sequence[str]) -> Iterable[Sequence[str]]:
    """Split names into those that count on from each other, three at least, and single ones."""
    index = 0
    while index < len(ordered):
        end = index + 1
        while end < len(ordered) and _counts_on(ordered[end - 1], ordered[end]):
            end += 1
        if end - index < 3:
            end = index + 1
        yield ordered[index:end]
        index = end


def _counts_on(here: str, following: str) -> bool:
    one, two = _COUNTED.fullmatch(here), _COUNTED.fullmatch(following)
    if one is None or two is None or one[1] != two[1] or len(one[2]) != len(two[2]):
        return False
    return int(two[2]) == int(one[2]) + 1


def _range(run: Sequence[str]) -> str:
    low, high = _COUNTED.fullmatch(run[0]), _COUNTED.fullmatch(run[-1])
    return f"{low[1]}[{low[2]}:{high[2]}]" if len(run) > 1 and low and high else run[0]
