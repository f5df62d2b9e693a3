"""A step and the names in, one job for each target out; nothing is contacted."""

from playbook_engine.engine.sight import Sight
from playbook_engine.frozen import dataclass
from playbook_engine.model.expressions import Expression, ExpressionError, Reference
from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.plan import ActingStep, Probe
from playbook_engine.model.requests import Request
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.model.steps import Mitigate
from playbook_engine.model.targets import Host, Target
from playbook_engine.values import Names, TargetName


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One probe on one target: a request ready to be sent, or the result that stands without sending one.

    `names` is what `expect` and `capture` see besides the answer.
    """

    probe: Probe
    target: TargetName
    request: Request | None
    names: Names
    settled: TargetResult | None = None


def jobs(step: ActingStep, sight: Sight) -> tuple[Job, ...] | StepResult:
    """Return a job for each target, or the step's result when no target has anything to do."""
    made = tuple(_job(probe, target, sight) for probe in step.probes for target in probe.targets)
    if all(job.settled is not None for job in made):
        settled = tuple(job.settled for job in made if job.settled is not None)
        result = StepResult.of(settled)
        causes = {target.cause.message: target.cause for target in settled if target.cause}
        return StepResult(
            outcome=result.outcome,
            targets=settled,
            cause=next(iter(causes.values())) if len(causes) == 1 else None,
        )
    return made


def _job(probe: Probe, target: Target, sight: Sight) -> Job:
    host = target.name if isinstance(target, Host) else None
    try:
        skip = _skip(probe, sight, host)
        if skip is not None:
            return _settled(probe, target, Outcome.SKIPPED, skip)
        names = sight.names(probe.action.references, host)
        request = probe.action.request(names, target, probe.timeout)
        later = sight.names(_judging(probe), host)
    except ExpressionError as error:
        return _settled(probe, target, Outcome.ERROR, cause_of(error))
    return Job(probe=probe, target=target.name, request=request, names=later)


def cause_of(error: ExpressionError) -> Cause:
    """Return an expression's error as the cause of an outcome."""
    return Cause("expression", error.message, error.hint, error.span)


def _settled(probe: Probe, target: Target, outcome: Outcome, cause: Cause) -> Job:
    result = TargetResult(target=target.name, outcome=outcome, cause=cause, attempts=0)
    return Job(probe=probe, target=target.name, request=None, names={}, settled=result)


def _skip(probe: Probe, sight: Sight, host: TargetName | None) -> Cause | None:
    """Return why this target is left out: `when` is false, or `unless` holds already."""
    when = probe.step.when
    if when is not None and not _holds(when, sight, host):
        return Cause("when", f"when: {when.source} is false")
    unless = probe.step.unless if isinstance(probe.step, Mitigate) else None
    if unless is not None and _holds(unless, sight, host):
        return Cause("unless", f"nothing to do: {unless.source} holds already")
    return None


def _holds(expression: Expression, sight: Sight, host: TargetName | None) -> bool:
    return expression.holds(sight.names(expression.references, host))


def _judging(probe: Probe) -> tuple[Reference, ...]:
    expected = [reference for expression in probe.step.expect for reference in expression.references]
    captured = [reference for capture in probe.step.capture for reference in capture.expression.references]
    return (*expected, *captured)
