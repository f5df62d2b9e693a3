"""What stands in one line from top to bottom: steps that follow each other, and the bends of a long edge."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

from playbook_engine.report.graph.graph import Kind, Line
from playbook_engine.report.graph.layers import Chain, Layers


def columns(found: Layers, kinds: Mapping[str, Kind]) -> list[list[str]]:
    """Return the lines, each from top to bottom."""
    below: dict[str, str] = {}
    arriving = Counter(chain.edge.target for chain in found.chains)
    for chain in found.chains:
        # The way on is drawn last; what ends there, such as a verify that holds, goes aside.
        below |= _links(chain, arriving, kinds)
    heads = below.keys() - set(below.values())
    return [[head, *_down(head, below)] for head in sorted(heads)]


def _links(chain: Chain, arriving: Mapping[str, int], kinds: Mapping[str, Kind]) -> Iterator[tuple[str, str]]:
    """Yield what of an edge stands below what."""
    first, *middle, last = chain.keys
    yield from pairwise(middle)
    if arriving[last] == 1 and middle:
        yield middle[-1], last
    main = chain.edge.line is Line.FLOW and kinds[first] is not Kind.BRANCH and kinds[last] is not Kind.GOOD
    if main and middle:
        yield first, middle[0]


def _down(key: str, below: Mapping[str, str]) -> Iterator[str]:
    while key in below:
        key = below[key]
        yield key
