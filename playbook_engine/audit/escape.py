"""Makes texts from records safe for a terminal: a record may hold what a hostile host sent."""

import re

# C0 and C1 controls, direction marks that reorder a line, invisible marks, and halves of surrogate pairs.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def shown(text: str) -> str:
    r"""Return the text on one line, with what is no visible character written as `\n`, `\x1b` or `\u202e`."""
    return _UNSAFE.sub(_written, text)


def _written(match: re.Match[str]) -> str:
    character = match[0]
    known = {"\n": r"\n", "\t": r"\t", "\r": r"\r"}.get(character)
    code = ord(character)
    return known or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")
