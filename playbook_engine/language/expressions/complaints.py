"""Plain words for what is wrong with an expression's text, with hints for the mistakes people make."""

import re

from playbook_engine.language.expressions.findings import Finding

_SYNTAX = "expression-syntax"
_EXPECTED = re.compile(r"(?<!un)expected (?:token )?'(.*?)'(?:, got .*)?\.?$", re.DOTALL)
_WORDS = {"name": "a name", "string": "a text", "integer": "a number", "end of template": "a value"}
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_NO_BRACES = "Write the expression without {{ }}; they belong into texts only."
_ENDS_HERE = "Two parts stand side by side: is `and`, `or`, `~`, a comma or a quote missing?"
_SIGNS = {
    "&&": "Write `and`.",
    "&": "Write `and`.",
    "||": "Write `or`.",
    "!": "Write `not`.",
    "=": "Write == to compare.",
    "===": "Write == to compare.",
    ">": "Write != for `not equal`.",
    "$": "Names are written without $.",
    "?": "Write `a if condition else b`.",
    ";": "An expression has one part only.",
    "`": "Texts stand in '…' or \"…\".",
    ",": "Lists are written [a, b].",
    ":": "Write `a if condition else b`.",
}


def unreadable(source: str, offset: int, message: str) -> Finding:
    """Return the finding for a character that begins no word, or for a bracket that closes nothing."""
    sign = source[offset]
    if sign in "'\"":
        hint = f"Close it with {sign}, or write \\{sign} for a quote inside."
        return Finding(_SYNTAX, "this quote is never closed", offset, 1, hint)
    if expected := re.search(r", expected '(.)'", message):
        return Finding(_SYNTAX, f"unexpected '{sign}', expected '{expected[1]}'", offset, 1, _braces(source))
    if sign in ")]}":
        return Finding(_SYNTAX, f"this '{sign}' closes nothing", offset, 1, _braces(source))
    doubled = sign * 2 if source.startswith(sign * 2, offset) else sign
    return Finding(_SYNTAX, f"{doubled!r} means nothing here", offset, len(doubled), _SIGNS.get(doubled))


def reworded(source: str, offset: int, word: str, message: str, *, unclosed: str | None) -> Finding:
    """Return the finding for Jinja's message about the token `word` at `offset`.

    `unclosed` is None unless the text has ended; then it holds the innermost bracket that is still open, if any.
    """
    if message.startswith("You cannot chain"):
        return Finding(_SYNTAX, "`is` cannot follow `is`", offset, len(word), "Join the two tests with `and`.")
    if message.startswith("invalid syntax for function call"):
        return Finding(_SYNTAX, "these arguments make no sense", offset, len(word), "Named arguments come last.")
    expected = _EXPECTED.search(message)
    wanted = _WORDS.get(expected[1], f"'{expected[1]}'") if expected else "a value"
    if unclosed is not None:
        wanted = f"'{_BRACKETS[unclosed]}'" if unclosed and wanted != "a value" else wanted
        return Finding(_SYNTAX, f"the expression ends too early, expected {wanted}", offset, 1, _braces(source))
    return _unexpected(source, offset, word, f", expected {wanted}")


def misplaced(source: str, offset: int, word: str) -> Finding:
    """Return the finding for a token behind a complete expression."""
    return _unexpected(source, offset, word, ", expected the end of the expression", _ENDS_HERE)


def _unexpected(source: str, offset: int, word: str, expected: str, otherwise: str | None = None) -> Finding:
    if word == "|" and source[:offset].endswith("|"):
        return Finding(_SYNTAX, "'||' means nothing here", offset - 1, 2, _SIGNS["||"])
    if word == "=" and source[:offset].endswith("=="):
        return Finding(_SYNTAX, "'===' means nothing here", offset - 2, 3, _SIGNS["==="])
    if word == ">" and source[:offset].endswith("<"):
        return Finding(_SYNTAX, "'<>' means nothing here", offset - 1, 2, _SIGNS[">"])
    hint = _braces(source) or (_SIGNS.get(word) if word != ">" else None) or _word_hint(word) or otherwise
    return Finding(_SYNTAX, f"unexpected '{word}'{expected}", offset, len(word), hint)


def _braces(source: str) -> str | None:
    return _NO_BRACES if "{{" in source or "}}" in source else None


def _word_hint(word: str) -> str | None:
    if word.lower() in ("and", "or", "not", "in", "is") and word != word.lower():
        return f"Write `{word.lower()}` in lower case."
    if word in ("if", "for", "else", "elif"):
        return "Write `a if condition else b`; loops do not exist."
    return None
