"""The names that an expression sees at this moment."""

from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cached_property

from playbook_engine.frozen import dataclass
from playbook_engine.model.expressions import ExpressionError, Reference
from playbook_engine.model.fields import Fields
from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.plan import Made
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.values import Names, RunId, TargetName, Value

FINE = (Outcome.OK, Outcome.SKIPPED)

Captured = Mapping[TargetName, tuple[TargetName, Value]]
"""The values of one captured name: by target or turn, with the target that it comes from."""


class Seen:
    """A finished step as expressions see it.

    `passed` means ok on every target; `failed` means that it was tried and did not pass, for whatever reason
    (not met, error, timeout, unreachable); a skipped step is neither. Seen from a host that was one of the targets,
    all of it is that host's own. On one target, its answer's fields are there too.

    What all targets have in common is worked out once: a step on a thousand hosts is looked at a thousand times.
    """

    def __init__(self, result: StepResult) -> None:
        self._result = result
        self._own: dict[TargetName, list[TargetResult]] = {}
        for target in result.targets:
            self._own.setdefault(target.place, []).append(target)

    def of(self, own: TargetName | None = None) -> Fields:
        """Return the fields, seen from a host or from nowhere in particular."""
        if own is not None and own in self._own and len(self._result.targets) > 1:
            return self._from(self._own[own])
        targets = self._result.targets
        if len(targets) == 1:
            answer = _answer(targets[0])
            return Fields({**answer, **self._common}, answer.absent)
        return Fields(self._common, self._why_no_answer, ambiguous=len(targets) > 1)

    def elsewhere(self, host: TargetName) -> Fields:
        """Return the fields for a host on which the step was not carried out: neither passed nor failed there."""
        result = StepResult(outcome=Outcome.SKIPPED)
        return Fields({**_summed(result), **self._all}, f"it was not carried out on {host}")

    def is_on(self, hosts: Container[TargetName]) -> bool:
        """Return whether the targets are hosts, and not a cluster or this machine."""
        return bool(self._own) and all(place in hosts for place in self._own)

    def has(self, host: TargetName) -> bool:
        """Return whether a host was one of the targets."""
        return host in self._own

    def _from(self, own: list[TargetResult]) -> Fields:
        """Return the fields as one of several targets sees them; several probes of it are several answers."""
        summed = {**_summed(StepResult.of(tuple(own))), **self._all}
        if len(own) > 1:
            return Fields(summed, self._why_no_answer, ambiguous=True)
        answer = _answer(own[0])
        return Fields({**answer, **summed}, answer.absent)

    @cached_property
    def _common(self) -> dict[str, Value]:
        return {**_summed(self._result), **self._all}

    @cached_property
    def _all(self) -> dict[str, Value]:
        """Return what is the same from wherever it is seen."""
        failed = (target.place for target in self._result.targets if target.outcome not in FINE)
        by_name = {str(target.target): target for target in self._result.targets}
        return {"failed_hosts": [str(name) for name in dict.fromkeys(failed)], "targets": Answers(by_name)}

    @cached_property
    def _why_no_answer(self) -> str:
        if not self._result.targets:
            return "the step was not carried out, so it has no answer"
        first = self._result.targets[0]
        many = f"{len(self._result.targets)} {'targets' if first.on is None else 'turns'}"
        return f"it has {many}: write targets['{first.target}'] to say which"


def _summed(result: StepResult) -> dict[str, Value]:
    return {
        "outcome": result.outcome.value,
        "passed": result.outcome is Outcome.OK,
        "failed": result.outcome not in (*FINE, Outcome.ABORTED),
        "skipped": result.outcome is Outcome.SKIPPED,
        "unreachable": any(target.outcome is Outcome.UNREACHABLE for target in result.targets),
    }


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


@dataclass(frozen=True, slots=True)
class Known:
    """What a playbook's steps see before anything has happened, everywhere and in addition on each host."""

    playbook: str
    names: Names
    host_names: Mapping[TargetName, Names]
    made: Mapping[tuple[str, str, TargetName], Made]


class Sight:
    """Gives expressions the names they use and no others, so that looking is cheap with many results."""

    def __init__(self, known: Known, run: RunId, started: str, results: Mapping[str, StepResult]) -> None:
        self._known = known
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
        """Return what an earlier run did on a target in this playbook's step of that id or title."""
        return self._known.made.get((self._known.playbook, step, target))

    def names(
        self, references: Iterable[Reference], host: TargetName | None = None, *, strictly: bool = False
    ) -> Names:
        """Return the names that the references need; raises ExpressionError where one is ambiguous.

        Seen `strictly` from a host, a step that was carried out on other hosts only is neither passed nor failed.
        Names that nobody gives are left out: the expression says so when it is evaluated.
        """
        own = self._known.host_names.get(host, {}) if host is not None else {}
        found: dict[str, Value] = {}
        for reference in references:
            name = reference.name
            if name in found:
                continue
            if name in self._results:
                found[name] = self._of(name, host, strictly=strictly)
            elif name in self._captures:
                found[name] = _captured(self._captures[name], host, reference)
            elif name == "run":
                found[name] = self._run
            elif name in own:
                found[name] = own[name]
            elif name in self._known.names:
                found[name] = self._known.names[name]
        return found

    def _of(self, name: str, host: TargetName | None, *, strictly: bool) -> Fields:
        seen = self._seen.get(name)
        if seen is None:
            seen = self._seen[name] = Seen(self._results[name])
        if host is not None and strictly and not seen.has(host) and seen.is_on(self._known.host_names):
            return seen.elsewhere(host)
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
