"""A playbook's prose in another language: the texts as they are written, and what they are called there.

A playbook stays in the language that it is written in. Its record keeps that language; who reads along sees another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Protocol, runtime_checkable

from playbook_engine.diagnostics import Source, Span
from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import Action
from playbook_engine.model.document import Scalar
from playbook_engine.model.expressions import Reference, Template
from playbook_engine.phrases.recorded import recognised
from playbook_engine.phrases.screen import Outcomes
from playbook_engine.phrases.words import ENGLISH, Words
from playbook_engine.values import Names, ShellText, Text, Value


def essence(text: str) -> str:
    """Return a text without what does not matter when it is looked for: line breaks, repeated blanks."""
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Rendering:
    """A text as it is written in the playbook, and its translation."""

    written: Scalar
    translated: Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """A translation file as its author meant it; `renderings` are found by the essence of the written text."""

    source: Source
    playbook: str
    playbook_span: Span
    language: str
    language_span: Span
    texts_span: Span
    renderings: Mapping[str, Rendering]


class Hand(Protocol):
    """Goes through a playbook's prose, and may put something else in its place."""

    def text(self, written: str) -> str:
        """Return what stands in the place of a text."""
        ...

    def template(self, written: Template) -> Template:
        """Return what stands in the place of a text with values in it."""
        ...


@runtime_checkable
class Prosaic(Protocol):
    """An action that says something to people."""

    def handed(self, hand: Hand) -> Action:
        """Return the action with its prose gone through."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The prose of playbooks in one language, by the essence of what is written; what is missing stays as written."""

    plain: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, Template] = field(default_factory=dict)

    def text(self, written: str) -> str:
        """Return a text for a reader."""
        return self.plain.get(essence(written), written)

    def template(self, written: Template) -> Template:
        """Return a text with values in it for a reader."""
        return self.templates.get(essence(written.source), written)

    @classmethod
    def together(cls, several: Iterable["Texts"]) -> "Texts":
        """Return the texts of several playbooks; what two of them say differently is said as in the first."""
        plain: dict[str, str] = {}
        templates: dict[str, Template] = {}
        for texts in several:
            plain = {**texts.plain, **plain}
            templates = {**texts.templates, **templates}
        return cls(plain=plain, templates=templates)


AS_WRITTEN = Texts()
"""Nothing is translated."""


@dataclass(frozen=True, slots=True)
class Reader:
    """In which language somebody reads along: runbook's own words, and the playbooks' texts."""

    words: Words = ENGLISH
    texts: Texts = AS_WRITTEN

    def text(self, written: str) -> str:
        """Return a playbook's text for this reader."""
        return self.texts.text(written)

    def sentence(self, recorded: str) -> str:
        """Return a text, or a sentence of the engine, for this reader; what is neither stays as recorded."""
        own = self.text(recorded)
        found = None if own != recorded or self.words == ENGLISH else recognised(recorded)
        if found is None:
            return own
        values = {name: self._value(name, text) for name, text in found.values.items()}
        return self.words(found.phrase, **values)

    def _value(self, name: str, text: object) -> str:
        if name == "outcome" and str(text).upper() in Outcomes.__members__:
            return self.words(Outcomes[str(text).upper()])
        return self.text(str(text))


UNTRANSLATED = Reader()
"""Whoever reads English, and playbooks as they are written."""


@dataclass(frozen=True, slots=True)
class Accompanied:
    """A template with its translation beside it (`model.expressions.Template`).

    It is the written one in all that it does: that is what goes on record. `shown` is for those who read along.
    """

    written: Template
    shown: Template

    @property
    def source(self) -> str:
        return self.written.source

    @property
    def span(self) -> Span:
        return self.written.span

    @property
    def references(self) -> tuple[Reference, ...]:
        return self.written.references

    @property
    def is_literal(self) -> bool:
        return self.written.is_literal

    def text(self, names: Names) -> Text:
        return self.written.text(names)

    def shell(self, names: Names) -> ShellText:
        return self.written.shell(names)

    def draft(self, names: Names) -> Text:
        return self.written.draft(names)

    def shell_draft(self, names: Names) -> str:
        return self.written.shell_draft(names)

    def value(self, names: Names) -> Value:
        return self.written.value(names)


def shown_text(template: Template, names: Names) -> Text | None:
    """Return a template's translation with the same values in it; None when it has none."""
    return template.shown.text(names) if isinstance(template, Accompanied) else None
