"""Texts as Markdown that shows exactly them: nothing in a playbook is taken for markup."""

import re
from collections.abc import Iterable, Sequence

from playbook_engine.visible import escape

_SPECIAL = re.compile(r"[\\`*\[\]<>|~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|!(?=\[)")
"""Characters with a meaning anywhere in a line; `_` has one only at the edge of a word."""
_LEADING = re.compile(r"^(\s*)(#(?=#*(?:\s|$))|[>+=-](?=\s|$|[=-])|(\d{1,9})([.)])(?=\s|$))")
"""What would begin a heading, a quotation or a list."""
_TICKS = re.compile(r"`+")
_TRAILING = re.compile(r"(?<=\s)#(?=#*$)")
"""What would close a heading, and not be shown."""


def text(words: str) -> str:
    """Return a text on one line."""
    line = _SPECIAL.sub(r"\\\g<0>", escape(" ".join(words.split())))
    return _TRAILING.sub(r"\#", _LEADING.sub(_defused, line))


def _defused(match: re.Match[str]) -> str:
    blank, mark, number, point = match.groups()
    return f"{blank}{number}\\{point}" if number else f"{blank}\\{mark}"


def prose(words: str) -> str:
    """Return a text of several lines: blank lines part paragraphs, other lines stay lines."""
    paragraphs = re.split(r"\n\s*\n", words.strip())
    return "\n\n".join("\\\n".join(text(line) for line in paragraph.splitlines()) for paragraph in paragraphs)


def code(words: str) -> str:
    """Return a text as code within a line."""
    line = escape(" ".join(words.split())) or " "
    fence = "`" * (_longest_ticks(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def block(words: str, language: str = "sh") -> str:
    """Return a text as a block of code; its lines and tabs stay what they are."""
    lines = ("\t".join(map(escape, line.split("\t"))).rstrip() for line in words.strip("\n").split("\n"))
    fence = "`" * max(_longest_ticks(words) + 1, 3)
    return "\n".join((f"{fence}{language}", *lines, fence))


def _longest_ticks(words: str) -> int:
    return max(map(len, _TICKS.findall(words)), default=0)


def items(lines: Iterable[str]) -> str:
    """Return Markdown texts as a list."""
    return "\n".join(f"- {indented(line, '  ')}" for line in lines)


def quote(words: str) -> str:
    """Return Markdown as a quotation."""
    return "\n".join(f"> {line}".rstrip() for line in words.splitlines())


def indented(words: str, by: str) -> str:
    """Return Markdown whose second and later lines are indented."""
    return words.replace("\n", f"\n{by}")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return Markdown texts as a table."""
    lines = [_row(head), _row(["---"] * len(head)), *(_row([_cell(cell) for cell in row]) for row in rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(words: str) -> str:
    """Return Markdown for a cell: there a `|` needs a backslash even within code."""
    return re.sub(r"(?<!\\)\|", r"\\|", words.replace("\n", " "))


def link(label: str, url: str) -> str:
    """Return a link; what would end the address is percent-encoded."""
    safe = "".join(char if char.isprintable() and char not in "<>\\ " else f"%{ord(char):02X}" for char in url)
    return f"[{text(label)}](<{safe}>)"
