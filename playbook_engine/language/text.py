"""Bytes and files become text that is safe to read: UTF-8, bounded, nothing invisible in it.

What a reviewer cannot see has no place in a playbook: control characters, byte order marks in the middle, and the
characters that change the direction of writing, with which a line can look different from what it does.
"""

import re
from bisect import bisect_right
from pathlib import Path

from playbook_engine.diagnostics import Problems, Source, Span, did_you_mean
from playbook_engine.frozen import dataclass

MAX_SIZE = 2**20
"""The largest file that is read, in bytes; a playbook is a few kilobytes."""
_UTF_16_OR_32 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_REFUSED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
    "|\r(?!\n)"
)
_NAMES = {
    "\x00": "a NUL character",
    "\x1b": "an escape character",
    "\r": "a carriage return without a line feed",
    "\x85": "a next-line character",
    "\u2028": "a line separator",
    "\u2029": "a paragraph separator",
    "\ufeff": "a byte order mark in the middle of the text",
}
_HINT = 'Remove it; where it belongs to a value, write it as an escape in double quotes: "\\u001b".'


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large a file may be: bytes of text, and values."""

    size: int
    nodes: int


INVENTORY_BOUNDS = Bounds(size=16 * 2**20, nodes=1_000_000)
"""For an inventory, which may name ten thousand hosts."""


class Lines:
    """Turns offsets in a source into positions; lines end with a line feed, as editors count them."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._starts = [0, *(match.end() for match in re.finditer("\n", source.text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Return line and column, both from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int) -> int:
        """Return where a line begins."""
        return self._starts[line - 1]

    def span(self, start: int, end: int) -> Span:
        line = bisect_right(self._starts, start)
        before = self._starts[line - 1] - 1
        if line == len(self._starts) or end < self._starts[line]:
            return Span(self.source, line, start - before, line, end - before)
        return Span(self.source, *self.position(start), *self.position(end))


def decode(name: str, data: bytes, problems: Problems, most: int = MAX_SIZE) -> Source | None:
    """Return the file as text, its byte order mark dropped and its line ends made one; None when it is no text."""
    if len(data) > most:
        _report_size(name, most, problems)
        return None
    if data.startswith(_UTF_16_OR_32):
        message = "the file is not UTF-8 but UTF-16 or UTF-32"
        problems.error("not-utf-8", message, _at_start(Source(name, "")), "Save it as UTF-8.")
        return None
    body = data.removeprefix(_BYTE_ORDER_MARK)
    try:
        source = Source(name, body.decode("utf-8").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        _report_byte(name, body, error.start, problems)
        return None
    return source if is_readable(source, problems, most) else None


def is_readable(source: Source, problems: Problems, most: int = MAX_SIZE) -> bool:
    """Tell whether a text is bounded and free of invisible characters; the first that is not allowed is reported."""
    if len(source.text) > most:
        _report_size(source.name, most, problems)
        return False
    found = _REFUSED.search(source.text)
    if found is None:
        return True
    name = _NAMES.get(found[0], "a character that is not visible")
    hint = "Is the file UTF-16, or not a text at all? Save it as UTF-8." if found[0] == "\x00" else _HINT
    span = Lines(source).span(found.start(), found.end())
    problems.error("control-character", f"found {name} (U+{ord(found[0]):04X})", span, hint)
    return False


def read_bytes(path: Path, shown_name: str, problems: Problems, most: int = MAX_SIZE) -> bytes | None:
    """Return the file's bytes, never more than one beyond the bound; None when it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except FileNotFoundError:
        problems.error("no-such-file", f"{shown_name}: there is no such file", None, _nearest(path))
    except IsADirectoryError:
        problems.error("not-a-file", f"{shown_name} is a folder, not a file", None)
    except PermissionError:
        problems.error("unreadable-file", f"{shown_name}: you have no permission to read it", None)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        problems.error("unreadable-file", f"{shown_name} cannot be read: {reason}", None)
    return None


def _nearest(path: Path) -> str | None:
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return f"The folder {path.parent.name} is not there either."
    return did_you_mean(path.name, names)


def _report_byte(name: str, data: bytes, offset: int, problems: Problems) -> None:
    source = Source(name, data.decode("utf-8", errors="replace").replace("\r\n", "\n"))
    start = len(data[:offset].decode("utf-8").replace("\r\n", "\n"))
    message = f"the byte 0x{data[offset]:02x} is not UTF-8"
    problems.error("not-utf-8", message, Lines(source).span(start, start + 1), "Save the file as UTF-8.")


def _report_size(name: str, most: int, problems: Problems) -> None:
    message = f"the file is larger than {most // 2**20} MiB, which is the most that is read"
    problems.error("too-large", message, _at_start(Source(name, "")), "Is it the right file?")


def _at_start(source: Source) -> Span:
    return Span(source, 1, 1, 1, 1)
