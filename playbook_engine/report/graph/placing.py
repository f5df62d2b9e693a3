"""Where in its row each item is: near what it is joined to, in order, and not upon its neighbours."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import fsum

from playbook_engine.frozen import dataclass
from playbook_engine.report.graph.columns import columns
from playbook_engine.report.graph.graph import Kind, Line
from playbook_engine.report.graph.layers import Item, Layers

GAP = 26
_ROUNDS = 12
_STRAIGHTENINGS = 300
_UNSEEN = 0.4
"""A bend that nobody sees, in pixels."""
_FIRM = 1000.0
_PULL = {Line.FLOW: 4.0, Line.ASIDE: 0.2}
_ALONE = 0.01
_STRAIGHT = 12.0
"""How much more a bend pulls at a bend: long edges are straight."""


@dataclass(frozen=True, slots=True)
class Joint:
    """Something that an item is joined to, and how strongly."""

    key: str
    pull: float


def placed(found: Layers, kinds: Mapping[str, Kind]) -> Mapping[str, float]:
    """Return the middle of each item from left to right."""
    above, below = _joints(found)
    places = {item.key: place for row in found.rows for item, place in zip(row, _packed(row), strict=True)}
    both = {key: (*above.get(key, ()), *below.get(key, ())) for key in places}
    downwards, upwards = found.rows, found.rows[::-1]
    for joints in (*[None] * _ROUNDS, *[both] * _ROUNDS):
        _sweep(downwards, joints or above, places)
        _sweep(upwards, joints or below, places)
    lines = columns(found, kinds)
    for _ in range(_STRAIGHTENINGS):
        if _straighten(found.rows, lines, both, places) < _UNSEEN:
            break
    _gather(found, both, places)
    return places


def _straighten(
    rows: Sequence[Sequence[Item]],
    lines: Sequence[Sequence[str]],
    joints: Mapping[str, Sequence[Joint]],
    places: dict[str, float],
) -> float:
    """Move each line to its mean place, and out of the way what stands beside it; return how far lines are bent."""
    wanted = {key: fsum(places[each] for each in line) / len(line) for line in lines for key in line}
    firm = {key: (Joint(key, _FIRM),) for key in wanted}
    places |= wanted
    _sweep(rows, {**joints, **firm}, places)
    return max((abs(places[key] - place) for key, place in wanted.items()), default=0.0)


def _gather(found: Layers, joints: Mapping[str, Sequence[Joint]], places: dict[str, float]) -> None:
    """Move what hangs together with nothing else, and has its rows for itself, below the first node."""
    first = found.rows[0][0].key
    seen = _reachable(first, joints)
    for row in found.rows:
        for item in row:
            if item.key in seen:
                continue
            part = _reachable(item.key, joints)
            seen |= part
            rows = [{each.key for each in row} for row in found.rows]
            if all(row <= part for row in rows if row & part):
                shift = places[first] - places[item.key]
                places |= {key: places[key] + shift for key in part}


def _reachable(key: str, joints: Mapping[str, Sequence[Joint]]) -> set[str]:
    found, waiting = {key}, [key]
    while waiting:
        new = {joint.key for joint in joints.get(waiting.pop(), ())} - found
        found |= new
        waiting += new
    return found


def _joints(found: Layers) -> tuple[Mapping[str, Sequence[Joint]], Mapping[str, Sequence[Joint]]]:
    """Return what each item is joined to above and below it."""
    above: dict[str, list[Joint]] = {}
    below: dict[str, list[Joint]] = {}
    for chain in found.chains:
        for upper, lower in pairwise(chain.keys):
            pull = _PULL[chain.edge.line] if upper == chain.edge.source else _STRAIGHT
            above.setdefault(lower, []).append(Joint(upper, pull))
            below.setdefault(upper, []).append(Joint(lower, pull))
    return above, below


def _packed(row: Sequence[Item]) -> list[float]:
    """Return places side by side around the middle."""
    places, right = [], 0.0
    for item in row:
        places.append(right + item.box.width / 2)
        right += item.box.width + GAP
    return [place - right / 2 for place in places]


def _sweep(rows: Sequence[Sequence[Item]], joints: Mapping[str, Sequence[Joint]], places: dict[str, float]) -> None:
    """Move the items of each row towards what they are joined to."""
    for row in rows:
        wishes, weights = [], []
        for item in row:
            joined = joints.get(item.key, ())
            weight = fsum(joint.pull for joint in joined)
            wishes.append(
                fsum(joint.pull * places[joint.key] for joint in joined) / weight if weight else places[item.key]
            )
            weights.append(weight or 0.01)
        for item, place in zip(row, _apart(row, wishes, weights), strict=True):
            places[item.key] = place


def _apart(row: Sequence[Item], wishes: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return the places nearest to the wishes that keep order and distance (isotonic regression)."""
    offsets = [0.0] if row else []
    for left, right in pairwise(row):
        offsets.append(offsets[-1] + (left.box.width + right.box.width) / 2 + GAP)
    blocks: list[tuple[float, float, int]] = []  # mean, weight, count
    for wish, offset, weight in zip(wishes, offsets, weights, strict=True):
        mean, total, count = wish - offset, weight, 1
        while blocks and blocks[-1][0] > mean:
            before, heavy, many = blocks.pop()
            mean = (mean * total + before * heavy) / (total + heavy)
            total, count = total + heavy, count + many
        blocks.append((mean, total, count))
    means = [mean for mean, _, count in blocks for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]
