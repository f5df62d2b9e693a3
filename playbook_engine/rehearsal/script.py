"""Which answer is next: by step or by action, by target, in turn and over time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from playbook_engine.model.errands import Errand, Purpose
from playbook_engine.model.rehearsal import Answered, ScriptedAnswer, TargetAnswers
from playbook_engine.model.requests import Request
from playbook_engine.rehearsal.keys import ActionKey, StepKey, parse
from playbook_engine.values import StepPath, TargetName


@dataclass(slots=True)
class _Turns:
    """Which answer of a list a target is at, and since when (None: it has not been asked since)."""

    at: int = 0
    since_ms: int | None = None


@dataclass(slots=True)
class Script:
    """The answers of one scenario. `used` holds those that were given: each is an object of its own."""

    by_step: Mapping[StepKey, Answered]
    by_action: Sequence[tuple[ActionKey, Answered]]
    names: Mapping[StepPath, str]
    used: dict[int, ScriptedAnswer] = field(default_factory=dict)
    _turns: dict[tuple[int, TargetName], _Turns] = field(default_factory=dict)

    @classmethod
    def of(cls, shared: Sequence[Answered], own: Sequence[Answered], names: Mapping[StepPath, str]) -> "Script":
        """Return the script of a scenario; its own answers win over those that scenarios share."""
        by_step: dict[StepKey, Answered] = {}
        by_action: list[tuple[ActionKey, Answered]] = []
        known = frozenset(names.values())
        for answered in effective(shared, own):
            key = parse(answered.key.text, known)
            if isinstance(key, StepKey):
                by_step[key] = answered
            elif isinstance(key, ActionKey):
                by_action.append((key, answered))
        return cls(by_step, by_action, names)

    def next(self, request: Request, errand: Errand, kind: str, now_ms: int) -> ScriptedAnswer | None:
        """Return the answer to a request, which is used then; None when there is none."""
        found = self._answers(errand, kind, request)
        if found is None:
            return None
        turns = self._turns.setdefault((id(found), errand.target), _Turns())
        answer = _passed(found.answers, turns, now_ms)
        if answer.lasts is None and turns.at < len(found.answers) - 1:
            turns.at, turns.since_ms = turns.at + 1, None
        self.used[id(answer)] = answer
        return answer

    def ahead(self, errand: Errand, kind: str) -> ScriptedAnswer | None:
        """Return the answer that a step's own request will get from a target, without using it."""
        found = self._answers(errand, kind, None)
        turns = None if found is None else self._turns.get((id(found), errand.target))
        return None if found is None else found.answers[turns.at if turns is not None else 0]

    def _answers(self, errand: Errand, kind: str, request: Request | None) -> TargetAnswers | None:
        name = self.names.get(errand.path)
        by_step = None if name is None else self.by_step.get(StepKey(name, errand.purpose is Purpose.UNDO))
        if by_step is not None:
            return of_target(by_step, errand)
        summary = request.summary() if request is not None and self.by_action else ""
        for key, answered in self.by_action if request is not None else ():
            found = of_target(answered, errand) if key.fits(kind, summary) else None
            if found is not None:
                return found
        return None


def effective(shared: Sequence[Answered], own: Sequence[Answered]) -> Iterator[Answered]:
    """Yield the answers that count in a scenario: its own, then those of the file that it does not replace."""
    yield from own
    replaced = {answered.key.text for answered in own}
    yield from (answered for answered in shared if answered.key.text not in replaced)


def of_target(answered: Answered, errand: Errand) -> TargetAnswers | None:
    """Return the answers of a target, or of a turn on it; None when it has none."""
    first = answered.by_target[0] if answered.by_target else None
    if first is None or first.target is None:
        return first
    named = {each.target.text: each for each in answered.by_target if each.target is not None}
    return named.get(str(errand.target)) or named.get(str(errand.place))


def _passed(answers: Sequence[ScriptedAnswer], turns: _Turns, now_ms: int) -> ScriptedAnswer:
    """Return the answer of a moment: those whose time is over are left behind."""
    turns.since_ms = now_ms if turns.since_ms is None else turns.since_ms
    answer = answers[turns.at]
    while answer.lasts is not None and turns.at < len(answers) - 1 and now_ms - turns.since_ms >= answer.lasts.ms:
        turns.at, turns.since_ms = turns.at + 1, turns.since_ms + answer.lasts.ms
        answer = answers[turns.at]
    return answer
