"""Text measured, cut and wrapped by the columns that a terminal shows it in."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

ELLIPSIS = "…"
_JAMO = range(0x1160, 0x1200)
"""Vowels and finals of Hangul, drawn into the syllable before them."""


@lru_cache(maxsize=4096)
def char_width(char: str) -> int:
    """Return how many columns a character takes (Unicode Standard Annex 11)."""
    if unicodedata.category(char) in ("Mn", "Me") or ord(char) in _JAMO:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def display_width(text: str) -> int:
    """Return how many columns a text takes."""
    return len(text) if text.isascii() else sum(map(char_width, text))


def shorten(text: str, width: int, ellipsis: str = ELLIPSIS) -> str:
    """Return the text cut to a width in columns, with an ellipsis where something is missing."""
    if display_width(text) <= width:
        return text
    return text[: _fitting(text, width - 1)].rstrip() + ellipsis if width > 0 else ""


def pad(text: str, width: int) -> str:
    """Return the text with spaces behind it up to a width in columns."""
    return text + " " * max(width - display_width(text), 0)


def wrap(text: str, width: int) -> tuple[str, ...]:
    """Return the whole text over as many lines as it needs, broken behind spaces where there are any."""
    return tuple(_wrapped(text, max(width, 2)))


def _wrapped(text: str, width: int) -> Iterator[str]:
    while True:
        fitting = _fitting(text, width)
        if fitting == len(text):
            yield text
            return
        space = text.rfind(" ", 1, fitting + 1)
        end = space + 1 if space > 0 and text[:space].strip() else fitting
        yield text[:end].rstrip()
        text = text[end:]


def _fitting(text: str, width: int) -> int:
    """Return how many characters from the start on fit into a width."""
    used = 0
    for index, char in enumerate(text):
        used += char_width(char)
        if used > width:
            return index
    return len(text)
