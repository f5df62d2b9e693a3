"""Positions in source files and the problems found there."""

from collections.abc import Iterable
from difflib import get_close_matches
from enum import StrEnum

from playbook_engine.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A text and the name people know it by, usually a path as they typed it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source; lines and columns count from 1, in characters, the end is exclusive."""

    source: Source
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"

    def __repr__(self) -> str:
        return f"Span({self})"

    def within(self, start: int, length: int) -> "Span":
        """Return the part of a one-line span that begins `start` characters in and is `length` long."""
        column = self.column + start
        return Span(self.source, self.line, column, self.line, column + max(length, 1))


def veiled(source: Source, spans: Iterable[Span]) -> Source:
    """Return the source with stars in place of what the spans cover; lines and columns stay where they are."""
    lines = source.text.split("\n")
    for span in spans:
        for number in range(span.line, min(span.end_line, len(lines)) + 1):
            line = lines[number - 1]
            start = span.column - 1 if number == span.line else 0
            end = min(span.end_column - 1, len(line)) if number == span.end_line else len(line)
            lines[number - 1] = line[:start] + "*" * max(end - start, 0) + line[end:]
    return Source(source.name, "\n".join(lines))


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem in one place: what is wrong (`message`) and what to do (`hint`).

    `code` is a stable kebab-case name such as `unknown-key`; tools filter on it. `span` is None only where no
    file is to blame (a value given on the command line).
    """

    code: str
    message: str
    span: Span | None
    hint: str | None = None
    severity: Severity = Severity.ERROR


class Problems:
    """A list that stages add diagnostics to, so that all problems are found before anything stops."""

    def __init__(self) -> None:
        self._found: list[Diagnostic] = []

    def error(self, code: str, message: str, span: Span | None, hint: str | None = None) -> None:
        self._found.append(Diagnostic(code, message, span, hint))

    def warning(self, code: str, message: str, span: Span | None, hint: str | None = None) -> None:
        self._found.append(Diagnostic(code, message, span, hint, Severity.WARNING))

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        self._found.extend(diagnostics)

    @property
    def has_errors(self) -> bool:
        return any(d.severity is Severity.ERROR for d in self._found)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Return what was found in the order of the files' lines, each once."""
        unique = dict.fromkeys(self._found)
        return tuple(sorted(unique, key=_position))


def _position(diagnostic: Diagnostic) -> tuple[str, int, int]:
    span = diagnostic.span
    return (span.source.name, span.line, span.column) if span else ("", 0, 0)


def did_you_mean(name: str, known: Iterable[str], *, nearness: float = 0.6) -> str | None:
    """Return "Did you mean 'x'?" for the nearest known name, or None when nothing is near.

    `nearness` is the share of characters that two names must have in common, from 0 to 1.
    """
    near = get_close_matches(name, list(known), n=1, cutoff=nearness)
    return f"Did you mean '{near[0]}'?" if near else None
