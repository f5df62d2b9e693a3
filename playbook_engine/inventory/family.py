"""Groups as a graph: who is whose child, and how deep."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Final

from playbook_engine.diagnostics import Problems, Span
from playbook_engine.frozen import dataclass

ALL: Final = "all"
UNGROUPED: Final = "ungrouped"
_MAX_CYCLES: Final = 10

_NO_FILES: Final[Mapping[str, int]] = {}

Children = dict[str, dict[str, Span | None]]
"""For every group its children, each with the place that says so."""


@dataclass(frozen=True, slots=True)
class Family:
    """Groups with parents before children; `depth` is the longest way down from `all`."""

    order: tuple[str, ...]
    parents: Mapping[str, tuple[str, ...]]
    depth: Mapping[str, int]

    def lineage(self, groups: tuple[str, ...]) -> set[str]:
        """Return the groups and all that they descend from."""
        found: set[str] = set()
        waiting = list(groups)
        while waiting:
            group = waiting.pop()
            if group not in found:
                found.add(group)
                waiting.extend(self.parents[group])
        return found


def family(children: Children, problems: Problems, files: Mapping[str, int] = _NO_FILES) -> Family | None:
    """Order the groups; every cycle is an error, and with more than ten of them None comes back.

    `files` numbers the files in the order in which they were read.
    """
    for _ in range(_MAX_CYCLES):
        parents = _parents(children)
        try:
            order = tuple(TopologicalSorter(parents).static_order())
        except CycleError as error:
            _break_cycle(children, error.args[1], problems, files)
        else:
            return Family(order, parents, _depths(order, parents))
    return None


def _parents(children: Children) -> dict[str, tuple[str, ...]]:
    """Turn the graph round; a group without a parent is a child of `all`."""
    parents: dict[str, list[str]] = {group: [] for group in children}
    for parent, names in children.items():
        for child in names:
            parents[child].append(parent)
    return {group: tuple(found) or (() if group == ALL else (ALL,)) for group, found in parents.items()}


def _depths(order: tuple[str, ...], parents: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    depth: dict[str, int] = {}
    for group in order:
        depth[group] = 1 + max((depth[parent] for parent in parents[group]), default=-1)
    return depth


def _break_cycle(children: Children, cycle: list[str], problems: Problems, files: Mapping[str, int]) -> None:
    """Report a cycle at the line of the file that closes it, and take that line out."""
    links = list(pairwise(cycle))
    closing = max(range(len(links)), key=lambda index: _position(children[links[index][0]][links[index][1]], files))
    parent, child = links[closing]
    way = [*(link[0] for link in links[closing + 1 :]), *(link[0] for link in links[: closing + 1]), child]
    message = f"the groups contain each other: {' → '.join(way)}"
    problems.error("group-cycle", message, children[parent].pop(child), f"Take '{child}' out of the children here.")


def _position(span: Span | None, files: Mapping[str, int]) -> tuple[int, int, int]:
    return (files.get(span.source.name, 0), span.line, span.column) if span else (0, 0, 0)
