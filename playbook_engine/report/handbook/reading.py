"""A playbook with what is known of the place where it would be played."""

from collections.abc import Callable, Mapping
from dataclasses import field

from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import Action, ActionKind, Addressing, ByHand, addressing_of
from playbook_engine.model.expressions import Expression
from playbook_engine.model.inventory import Environment
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.shapes import Shape
from playbook_engine.model.steps import ActingStep
from playbook_engine.model.targets import Target
from playbook_engine.phrases.handbook import Acting
from playbook_engine.phrases.words import ENGLISH, Words
from playbook_engine.report.handbook import markdown
from playbook_engine.report.handbook.numbers import Numbers
from playbook_engine.report.handbook.speech import Speech
from playbook_engine.values import Names, TargetName, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an action is carried out, the names whose values are the same on all of these targets, and the others."""

    names: Names
    differing: Mapping[str, Mapping[TargetName, Value]] = field(default_factory=dict)
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that a document is made from; `environment` is None when no inventory was named."""

    playbook: Playbook
    kinds: Mapping[str, ActionKind]
    shape_of: Callable[[str], Shape]
    place: Callable[[ActingStep, Action], Place]
    """Where an action of a step, its undo included, is carried out."""
    names: Names
    """What is known everywhere; secrets are there by name only."""
    never: Callable[[Expression], bool] = lambda _: False
    """Whether a condition is false in this environment whatever happens; then its step is named and left out."""
    environment: Environment | None = None
    words: Words = ENGLISH

    @property
    def speech(self) -> Speech:
        return Speech(Numbers.of(self.playbook), markdown.code, self.words)

    def condition(self, expression: Expression, kind: str | None = None) -> str:
        """Return a condition for a reader: in words where there are any, and as it is written.

        `kind` is the action whose answer the condition is about.
        """
        own = self.kinds[kind].fields if kind else ()
        said = self.speech.sentence(self.shape_of(expression.source), own=own)
        written = markdown.code(expression.source)
        return self.words(Acting.CONDITION, words=said, written=written) if said else written

    def by_hand(self, step: ActingStep, action: Action) -> ByHand:
        """Return how a person does an action in its place."""
        place = self.place(step, action)
        return action.by_hand(place.names, place.targets[0] if place.targets else None)

    def addressing(self, step: ActingStep, action: Action) -> Addressing:
        """Return what kind of place an action is carried out in; `hosts` sends one from here to each of them."""
        found = addressing_of(action, self.kinds)
        return Addressing.HOSTS if step.hosts is not None and found is Addressing.CONTROL else found
