"""Every phrase stands in every language, with the same names in its braces."""

import importlib
import pkgutil
from string import Formatter

import pytest

from playbook_engine import phrases
from playbook_engine.phrases.lists import Lists, listed
from playbook_engine.phrases.words import CHINESE, ENGLISH, OWN, Phrase, Words

for module in pkgutil.iter_modules(phrases.__path__):
    importlib.import_module(f"{phrases.__name__}.{module.name}")
VIEWS = sorted(Phrase.__subclasses__(), key=lambda view: view.__qualname__)
ALL = [phrase for view in VIEWS for phrase in view]


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_there_is_something_to_look_at() -> None:
    assert len(VIEWS) > 10
    assert len(ALL) > 200


@pytest.mark.parametrize("phrase", ALL, ids=str)
def test_a_phrase_stands_in_every_language(phrase: Phrase) -> None:
    assert set(phrase.texts) == set(OWN)
    assert all(text.strip() for text in phrase.texts.values())


@pytest.mark.parametrize("phrase", ALL, ids=str)
def test_the_names_in_braces_agree(phrase: Phrase) -> None:
    found = {code: names(text) for code, text in phrase.texts.items()}

    assert set(map(frozenset, found.values())) == {frozenset(found["en"])}
    assert all(name.isidentifier() for name in found["en"])


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__qualname__)
def test_no_phrase_hides_another(view: type[Phrase]) -> None:
    """Two members with the same texts would be one: the second name would be an alias."""
    assert len(view.__members__) == len(list(view))


@pytest.mark.parametrize(
    ("words", "items", "expected"),
    [
        (ENGLISH, [], ""),
        (ENGLISH, ["a"], "a"),
        (ENGLISH, ["a", "b"], "a and b"),
        (ENGLISH, ["a", "b", "c"], "a, b and c"),
        (CHINESE, ["甲", "乙", "丙"], "甲、乙 和 丙"),
    ],
)
def test_lists_within_a_sentence(words: Words, items: list[str], expected: str) -> None:
    assert listed(words, items) == expected


def test_a_choice() -> None:
    assert listed(ENGLISH, ["a", "b", "c"], Lists.OR) == "a, b or c"
