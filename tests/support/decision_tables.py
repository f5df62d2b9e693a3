"""A decision as a table for people: every combination of its facts is asked, and rows that agree are joined."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product

ANY = "any"
Row = tuple[frozenset[str], ...]
"""For each fact the values that a row speaks of."""


def rows(facts: Mapping[str, Sequence[str]], decide: Callable[..., str]) -> list[tuple[Row, str]]:
    """Return every combination with its decision, joined as far as possible; no combination is in two rows.

    `decide` takes one value of each fact, in their order.
    """
    found = [(tuple(frozenset({value}) for value in turn), decide(*turn)) for turn in product(*facts.values())]
    for column in reversed(range(len(facts))):
        found = _joined(found, column)
    return found


def _joined(found: list[tuple[Row, str]], column: int) -> list[tuple[Row, str]]:
    """Join rows that differ in one column only."""
    groups: dict[tuple[Row, str], frozenset[str]] = {}
    for row, answer in found:
        key = ((*row[:column], frozenset(), *row[column + 1 :]), answer)
        groups[key] = groups.get(key, frozenset()) | row[column]
    return [((*row[:column], values, *row[column + 1 :]), answer) for (row, answer), values in groups.items()]


def markdown(facts: Mapping[str, Sequence[str]], decide: Callable[..., str], answer: str) -> str:
    """Return the table as Markdown; `answer` is the heading of the last column."""
    lines = [f"| {' | '.join((*facts, answer))} |", f"|{'---|' * (len(facts) + 1)}"]
    for row, decision in rows(facts, decide):
        cells = [_cell(values, possible) for values, possible in zip(row, facts.values(), strict=True)]
        lines.append(f"| {' | '.join((*cells, decision))} |")
    return "\n".join(lines) + "\n"


def _cell(values: frozenset[str], possible: Sequence[str]) -> str:
    if len(values) == len(possible) > 1:
        return ANY
    return ", ".join(value for value in possible if value in values)
