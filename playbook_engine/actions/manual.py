"""The `manual` action: an instruction for the person at the terminal, and the answers they can give.

    manual: Look at the power supply of {{ rack }}. Is its light green?

    manual:
      instruction: Ask the provider's support whether they see an outage
      options: [yes, no, no answer]

Without `expect`, the answers `done` and `yes` are good and every other is not.
"""

from dataclasses import replace
from functools import partial

from playbook_engine.actions.nodes import all_read, describe, known_fields, one_line, text_of
from playbook_engine.actions.pasting import spoken
from playbook_engine.diagnostics import Problems, Span
from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import ActionKind, Addressing, ByHand, Effect, Success
from playbook_engine.model.document import Mapping, Node, Sequence
from playbook_engine.model.expressions import Compiler, Reference, Template
from playbook_engine.model.requests import ManualRequest
from playbook_engine.model.targets import Person, Target
from playbook_engine.model.translations import Hand, shown_text
from playbook_engine.phrases import actions as phrases
from playbook_engine.values import Duration, Names

DEFAULT_OPTIONS = ("done", "failed")
_TIMEOUT = Duration(15 * 60_000)
_SUCCESS = Success(words=phrases.Success.ANSWER)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualAction:
    """Something that only a person can do or see."""

    span: Span
    instruction: Template
    options: tuple[str, ...] = DEFAULT_OPTIONS
    meanings: tuple[str, ...] = ()
    """What the options mean in the reader's language; an answer is always one of `options`."""

    @property
    def kind(self) -> str:
        return "manual"

    @property
    def effect(self) -> Effect:
        return Effect.UNKNOWN

    @property
    def may_only_read(self) -> bool:
        return True

    @property
    def effect_reason(self) -> str:
        return "what a person does"

    @property
    def default_timeout(self) -> Duration:
        return _TIMEOUT

    @property
    def references(self) -> tuple[Reference, ...]:
        return self.instruction.references

    @property
    def source(self) -> str:
        text = one_line(self.instruction.source)
        return text if self.options == DEFAULT_OPTIONS else f"{text} [{' / '.join(self.options)}]"

    def request(self, names: Names, target: Target, timeout: Duration) -> ManualRequest:
        """Render the instruction, secrets masked; with `hosts` the person is asked once for each host."""
        person = target if isinstance(target, Person) else Person(name=target.name)
        instruction, shown = self.instruction.text(names), shown_text(self.instruction, names)
        return ManualRequest(
            target=person,
            instruction=str(instruction),
            options=self.options,
            timeout=timeout,
            shown=None if shown is None else str(shown),
        )

    def by_hand(self, names: Names, target: Target | None) -> ByHand:
        """Return the instruction: it is for a person anyway."""
        del target
        return ByHand(
            instruction=spoken(self.instruction.draft(names)),
            answers=self.options,
            meanings=self.meanings,
            success=_SUCCESS,
        )

    def handed(self, hand: Hand) -> "ManualAction":
        """Return the action with instruction and answers gone through; the usual answers are not the author's."""
        instruction = hand.template(self.instruction)
        shown = () if self.options == DEFAULT_OPTIONS else tuple(map(hand.text, self.options))
        return replace(self, instruction=instruction, meanings=() if shown == self.options else shown)


def _read(node: Node, compiler: Compiler, problems: Problems) -> ManualAction | None:
    if not isinstance(node, Mapping):
        return _action(node, node.span, DEFAULT_OPTIONS, compiler, problems)
    known_fields(node, ("instruction", "options"), "manual", problems)
    options = node.get("options")
    answers = DEFAULT_OPTIONS if options is None else _options(options, problems)
    instruction = node.get("instruction")
    if instruction is None:
        problems.error("missing-key", "manual needs 'instruction'", node.span)
        return None
    return _action(instruction, node.span, answers, compiler, problems)


def _action(
    node: Node, span: Span, options: tuple[str, ...] | None, compiler: Compiler, problems: Problems
) -> ManualAction | None:
    scalar = text_of(node, "an instruction", problems)
    template = compiler.template(scalar) if scalar else None
    return ManualAction(span=span, instruction=template, options=options) if template and options else None


def _options(node: Node, problems: Problems) -> tuple[str, ...] | None:
    if not isinstance(node, Sequence) or not node.items:
        found = "an empty list" if isinstance(node, Sequence) else describe(node)
        problems.error("wrong-type", f"expected a list of answers, found {found}", node.span)
        return None
    answers = all_read(node.items, partial(_answer, problems=problems))
    for place, answer in enumerate(answers or ()):
        if answers and answer in answers[:place]:
            problems.error("duplicate-value", f"the answer '{answer}' is offered twice", node.items[place].span)
            return None
    return answers


def _answer(node: Node, problems: Problems) -> str | None:
    scalar = text_of(node, "an answer as text", problems)
    return scalar.text.strip() if scalar else None


MANUAL = ActionKind("manual", Addressing.PERSON, _read, fields=("answer", "by", "note", "duration"))
