"""A rehearsal against the playbooks and the inventory that it is for: names that nothing has, where they stand."""

import re
from collections.abc import Iterable, Iterator, Sequence

from playbook_engine.diagnostics import Problems, Span, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.model.inventory import Inventory
from playbook_engine.model.rehearsal import (
    ANSWER_FIELDS,
    ANY_ANSWER,
    ROADS,
    Answered,
    Expected,
    Rehearsal,
    Scenario,
    ScriptedAnswer,
    Word,
)
from playbook_engine.model.steps import (
    AutoUndo,
    Branch,
    Check,
    Escalate,
    Irreversible,
    Mitigate,
    Step,
    Verify,
    verb_of,
)
from playbook_engine.model.targets import Control, Person
from playbook_engine.rehearsal.keys import ActionKey, StepKey, parse
from playbook_engine.rehearsal.naming import UNDO, Part

_TURN = re.compile(r"([^\[]+)\[.+\]", re.DOTALL)
_LISTED = 12
"""Names that a hint lists before it gives up."""


def check(rehearsal: Rehearsal, parts: Sequence[Part], inventory: Inventory, problems: Problems) -> None:
    """Report every name in a rehearsal that nothing has, and every answer that its step cannot be given."""
    checker = _Checker(parts, inventory, problems)
    checker.setting(rehearsal.setting.hosts)
    checker.answers(rehearsal.answers)
    for scenario in rehearsal.scenarios:
        checker.scenario(scenario)


@dataclass(frozen=True)
class _Steps:
    """Steps by name; a title may be that of several."""

    parts: Sequence[Part]

    def of(self, name: str) -> tuple[Step, ...]:
        return tuple(part.step for part in self.parts if part.name == name)

    def names(self, *kinds: type[Step]) -> tuple[str, ...]:
        found = (part.name for part in self.parts if not kinds or isinstance(part.step, kinds))
        return tuple(dict.fromkeys(found))


class _Checker:
    """What there is to speak of, and where the problems go."""

    def __init__(self, parts: Sequence[Part], inventory: Inventory, problems: Problems) -> None:
        self._steps = _Steps(parts)
        self._problems = problems
        self._told = {(d.span.line, d.span.column) for d in problems.sorted() if d.span is not None}
        self._hosts = tuple(str(host.name) for host in inventory.hosts)
        clusters = (str(cluster.name) for cluster in inventory.environment.clusters)
        self._targets = (*self._hosts, *clusters, str(Control().name), str(Person().name))
        self._contacts = tuple(contact.name for contact in inventory.environment.contacts)

    def _error(self, code: str, message: str, span: Span, hint: str | None = None) -> None:
        """Report a problem, unless something was said of the place before."""
        if (span.line, span.column) not in self._told:
            self._problems.error(code, message, span, hint)

    def setting(self, hosts: Iterable[tuple[Word, object]]) -> None:
        """Check the hosts that variables are given to."""
        for word, _ in hosts:
            self._known(word, self._hosts, "unknown-host", "the inventory has no host")

    def scenario(self, scenario: Scenario) -> None:
        """Check all names in a scenario."""
        self.setting(scenario.setting.hosts)
        self.answers(scenario.answers)
        mitigations = self._steps.names(Mitigate)
        for word, _ in scenario.approvals.by_step:
            self._known(word, mitigations, "unknown-step", "there is no mitigation")
        for word in scenario.cannot_be_told:
            self._contact(word)
        self._expected(scenario.expected)

    def answers(self, answers: Sequence[Answered]) -> None:
        """Check what is answered, and the fields of each answer."""
        names = self._steps.names()
        for answered in answers:
            match parse(answered.key.text, names):
                case StepKey(name, undo):
                    self._of_step(answered, name, undo=undo)
                case ActionKey(kind, _):
                    self._fields(answered, (kind,))
                case None:
                    self._unknown_key(answered.key, names)
            for each in answered.by_target:
                if each.target is not None:
                    self._target(each.target)

    def _unknown_key(self, word: Word, names: Sequence[str]) -> None:
        asked = [name for name in names if any(_asks(step) for step in self._steps.of(name))]
        undo = [f"{name}{UNDO}" for name in self._steps.names(Mitigate)]
        near = did_you_mean(word.text, [*asked, *undo])
        hint = near or f"{_listed('Steps', asked)} For an action write its kind and a pattern: 'ssh: tail *'."
        self._error("unknown-step", f"there is no step '{word.text}'", word.span, hint)

    def _of_step(self, answered: Answered, name: str, *, undo: bool) -> None:
        kinds = [kind for step in self._steps.of(name) if (kind := _kind(step, undo=undo)) is not None]
        if kinds:
            self._fields(answered, tuple(dict.fromkeys(kinds)))
            return
        message, hint = _why_no_answer(self._steps.of(name)[0], undo=undo)
        self._error("no-answer", message, answered.key.span, hint)

    def _fields(self, answered: Answered, kinds: tuple[str, ...]) -> None:
        allowed = tuple(dict.fromkeys(name for kind in kinds for name in ANSWER_FIELDS[kind]))
        for answer in (answer for each in answered.by_target for answer in each.answers):
            self._fields_of(answer, allowed, kinds[0])

    def _fields_of(self, answer: ScriptedAnswer, allowed: tuple[str, ...], kind: str) -> None:
        for field in answer.fields:
            if field.name not in (*allowed, *ANY_ANSWER):
                message = f"'{field.name}' is not a field of an answer of {kind}"
                near = did_you_mean(field.name, allowed)
                hint = near or f"It can have {', '.join((*allowed, 'duration'))}, or a fault."
                self._error("unknown-key", message, field.span, hint)

    def _target(self, word: Word) -> None:
        turn = _TURN.fullmatch(word.text)
        place = Word(turn[1], word.span) if turn else word
        self._known(place, self._targets, "unknown-target", "there is no target")

    def _contact(self, word: Word) -> None:
        self._known(word, self._contacts, "unknown-contact", "the environment has no contact")

    def _known(self, word: Word, known: Sequence[str], code: str, message: str) -> None:
        if word.text not in known:
            hint = did_you_mean(word.text, known) or (_listed("There are", known) if known else None)
            self._error(code, f"{message} '{word.text}'", word.span, hint)

    def _expected(self, expected: Expected) -> None:
        for entry in expected.path or ():
            self._path_name(entry.name)
            self._ended(entry.name, entry.ended)
            if not isinstance(entry.ended, str):
                for target, _ in entry.ended:
                    self._target(target)
        mitigations = self._steps.names(Mitigate)
        for word, targets in expected.changed or ():
            self._known(word, mitigations, "unknown-step", "there is no mitigation")
            for target in targets:
                self._target(target)
        for word in expected.undone or ():
            self._known(word, mitigations, "unknown-step", "there is no mitigation")
        for word in (*(expected.told or ()), *(expected.not_told or ())):
            self._contact(word)
        captures = tuple(self._captures())
        for word, _ in expected.captured:
            self._known(word, captures, "unknown-capture", "there is no captured value")

    def _captures(self) -> Iterator[str]:
        for part in self._steps.parts:
            if isinstance(part.step, Check | Mitigate | Verify):
                yield from (f"{part.name}.{capture.name}" for capture in part.step.capture)

    def _path_name(self, word: Word) -> None:
        before = word.text.removesuffix(UNDO)
        if not self._steps.of(word.text) and not (before != word.text and self._steps.of(before)):
            names = self._steps.names()
            hint = did_you_mean(word.text, names) or _listed("Steps", names)
            self._error("unknown-step", f"there is no step '{word.text}'", word.span, hint)

    def _ended(self, name: Word, ended: object) -> None:
        """Report a branch that ends like a step, and a step that ends like a branch."""
        steps = self._steps.of(name.text)
        if not steps or not isinstance(ended, str) or not ended:
            return
        branch = all(isinstance(step, Branch) for step in steps)
        if ROADS.fullmatch(ended) and not branch:
            message = f"'{name.text}' is no branch, so it does not end with '{ended}'"
            self._error("wrong-value", message, name.span, "Write how it ended: ok, failed …")
        elif ROADS.fullmatch(ended):
            self._roads(name, ended, steps)

    def _roads(self, name: Word, ended: str, steps: Sequence[Step]) -> None:
        most = max(len(step.cases) for step in steps if isinstance(step, Branch))
        known = [*(f"case {number}" for number in range(1, most + 1)), "else"]
        for road in ended.split(", "):
            if road not in known:
                message = f"the branch '{name.text}' has no '{road}'"
                self._error("wrong-value", message, name.span, f"It has: {', '.join(known)}.")


def _asks(step: Step) -> bool:
    return _kind(step, undo=False) is not None


def _kind(step: Step, *, undo: bool) -> str | None:
    """Return the kind of action that a step, or its undo, asks; None when it asks nothing."""
    match step:
        case Mitigate() if undo:
            way_back = step.undo
            if isinstance(way_back, Irreversible):
                return None
            return step.action.kind if isinstance(way_back, AutoUndo) else way_back.kind
        case Check() | Mitigate() if not undo:
            return step.action.kind
        case Verify() if step.action is not None and not undo:
            return step.action.kind
        case _:
            return None


def _why_no_answer(step: Step, *, undo: bool) -> tuple[str, str]:
    if undo:
        if isinstance(step, Mitigate):
            return f"'{step.title}' is irreversible, so there is no undo to answer", "Take it out."
        return f"'{step.title}' is a {verb_of(step)}: there is nothing to undo", "Take it out."
    if isinstance(step, Verify):
        hint = "Answer the health checks under their own names: a list is given in turn."
        return f"'{step.title}' repeats the health checks and asks nothing of its own", hint
    if isinstance(step, Escalate):
        return f"'{step.title}' tells somebody and waits for no answer", "Say who takes it with 'ack'."
    return f"'{step.title}' is a branch and asks nothing", "Answer the steps that it decides by."


def _listed(what: str, names: Sequence[str]) -> str:
    more = ", …" if len(names) > _LISTED else ""
    return f"{what}: {', '.join(names[:_LISTED])}{more}."
