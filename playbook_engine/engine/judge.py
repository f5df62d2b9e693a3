"""An answer and its expectations in, an outcome out.

| answer | the step changes something | outcome |
|---|---|---|
| reply, expectations hold | any | ok |
| reply, one does not hold | any | failed |
| reply, one cannot be evaluated | any | error |
| fault: timeout | no | timeout |
| fault: timeout | yes, and it may still run | indeterminate |
| fault: timeout | yes, and its end was confirmed | timeout |
| fault: lost | no | unreachable |
| fault: lost, begun | yes | indeterminate |
| fault: unreachable, auth, host key | any | unreachable |
| fault: error, begun | yes | indeterminate |
| fault: error, otherwise | any | error |
| fault: refused | any | error |
"""

from collections.abc import Mapping
from typing import assert_never

from playbook_engine.engine.prepare import Job, cause_of
from playbook_engine.model.expressions import Expression, ExpressionError
from playbook_engine.model.fields import Fields
from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.replies import Answer, Fault, FaultKind, Reply
from playbook_engine.model.results import TargetResult
from playbook_engine.model.steps import Capture, Mitigate
from playbook_engine.values import Names, Value

_NOTHING: Mapping[str, Value] = {}

MAX_CAPTURED = 64 * 1024
"""Characters of a captured text; what is longer belongs into the record as output, not into a name."""


def judge(job: Job, answer: Answer, attempt: int = 1) -> TargetResult:
    """Return how a target ended."""
    if isinstance(answer, Fault):
        return _fault(job, answer, attempt)
    names = _with_answer(job.names, answer)
    outcome, captured = Outcome.OK, _NOTHING
    try:
        cause = _expectation(job, answer, names)
        if cause is not None:
            outcome = Outcome.FAILED
        elif job.probe.step.capture:
            captured = _capture(job.probe.step.capture, names)
    except ExpressionError as error:
        outcome, cause = Outcome.ERROR, cause_of(error)
    return job.result(outcome, cause, reply=answer, captured=captured, attempts=attempt, begun=True)


def _with_answer(names: Names, answer: Reply) -> Names:
    fields = answer.names()
    absent = fields.absent if isinstance(fields, Fields) else None
    return Fields({**names, **fields}, absent)


def _expectation(job: Job, answer: Reply, names: Names) -> Cause | None:
    """Return the first expectation that does not hold; without any, the action's own rule counts."""
    if not job.probe.step.expect:
        wrong = answer.default_expectation()
        return None if wrong is None else Cause("expect", wrong)
    failing = next((each for each in job.probe.step.expect if not each.holds(names)), None)
    return None if failing is None else Cause("expect", failing.trace(names), span=failing.span)


def _capture(captures: tuple[Capture, ...], names: Names) -> Mapping[str, Value]:
    return {capture.name: _bounded(capture.expression, names) for capture in captures}


def _bounded(expression: Expression, names: Names) -> Value:
    value = expression.evaluate(names)
    if value is None:
        raise ExpressionError(f"{expression.source} has no value to capture", expression.span)
    if isinstance(value, str) and len(value) > MAX_CAPTURED:
        message = f"{expression.source} is {len(value)} characters long; at most {MAX_CAPTURED} can be captured"
        raise ExpressionError(message, expression.span, "Capture a part of it.")
    return value


def _fault(job: Job, fault: Fault, attempt: int) -> TargetResult:
    changes = isinstance(job.probe.step, Mitigate)
    outcome = fault_outcome(fault, changes=changes)
    kind = fault.kind.value if outcome is not Outcome.INDETERMINATE else "lost"
    message = fault.message
    if outcome is Outcome.INDETERMINATE:
        message += "; it had begun, and nobody knows how it ended"
    return job.result(outcome, Cause(kind, message, fault.hint), attempts=attempt, begun=fault.begun)


def fault_outcome(fault: Fault, *, changes: bool) -> Outcome:
    """Return the outcome of a fault, by the table above."""
    match fault.kind:
        case FaultKind.TIMEOUT:
            unknown = changes and fault.begun and fault.may_live
            return Outcome.INDETERMINATE if unknown else Outcome.TIMEOUT
        case FaultKind.LOST:
            return Outcome.INDETERMINATE if changes and fault.begun else Outcome.UNREACHABLE
        case FaultKind.ERROR:
            # A server that failed half-way, an answer that cannot be read: the change may have been made.
            return Outcome.INDETERMINATE if changes and fault.begun else Outcome.ERROR
        case FaultKind.UNREACHABLE | FaultKind.AUTH | FaultKind.HOST_KEY:
            return Outcome.UNREACHABLE
        case FaultKind.REFUSED:
            return Outcome.ERROR
        case _:
            assert_never(fault.kind)
