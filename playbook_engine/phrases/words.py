"""The languages that runbook speaks, and how a phrase becomes a sentence.

A phrase stands in all languages at once: its constructor takes a text for each, so that none can be forgotten. Names
in braces are filled in; a test proves that they are the same in every language.
"""

from collections.abc import Mapping
from enum import Enum

from playbook_engine.frozen import dataclass


class Phrase(Enum):
    """A sentence or a word that is always the same but for what is filled in; subclasses list those of one view."""

    def __init__(self, en: str, zh: str) -> None:
        self.texts = {"en": en, "zh": zh}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A phrase with what is filled in, before anybody knows in which language it will be said."""

    phrase: Phrase
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Words:
    """A language to say phrases in."""

    code: str

    def __call__(self, phrase: Phrase, /, **values: object) -> str:
        """Return a phrase in this language, with values in place of the names in its braces."""
        return phrase.texts[self.code].format(**values)

    def said(self, sentence: Sentence) -> str:
        """Return a sentence in this language."""
        return self(sentence.phrase, **sentence.values)

    def counted(self, count: int, one: Phrase, many: Phrase, /, **values: object) -> str:
        """Return the phrase for one thing or for several; `count` is filled in."""
        return self(one if count == 1 else many, count=count, **values)


ENGLISH = Words("en")
CHINESE = Words("zh")
OWN = {words.code: words for words in (ENGLISH, CHINESE)}
"""The languages by their codes."""
