"""How a mitigation rolls over its targets: `serial` and `max_failures` as pure functions.

A batch has so many of the targets that are ready to begin; a percentage is of all of these, and a batch has at least
one target. The last size is repeated. After each batch the targets that are not ok are counted over all batches:
failed, error, timeout, unreachable, indeterminate, and what was settled as an error before anything was sent. When
they are more than `max_failures`, the targets that are left are not begun.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.model.rolling import Batches, Portion, Rolling

T = TypeVar("T")

STOPPED = "max_failures"
"""The kind of cause that targets have which are not begun any more."""


def plan(rolling: Rolling, ready: int, total: int) -> Batches:
    """Return the batches for so many targets that are ready to begin; `total` counts those that are not skipped."""
    return Batches(sizes(rolling.serial, ready), rolling.max_failures.of(total))


def sizes(serial: Sequence[Portion], ready: int) -> tuple[int, ...]:
    """Return the size of each batch; together they are all targets."""
    if not serial:
        return (ready,) if ready else ()
    found: list[int] = []
    left = ready
    while left:
        portion = serial[min(len(found), len(serial) - 1)]
        found.append(min(max(portion.of(ready), 1), left))
        left -= found[-1]
    return tuple(found)


def split(targets: Sequence[T], lengths: Sequence[int]) -> tuple[tuple[T, ...], ...]:
    """Return the targets batch by batch, in their order."""
    found, start = [], 0
    for length in lengths:
        found.append(tuple(targets[start : start + length]))
        start += length
    return tuple(found)


def failures(results: Iterable[TargetResult]) -> int:
    """Return how many targets count as failed; those that were not begun because of others do not."""
    return sum(_is_failure(result) for result in results)


def _is_failure(result: TargetResult) -> bool:
    if result.outcome is Outcome.ABORTED:
        return result.cause is None or result.cause.kind != STOPPED
    return result.outcome not in (Outcome.OK, Outcome.SKIPPED)


def meant(results: Iterable[TargetResult]) -> int:
    """Return how many targets the change is meant for: all that are not skipped."""
    return sum(result.outcome is not Outcome.SKIPPED for result in results)


def tolerated(rolling: Rolling, result: StepResult) -> bool:
    """Return whether a finished mitigation is good enough to go on: no more targets failed than may."""
    if not result.targets:
        return False
    return failures(result.targets) <= rolling.max_failures.of(meant(result.targets))


def stopped(rolling: Rolling, failed: int, total: int) -> Cause:
    """Return why the targets that are left are not begun."""
    most = rolling.max_failures.of(total)
    may = "none may" if most == 0 else f"at most {most} may"
    written = f" (max_failures: {rolling.max_failures})" if rolling.max_failures.percent else ""
    return Cause(STOPPED, f"not begun: {failed} of {total} targets failed, {may}{written}")
