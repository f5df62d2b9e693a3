"""Text from outside made safe for a terminal."""

import unicodedata

_HARMFUL = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
"""General categories that move the cursor, change direction or show nothing (Unicode, table 4-4)."""
_KNOWN = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def escape(text: str) -> str:
    r"""Return the text with control, formatting and bidi characters shown as `\n`, `\x1b`, `\u202e`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if is_harmless(char) else _shown(char) for char in text)


def is_harmless(char: str) -> bool:
    """Tell whether a terminal shows the character and does nothing else."""
    return char.isprintable() or unicodedata.category(char) not in _HARMFUL


def _shown(char: str) -> str:
    code = ord(char)
    if char in _KNOWN:
        return _KNOWN[char]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
