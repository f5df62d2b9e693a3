"""Finds `{{ … }}` in a text; everything else in the text, `{%` and `{#` included, stays what it is."""

import re
from typing import TypeAlias

from playbook_engine.frozen import dataclass
from playbook_engine.language.expressions.findings import Finding

_OPENING, _CLOSING = "{{", "}}"
_BRACKETS = frozenset("([{")
_WORD = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\}\}|[(\[{)\]}]|[^'\"(\[{)\]}]+|['\"]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Literal:
    """Text that stays as it is, and its offset."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Hole:
    """An expression in the text: what stands between the braces, and its offset."""

    source: str
    start: int


Piece: TypeAlias = Literal | Hole


def pieces_of(text: str) -> tuple[list[Piece], list[Finding]]:
    """Cut a text into literal parts and holes, and list the holes that do not end."""
    pieces: list[Piece] = []
    position = 0
    while (start := text.find(_OPENING, position)) >= 0:
        end = _end_of_hole(text, start + 2)
        if end is None:
            hint = "Close it with }}. A literal {{ is written {{ '{{' }}."
            return pieces, [Finding("template-unclosed", "this {{ is never closed", start, 2, hint)]
        if start > position:
            pieces.append(Literal(text[position:start], position))
        pieces.append(Hole(text[start + 2 : end], start + 2))
        position = end + 2
    if position < len(text):
        pieces.append(Literal(text[position:], position))
    return pieces, []


def _end_of_hole(text: str, start: int) -> int | None:
    """Return where the braces stand that end a hole: outside quotes and braces, else the nearest ones."""
    brackets: list[str] = []
    position = start
    while match := _WORD.match(text, position):
        word = match.group()
        if word == _CLOSING and (not brackets or brackets[-1] != "{"):
            return position
        if word in _BRACKETS:
            brackets.append(word)
        elif word[0] in ")]}" and brackets:
            brackets.pop()
        position += 1 if word == _CLOSING else len(word)
    nearest = text.find(_CLOSING, start)
    return nearest if nearest >= 0 else None
