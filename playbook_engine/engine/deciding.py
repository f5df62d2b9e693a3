"""Which road is taken: by the run as a whole, or by every host for itself.

| a host's conditions | it |
|---|---|
| the branch has a `when`, and it is false | takes no road |
| a case holds, none before it did | takes that road |
| no case holds | takes `else` |
| one cannot be decided before a case holds | takes no road, and that is an error |
"""

from collections.abc import Iterable

from playbook_engine.engine.sight import Sight
from playbook_engine.frozen import dataclass
from playbook_engine.model.events import BranchTaken, HostsRoad
from playbook_engine.model.expressions import Expression, ExpressionError
from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.plan import PlannedBranch
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.values import TargetName


@dataclass(frozen=True, slots=True)
class Taken:
    """A road, and the conditions with their values that led to it."""

    label: str
    trace: str


def decide(planned: PlannedBranch, seen: Sight) -> BranchTaken:
    """Return the first case that holds, with the reason; raises ExpressionError when one cannot be decided."""
    taken = _first(planned, seen, None)
    others = tuple(case.label for case in planned.cases if case.label != taken.label)
    return _event(planned, taken.label, taken.trace, others)


def decide_for_hosts(planned: PlannedBranch, hosts: tuple[TargetName, ...], seen: Sight) -> BranchTaken | StepResult:
    """Return which hosts take which road; when none takes any, how the branch ended on each."""
    found = [(host, _one(planned, host, seen)) for host in hosts]
    roads = _grouped(planned, found)
    labels = [case.label for case in planned.cases]
    taken = {road.taken for road in roads}
    if taken == {None}:
        return _nobody(found)
    named = ", ".join(label for label in labels if label in taken)
    return _event(planned, named, "", tuple(label for label in labels if label not in taken), roads)


def _event(
    planned: PlannedBranch, taken: str, trace: str, others: tuple[str, ...], roads: tuple[HostsRoad, ...] = ()
) -> BranchTaken:
    step = planned.step
    return BranchTaken(
        path=planned.path, title=step.title, id=step.id, taken=taken, trace=trace, not_taken=others, roads=roads
    )


def _first(planned: PlannedBranch, seen: Sight, host: TargetName | None) -> Taken:
    tried: list[str] = []
    for case in planned.cases:
        if case.when is None:
            return Taken(case.label, "; ".join(tried))
        names = seen.names(case.when.references, host, strictly=True)
        trace = case.when.trace(names)
        if case.when.holds(names):
            return Taken(case.label, trace)
        tried.append(f"not {trace}")
    raise AssertionError("a branch always ends with else")


def _one(planned: PlannedBranch, host: TargetName, seen: Sight) -> Taken | Cause:
    """Return the road of one host; a cause when it takes none."""
    when = planned.step.when
    try:
        if when is not None and not _holds(when, seen, host):
            return Cause("when", f"when: {when.source} is false")
        return _first(planned, seen, host)
    except ExpressionError as error:
        return Cause("expression", error.message, error.hint, error.span)


def _holds(expression: Expression, seen: Sight, host: TargetName) -> bool:
    return expression.holds(seen.names(expression.references, host, strictly=True))


def _grouped(planned: PlannedBranch, found: Iterable[tuple[TargetName, Taken | Cause]]) -> tuple[HostsRoad, ...]:
    """Put hosts together that take the same road for the same reason: roads in file order, then those without."""
    groups: dict[tuple[str | None, str, bool], list[TargetName]] = {}
    for host, each in found:
        key = (each.label, each.trace, False) if isinstance(each, Taken) else (None, each.message, _failed(each))
        groups.setdefault(key, []).append(host)
    order = [*(case.label for case in planned.cases), None]
    return tuple(
        HostsRoad(taken=taken, hosts=tuple(hosts), trace=trace, failed=failed)
        for (taken, trace, failed), hosts in sorted(groups.items(), key=lambda item: order.index(item[0][0]))
    )


def _failed(cause: Cause) -> bool:
    return cause.kind != "when"


def _nobody(found: Iterable[tuple[TargetName, Taken | Cause]]) -> StepResult:
    """Return how a branch ended on which no host takes a road: skipped, or an error where it has no answer."""
    causes = [(host, cause) for host, cause in found if isinstance(cause, Cause)]
    result = StepResult.of(
        tuple(
            TargetResult(
                target=host, outcome=Outcome.ERROR if _failed(cause) else Outcome.SKIPPED, cause=cause, attempts=0
            )
            for host, cause in causes
        )
    )
    reasons = {cause.message: cause for _, cause in causes}
    only = next(iter(reasons.values())) if len(reasons) == 1 else None
    return StepResult(outcome=result.outcome, targets=result.targets, cause=only)
