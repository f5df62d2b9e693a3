"""The lines of an SSH configuration file, split into words as OpenSSH splits them.

Paramiko has a reader of its own. It takes an Include inside a block for one that counts for everybody, brackets for
wildcards, and knows neither `%%` nor comments behind a value: so hosts would be reached otherwise than by `ssh`.
"""

import os
import re
import stat
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from playbook_engine.frozen import dataclass
from playbook_engine.model.replies import FaultKind
from playbook_engine.transports.ssh.faults import Unable

_LARGEST: Final = 1024 * 1024
_PIECE: Final = re.compile(r'\\([\'"\\])|\\( )|(["\'])|([ \t]+)|(.)', re.DOTALL)
_DELIMITER: Final = re.compile(r"[ \t]*=?[ \t]*")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its keyword in small letters, the words behind it, and the same as it was written."""

    place: str
    keyword: str
    rest: str
    words: tuple[str, ...]

    @property
    def first(self) -> str:
        return self.words[0] if self.words else ""


def read(path: Path, *, own: bool) -> tuple[Line, ...]:
    """Return the lines of a file, none when it does not exist.

    The user's `own` files may be written by nobody else: a ProxyCommand in them is run.
    """
    try:
        with path.open("rb") as stream:
            if own and not _is_private(os.fstat(stream.fileno())):
                message = f"{path}: others may write this file, so it is not followed"
                raise Unable(FaultKind.ERROR, message, f"It has to be yours alone to write: chmod go-w {path}")
            data = stream.read(_LARGEST)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise Unable(FaultKind.ERROR, f"{path}: {error.strerror}") from None
    numbered = enumerate(data.decode("utf-8", "surrogateescape").split("\n"), 1)
    found = (line_of(text, f"{path}:{number}") for number, text in numbered)
    return tuple(line for line in found if line is not None)


def line_of(text: str, place: str) -> Line | None:
    """Return one line, None for an empty one and for a comment; raises Unable."""
    text = text.strip(" \t\r\n\f")
    if not text or text.startswith("#"):
        return None
    keyword, rest = delimited(text)
    if not rest:
        raise Unable(FaultKind.ERROR, f"{place}: nothing stands behind '{keyword}'")
    found = words(rest)
    if found is None:
        raise Unable(FaultKind.ERROR, f"{place}: a quote is not closed")
    return Line(place, keyword.lower(), rest, found)


def delimited(text: str) -> tuple[str, str]:
    """Return the first word and the rest; they may be parted by one `=`."""
    if text.startswith('"'):
        word, _, rest = text[1:].partition('"')
    else:
        word = re.split(r"[ \t=]", text, maxsplit=1)[0]
        rest = text[len(word) :]
    match = _DELIMITER.match(rest)
    return word, rest[match.end() :] if match else rest


@lru_cache(maxsize=1024)
def words(text: str) -> tuple[str, ...] | None:
    """Return the words of a value up to a comment, None when a quote in it is not closed; hosts often share them."""
    try:
        return tuple(_words(text))
    except _Unclosed:
        return None


class _Unclosed(Exception):
    """A quote is not closed."""


def _words(text: str) -> Iterator[str]:
    """Yield words: quotes may hold spaces, a backslash goes before a quote."""
    word: str | None = None
    quote = ""
    for escaped, space, mark, gap, other in _PIECE.findall(text):
        if gap and not quote:
            if word is not None:
                yield word
            word = None
        elif other == "#" and word is None:
            return
        elif mark and not quote:
            word, quote = word or "", mark
        elif mark and mark == quote:
            quote = ""
        else:
            piece = escaped or mark or gap or other or (f"\\{space}" if quote else space)
            word = (word or "") + piece
    if quote:
        raise _Unclosed
    if word is not None:
        yield word


def _is_private(found: os.stat_result) -> bool:
    others = stat.S_IWGRP | stat.S_IWOTH
    return found.st_uid in {0, os.getuid()} and not found.st_mode & others
