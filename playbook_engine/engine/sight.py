"""The names that an expression sees at this moment."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from playbook_engine.model.expressions import ExpressionError, Reference
from playbook_engine.model.fields import Fields
from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.plan import Made, Plan
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.values import Names, RunId, TargetName, Value

FINE = (Outcome.OK, Outcome.SKIPPED)

Captured = Mapping[TargetName, tuple[TargetName, Value]]
"""The values of one captured name: by target or turn, with the target that it comes from."""


class Seen:
    """A finished step as expressions see it.

    `passed` means ok on every target; `failed` means that it was tried and did not pass, for whatever reason
    (not met, error, timeout, unreachable); a skipped step is neither. On one target, or seen from a host that
    was one of the targets, the fields of its answer are there too.

    What all targets have in common is worked out once: a step on a thousand hosts is looked at a thousand times.
    """

    def __init__(self, result: StepResult) -> None:
        self._result = result
        self._own: dict[str, TargetResult] = {str(target.target): target for target in result.targets}

    def of(self, own: TargetName | None = None) -> Fields:
        """Return the fields, seen from a host or from nowhere in particular."""
        single = self._single(own)
        if single is None:
            return Fields(self._common, self._why_no_answer, ambiguous=len(self._result.targets) > 1)
        answer = _answer(single)
        return Fields({**answer, **self._common}, answer.absent)

    @cached_property
    def _common(self) -> dict[str, Value]:
        result = self._result
        return {
            "outcome": result.outcome.value,
            "passed": result.outcome is Outcome.OK,
            "failed": result.outcome not in (*FINE, Outcome.ABORTED),
            "skipped": result.outcome is Outcome.SKIPPED,
            "unreachable": any(target.outcome is Outcome.UNREACHABLE for target in result.targets),
            "failed_hosts": list(
                dict.fromkeys(str(target.place) for target in result.targets if target.outcome not in FINE)
            ),
            "targets": Answers(self._own),
        }

    @cached_property
    def _why_no_answer(self) -> str:
        if not self._result.targets:
            return "the step was not carried out, so it has no answer"
        first = self._result.targets[0]
        many = f"{len(self._result.targets)} {'targets' if first.on is None else 'turns'}"
        return f"it has {many}: write targets['{first.target}'] to say which"

    def _single(self, own: TargetName | None) -> TargetResult | None:
        """Return the one target that is meant; several probes of one target are several answers."""
        targets = self._result.targets
        if own is not None and own in self._own and len(self._own) == len(targets):
            return self._own[own]
        if len(targets) == 1:
            return targets[0]
        turns = self._turns.get(own, ()) if own is not None else ()
        return turns[0] if len(turns) == 1 else None

    @cached_property
    def _turns(self) -> Mapping[str, list[TargetResult]]:
        """Return the turns of a loop by the target that they were carried out on."""
        found: dict[str, list[TargetResult]] = {}
        for target in self._result.targets:
            if target.on is not None:
                found.setdefault(str(target.on), []).append(target)
        return found


class Answers(Mapping[str, Value]):
    """The answers of a step's targets, by name; each is unfolded when it is looked at."""

    def __init__(self, results: Mapping[str, TargetResult]) -> None:
        self._results = results

    def __getitem__(self, name: str) -> Value:
        return _answer(self._results[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._results)

    def __len__(self) -> int:
        return len(self._results)


def _answer(target: TargetResult) -> Fields:
    fields: dict[str, Value] = {"outcome": target.outcome.value, "passed": target.outcome is Outcome.OK}
    if target.reply is None:
        reason = target.cause.message if target.cause else target.outcome.value
        return Fields({**fields, **target.captured}, f"{target.target} gave no answer: {reason}")
    names = target.reply.names()
    absent = names.absent if isinstance(names, Fields) else None
    return Fields({**names, **target.captured, **fields}, absent)


class Sight:
    """Gives expressions the names they use and no others, so that looking is cheap with many results."""

    def __init__(self, plan: Plan, run: RunId, started: str, results: Mapping[str, StepResult]) -> None:
        self._plan = plan
        self._run = Fields({"id": str(run), "started": started})
        self._results = results
        self._seen: dict[str, Seen] = {}

    @cached_property
    def _captures(self) -> Mapping[str, Captured]:
        found: dict[str, dict[TargetName, tuple[TargetName, Value]]] = {}
        for result in self._results.values():
            for target in result.targets:
                for name, value in target.captured.items():
                    found.setdefault(name, {})[target.target] = (target.place, value)
        return found

    def made(self, step: str, target: TargetName) -> Made | None:
        """Return what an earlier run did on a target in the step of that id or title."""
        return self._plan.made.get((step, target))

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
                found[name] = self._of(name, host)
            elif name in self._captures:
                found[name] = _captured(self._captures[name], host, reference)
            elif name == "run":
                found[name] = self._run
            elif name in own:
                found[name] = own[name]
            elif name in self._plan.names:
                found[name] = self._plan.names[name]
        return found

    def _of(self, name: str, host: TargetName | None) -> Fields:
        seen = self._seen.get(name)
        if seen is None:
            seen = self._seen[name] = Seen(self._results[name])
        return seen.of(host)


def _captured(values: Captured, host: TargetName | None, reference: Reference) -> Value:
    if host is not None and host in values:
        return values[host][1]
    if len(values) == 1:
        return next(iter(values.values()))[1]
    own = [value for place, value in values.values() if place == host]
    if len(own) == 1:
        return own[0]
    listed = ", ".join(list(values)[:3])
    message = f"'{reference.name}' has a value on each of {len(values)} targets ({listed} …); which is meant?"
    raise ExpressionError(message, reference.span, "Use it in a step that runs on those hosts.")
