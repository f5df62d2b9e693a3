"""Fewer crossings: neighbours in a row change places where that helps."""

from collections.abc import Sequence
from itertools import pairwise

_ROUNDS = 12


def untangle(rows: Sequence[Sequence[str]], chains: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the rows in an order in which no two neighbours would cross less often the other way round."""
    found = [list(row) for row in rows]
    joined: dict[str, tuple[list[str], list[str]]] = {key: ([], []) for row in rows for key in row}
    for chain in chains:
        for upper, lower in pairwise(chain):
            joined[lower][0].append(upper)
            joined[upper][1].append(lower)
    for _ in range(_ROUNDS):
        improved = [_improved(found, number, joined) for number in range(len(found))]
        if not any(improved):
            break
    return found


def _improved(rows: list[list[str]], number: int, joined: dict[str, tuple[list[str], list[str]]]) -> bool:
    """Swap neighbours of one row that cross less often afterwards; return whether there were any."""
    row, changed = rows[number], False
    places = {key: place for near in rows[max(number - 1, 0) : number + 2] for place, key in enumerate(near)}
    for place in range(len(row) - 1):
        left, right = row[place], row[place + 1]
        now = sum(_crossings(joined[left][side], joined[right][side], places) for side in (0, 1))
        then = sum(_crossings(joined[right][side], joined[left][side], places) for side in (0, 1))
        if then < now:
            row[place : place + 2] = right, left
            changed = True
    return changed


def _crossings(left: list[str], right: list[str], places: dict[str, int]) -> int:
    """Return how often the lines of two neighbours cross."""
    return sum(places[one] > places[other] for one in left for other in right)
