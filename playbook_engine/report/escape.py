"""Host text made safe for a terminal, and measured as a terminal shows it."""

import unicodedata

_KEPT = {"\n", "\t"}
_HARMFUL = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
"""General categories that move the cursor, change direction or show nothing (Unicode, table 4-4)."""


def escape(text: str, *, lines: bool = False) -> str:
    r"""Return the text with control, formatting and bidi characters shown as `\\x1b`, `\\u202e`.

    Line ends and tabs are kept when `lines` is true.
    """
    if text.isascii() and text.isprintable():
        return text
    kept = _KEPT if lines else set()
    return "".join(char if char in kept or _harmless(char) else _shown(char) for char in text)


def _harmless(char: str) -> bool:
    return char.isprintable() or unicodedata.category(char) not in _HARMFUL


def _shown(char: str) -> str:
    code = ord(char)
    known = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
    if char in known:
        return known[char]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def char_width(char: str) -> int:
    """Return how many columns a character takes (Unicode Standard Annex 11)."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def display_width(text: str) -> int:
    """Return how many columns a text takes."""
    return len(text) if text.isascii() else sum(char_width(char) for char in text)


def shorten(text: str, width: int) -> str:
    """Return the text cut to a width in columns, with `…` where something is missing."""
    if display_width(text) <= width:
        return text
    kept, used = [], 0
    for char in text:
        used += char_width(char)
        if used > width - 1:
            break
        kept.append(char)
    return "".join(kept).rstrip() + "…" if width > 0 else ""


def pad(text: str, width: int) -> str:
    """Return the text with spaces behind it up to a width in columns."""
    return text + " " * max(width - display_width(text), 0)
