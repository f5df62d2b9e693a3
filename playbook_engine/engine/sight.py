"""The names that an expression sees at this moment."""

from collections.abc import Iterable, Mapping

from playbook_engine.model.expressions import ExpressionError, Reference
from playbook_engine.model.fields import Fields
from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.plan import Plan
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.values import Names, RunId, TargetName, Value


def view(result: StepResult, own: TargetName | None = None) -> Fields:
    """Return a finished step as expressions see it.

    `passed` means ok on every target; `failed` means that it was tried and did not pass, for whatever reason
    (not met, error, timeout, unreachable); a skipped step is neither. On one target, or seen from a host that
    was one of the targets (`own`), the fields of its answer are there too.
    """
    bad = [target for target in result.targets if target.outcome not in (Outcome.OK, Outcome.SKIPPED)]
    fields: dict[str, Value] = {
        "outcome": result.outcome.value,
        "passed": result.outcome is Outcome.OK,
        "failed": result.outcome not in (Outcome.OK, Outcome.SKIPPED, Outcome.ABORTED),
        "skipped": result.outcome is Outcome.SKIPPED,
        "unreachable": any(target.outcome is Outcome.UNREACHABLE for target in result.targets),
        "failed_hosts": [str(target.target) for target in bad],
        "targets": Fields({str(target.target): _answer(target) for target in result.targets}),
    }
    single = _single(result, own)
    if single is not None:
        answer = _answer(single)
        return Fields({**answer, **fields}, answer.absent)
    return Fields(fields, _why_no_answer(result))


def _single(result: StepResult, own: TargetName | None) -> TargetResult | None:
    mine = [target for target in result.targets if target.target == own]
    if len(mine) == 1:
        return mine[0]
    return result.targets[0] if len(result.targets) == 1 else None


def _answer(target: TargetResult) -> Fields:
    fields: dict[str, Value] = {"outcome": target.outcome.value, "passed": target.outcome is Outcome.OK}
    if target.reply is None:
        reason = target.cause.message if target.cause else target.outcome.value
        return Fields({**fields, **target.captured}, f"{target.target} gave no answer: {reason}")
    names = target.reply.names()
    absent = names.absent if isinstance(names, Fields) else None
    return Fields({**names, **target.captured, **fields}, absent)


def _why_no_answer(result: StepResult) -> str:
    if not result.targets:
        return "the step was not carried out, so it has no answer"
    first = result.targets[0].target
    return f"it has {len(result.targets)} targets: write targets['{first}'] to say which"


class Sight:
    """Gives expressions the names they use and no others, so that looking is cheap with many results."""

    def __init__(self, plan: Plan, run: RunId, started: str, results: Mapping[str, StepResult]) -> None:
        self._plan = plan
        self._results = results
        self._run = Fields({"id": str(run), "started": started})
        self._captures = {
            name: result for result in results.values() for target in result.targets for name in target.captured
        }

    def names(self, references: Iterable[Reference], host: TargetName | None = None) -> Names:
        """Return the names that the references need; raises ExpressionError where one is ambiguous.

        Names that nobody gives are left out: the expression says so when it is evaluated.
        """
        own = self._plan.host_names.get(host, {}) if host is not None else {}
        found: dict[str, Value] = {}
        for reference in references:
            name = reference.name
            if name in found:
                continue
            if name in self._results:
                found[name] = view(self._results[name], host)
            elif name in self._captures:
                found[name] = _captured(name, self._captures[name], host, reference)
            elif name == "run":
                found[name] = self._run
            elif name in own:
                found[name] = own[name]
            elif name in self._plan.names:
                found[name] = self._plan.names[name]
        return found


def _captured(name: str, result: StepResult, host: TargetName | None, reference: Reference) -> Value:
    having = [target for target in result.targets if name in target.captured]
    mine = [target for target in having if target.target == host]
    chosen = mine or having
    if len(chosen) > 1:
        listed = ", ".join(str(target.target) for target in chosen[:3])
        message = (
            f"'{name}' has a value on each of {len(chosen)} targets ({listed} …): it is not clear which is meant"
        )
        raise ExpressionError(message, reference.span, "Use it in a step that runs on those hosts.")
    return chosen[0].captured[name]
