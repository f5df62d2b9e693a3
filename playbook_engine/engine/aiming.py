"""Where a step is carried out when its time has come: its own targets, the hosts of its road, those of a result.

| the step's targets | the road is for some hosts | `hosts: x.failed` | it is carried out on |
|---|---|---|---|
| hosts | no | no | all of them |
| hosts | yes | no | those of the road |
| hosts | no | yes | those on which x ended so |
| hosts | yes | yes | those of the road on which x ended so |
| a cluster, this machine, a person | any | – | it, once |

When that leaves no target, the step is skipped and says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import assert_never

from playbook_engine.engine.state import Hosts
from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.plan import ActingStep, PlannedMitigate, Probe
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.model.steps import ResultHosts, Which
from playbook_engine.model.targets import Host
from playbook_engine.values import TargetName

_NOT_TRIED = (Outcome.SKIPPED, Outcome.ABORTED)


def aim(step: ActingStep, road: Hosts, results: Mapping[str, StepResult]) -> ActingStep | StepResult:
    """Return the step with the targets that it has now, or how it ended when there are none."""
    chosen = next((probe.chosen for probe in step.probes if probe.chosen is not None), None)
    named = None if chosen is None else hosts_of(chosen, results)
    if isinstance(named, Cause):
        return StepResult(outcome=Outcome.SKIPPED, cause=named)
    probes = tuple(_aimed(probe, road, named if probe.chosen else None) for probe in step.probes)
    if not any(probe.targets for probe in probes):
        return StepResult(outcome=Outcome.SKIPPED, cause=Cause("hosts", "none of its hosts took this road"))
    return replace(step, probes=probes)


def too_many(step: PlannedMitigate, most: int | None) -> StepResult | None:
    """Return how a mitigation ends whose targets were chosen by a result, when they are more than allowed."""
    count = sum(len(probe.targets) for probe in step.probes if probe.chosen is not None)
    if most is None or count <= most:
        return None
    message = f"not begun: this would change {count} hosts; policy.max_hosts allows {most}"
    return StepResult(outcome=Outcome.ABORTED, cause=Cause("policy", message, "Narrow the selection with --limit."))


def deciding(
    hosts: tuple[TargetName, ...], chosen: ResultHosts | None, road: Hosts, results: Mapping[str, StepResult]
) -> tuple[TargetName, ...] | Cause:
    """Return the hosts that take their own road, or why there are none."""
    named = None if chosen is None else hosts_of(chosen, results)
    if isinstance(named, Cause):
        return named
    within = tuple(host for host in hosts if _is_within(host, road) and _is_within(host, named))
    return within or Cause("hosts", "none of its hosts took this road")


def hosts_of(chosen: ResultHosts, results: Mapping[str, StepResult]) -> frozenset[TargetName] | Cause:
    """Return the hosts on which an earlier step ended so, or why there are none."""
    result = results.get(chosen.step)
    if result is None or not result.targets:
        why = f": {result.cause.message}" if result is not None and result.cause else ""
        return Cause("hosts", f"no host: '{chosen.step}' was not carried out{why}")
    by_host: dict[TargetName, list[TargetResult]] = {}
    for target in result.targets:
        by_host.setdefault(target.place, []).append(target)
    found = frozenset(host for host, own in by_host.items() if ended_so(chosen.which, [t.outcome for t in own]))
    return found or Cause("hosts", f"no host: {chosen.text} is empty")


def ended_so(which: Which, outcomes: Iterable[Outcome]) -> bool:
    """Return whether a host is meant by what it came to there; several outcomes are those of several turns.

    As everywhere in expressions, `failed` means tried and not passed, for whatever reason.
    """
    found = tuple(outcomes)
    tried = [outcome for outcome in found if outcome not in _NOT_TRIED]
    match which:
        case Which.PASSED:
            return bool(tried) and all(outcome is Outcome.OK for outcome in tried)
        case Which.FAILED:
            return any(outcome is not Outcome.OK for outcome in tried)
        case Which.UNREACHABLE:
            return Outcome.UNREACHABLE in found
        case Which.SKIPPED:
            return all(outcome is Outcome.SKIPPED for outcome in found)
        case _:
            assert_never(which)


def _aimed(probe: Probe, road: Hosts, named: Hosts) -> Probe:
    if road is None and named is None:
        return probe
    kept = tuple(
        target
        for target in probe.targets
        if not isinstance(target, Host) or (_is_within(target.name, road) and _is_within(target.name, named))
    )
    return replace(probe, targets=kept)


def _is_within(host: TargetName, hosts: Hosts) -> bool:
    return hosts is None or host in hosts
