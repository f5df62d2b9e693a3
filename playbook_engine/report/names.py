"""Many names of targets in few words: `api-[01:40], db-1 and 12 others`."""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from playbook_engine.phrases import screen
from playbook_engine.phrases.words import ENGLISH, Words
from playbook_engine.visible import escape

_NUMBER = re.compile(r"([0-9]+)")
_TURN = re.compile(r"([^\[]+)\[(.+)\]", re.DOTALL)
_COUNTED = re.compile(r"(.*?)([0-9]+)", re.DOTALL)
LISTED = 8
"""Names or ranges listed before the rest is only counted."""


def natural(name: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Return a sort key by which web-2 comes before web-10."""
    parts = (part for part in _NUMBER.split(name) if part)
    return tuple((1, int(part), "") if _NUMBER.fullmatch(part) else (0, 0, part) for part in parts), name


def compact(names: Iterable[str], words: Words = ENGLISH, *, listed: int | None = LISTED) -> str:
    """Return names in short and safe to show; runs of three numbers and more become ranges.

    `listed` bounds the names and ranges that are shown; None shows all. The turns of a loop on one target stand
    together: `api-[1:3][nginx, redis]`.
    """
    turns: dict[tuple[str, bool], list[str]] = {}
    for name in sorted(dict.fromkeys(names), key=natural):
        place, label = _parts(name)
        turns.setdefault((place, bool(label)), []).extend([label] if label else [])
    runs = [
        (run, labels)
        for labels, places in groupby(turns, key=lambda key: tuple(turns[key]))
        for run in _runs([place for place, _ in places])
    ]
    shown = runs if listed is None or len(runs) <= listed else runs[:listed]
    text = escape(", ".join(_range(run) + _labels(labels, listed, words) for run, labels in shown))
    left = sum(len(run) * max(len(labels), 1) for run, labels in runs[len(shown) :])
    return words.counted(left, screen.Names.AND_OTHER, screen.Names.AND_OTHERS, names=text) if left else text


def _parts(name: str) -> tuple[str, str]:
    """Return the target and the turn that a name speaks of: `api-1`, `nginx`."""
    found = _TURN.fullmatch(name)
    return (found[1], found[2]) if found else (name, "")


def _labels(labels: Sequence[str], listed: int | None, words: Words) -> str:
    """Return the turns of targets, in brackets."""
    if not labels:
        return ""
    shown = labels if listed is None or len(labels) <= listed else labels[:listed]
    left = len(labels) - len(shown)
    more = words(screen.Names.AND_MORE, count=left) if left else ""
    return f"[{', '.join(shown)}{more}]"


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
