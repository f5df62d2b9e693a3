"""Which pods to start and to stop next: never fewer ready pods than wanted, and at most one more than wanted."""

from collections.abc import Sequence
from dataclasses import dataclass

_SURGE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PodFact:
    """A pod that is not being stopped; `current` when it was made from the present template."""

    name: str
    current: bool
    ready: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """How many pods of the present template to start, and which pods to stop."""

    start: int = 0
    stop: tuple[str, ...] = ()


def next_moves(wanted: int, pods: Sequence[PodFact]) -> Moves:
    """Decide the next moves towards `wanted` ready pods of the present template."""
    stop = [*_useless(pods), *_too_many(wanted, pods), *_replaced(wanted, pods)]
    left = [pod for pod in pods if pod.name not in stop]
    current = sum(pod.current for pod in left)
    replacing = len(left) > current
    room = wanted + (_SURGE if replacing else 0) - len(left)
    return Moves(start=max(min(wanted - current, room), 0), stop=tuple(stop))


def _useless(pods: Sequence[PodFact]) -> list[str]:
    """Name the old pods that do not serve anyway."""
    return [pod.name for pod in pods if not pod.current and not pod.ready]


def _too_many(wanted: int, pods: Sequence[PodFact]) -> list[str]:
    """Name the pods of the present template beyond `wanted`; those that do not serve yet go first."""
    current = [pod for pod in pods if pod.current]
    by_use = sorted(current, key=lambda pod: not pod.ready)
    return [pod.name for pod in by_use[wanted:]]


def _replaced(wanted: int, pods: Sequence[PodFact]) -> list[str]:
    """Name the old pods whose place ready new ones have taken."""
    old = [pod for pod in pods if not pod.current and pod.ready]
    fresh = min(sum(pod.current and pod.ready for pod in pods), wanted)
    spare = len(old) + fresh - wanted
    return [pod.name for pod in old[: max(spare, 0)]]
