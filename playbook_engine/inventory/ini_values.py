"""Words and values of an INI inventory, as Ansible reads them.

A host's line is split as a shell would split it. A value is a Python literal where it can be read as one (`True`,
`8080`, `['a', 'b']`), under `[group:vars]` too, and else the text as it stands.
"""

import ast
import re
import shlex
import warnings
from collections.abc import Iterator
from io import StringIO
from typing import Final

from playbook_engine.frozen import dataclass
from playbook_engine.values import Scalar

_PLAIN_WORD: Final = re.compile(r"[^ \t\r\n]+")
_LONGEST_LITERAL: Final = 64 * 1024
_NEEDS_SHELL: Final = re.compile(r"['\"\\#]")
_LETTERS: Final = re.compile(r"(?![\"'])[A-Za-z_/][\w./:@-]*")
_WORDS: Final = {"True": True, "False": False, "None": None}


@dataclass(frozen=True, slots=True)
class Word:
    """One word with its quotes undone, and where it stands in the line."""

    text: str
    start: int
    end: int


def words(line: str) -> Iterator[Word]:
    """Split a line as a shell would; a comment ends it.

    Raises:
        ValueError: a quote is not closed.
    """
    if not _NEEDS_SHELL.search(line):
        yield from (Word(match[0], match.start(), match.end()) for match in _PLAIN_WORD.finditer(line))
        return
    stream = StringIO(line)
    lexer = shlex.shlex(stream, posix=True)
    lexer.whitespace_split = True
    while True:
        before = stream.tell()
        text = lexer.get_token()
        if text is None:
            return
        start = len(line) - len(line[before:].lstrip(lexer.whitespace))
        end = start + len(line[start : stream.tell()].rstrip(lexer.whitespace))
        yield Word(text, start, end)


def literal(text: str) -> object:
    """Return what the text says as a Python literal, or the text itself.

    Raises:
        TypeError: a mapping in it has a key that is neither a text nor a number.
    """
    if text in _WORDS or _LETTERS.fullmatch(text):
        return _WORDS.get(text, text)  # most values: the shortest way
    if len(text) > _LONGEST_LITERAL:
        return text
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            return _plain(ast.literal_eval(text))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text


def _plain(value: object) -> object:
    """Return the literal without the types that only Python has."""
    match value:
        case bytes():
            return value.decode("utf-8", "backslashreplace")
        case complex():
            return str(value)
        case value if value is ...:
            return "..."
        case list() | tuple() | set():
            return [_plain(item) for item in value]
        case dict():
            return {_key(key): _plain(item) for key, item in value.items()}
        case _:
            return value


def _key(key: object) -> Scalar:
    plain = _plain(key)
    if plain is None or isinstance(plain, str | int | float):
        return plain
    raise TypeError(f"a mapping has a key that is a {type(key).__name__}")
