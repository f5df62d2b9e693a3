"""How large texts, lists and expressions may be.

An expression has no loops and no definitions, so each of its parts is evaluated at most once: the number of parts
bounds the steps, and the bounds on values bound the work of one step.
"""

from collections.abc import Mapping

from playbook_engine.language.expressions.refusal import Refused
from playbook_engine.values import Secret, SecretText, Value

MAX_SOURCE = 20_000
"""Characters of one expression."""
MAX_PARTS = 2_000
"""Nodes of one expression's tree."""
MAX_DEPTH = 50
"""Levels of one expression's tree, and of brackets in its text."""
MAX_TEXT = 1024 * 1024
"""Characters of a text that an expression makes."""
MAX_ITEMS = 100_000
"""Items of a list or mapping that an expression makes, nested ones counted."""
MAX_BITS = 4_096
"""Bits of a whole number that an expression makes."""


def check_length(characters: int) -> None:
    """Refuse to make a text that is too long; asked before it is made."""
    if characters > MAX_TEXT:
        raise Refused(f"the text would be {characters:,} characters long; the limit is {MAX_TEXT:,}")


def check_items(count: int) -> None:
    """Refuse to make a list that is too long; asked before it is made."""
    if count > MAX_ITEMS:
        raise Refused(f"the list would have {count:,} items; the limit is {MAX_ITEMS:,}")


def check_value(value: Value) -> None:
    """Refuse a value that is too large as a whole; stops counting at the limit."""
    if isinstance(value, str):
        check_length(len(value))
    elif isinstance(value, list | tuple | Mapping):
        _weigh(value)


def _weigh(value: Value) -> None:
    waiting, items, characters = [value], 0, 0
    while waiting:
        match waiting.pop():
            case str() as text:
                characters += len(text)
            case Mapping() as mapping:
                items += len(mapping)
                characters += sum(map(len, mapping))
                check_items(items)
                waiting.extend(mapping.values())
            case list() | tuple() as sequence:
                items += len(sequence)
                check_items(items)
                waiting.extend(sequence)
            case None | bool() | int() | float() | Secret() | SecretText():
                pass
    check_length(characters)
