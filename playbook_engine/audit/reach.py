"""How far a mitigation came that has no end on record."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from playbook_engine.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Reach:
    """The targets without an answer: `unknown` may have been reached, `untouched` were not.

    `batch` is the number of the batch that was under way, of `batches`; both are 0 when all began at once.
    """

    unknown: tuple[str, ...]
    untouched: tuple[str, ...] = ()
    batch: int = 0
    batches: int = 0


def reach(targets: Sequence[str], sizes: Sequence[int], answered: Collection[str]) -> Reach:
    """Return how far it came: a batch begins only when every target of those before it has its last answer."""
    start = 0
    for number, size in enumerate(sizes, start=1):
        unknown = tuple(name for name in targets[start : start + size] if name not in answered)
        start += size
        if unknown:
            return Reach(unknown, tuple(targets[start:]), number, len(sizes))
    return Reach(tuple(name for name in targets[start:] if name not in answered))


def sizes_of(event: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the sizes of the batches in a step's beginning; nothing when all targets began at once."""
    found = event.get("batches")
    sizes = found if isinstance(found, list) else []
    return tuple(size for size in sizes if isinstance(size, int) and not isinstance(size, bool) and size > 0)
