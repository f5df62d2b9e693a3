"""Problems in files, each with its line and a caret under the place."""

from collections.abc import Sequence
from dataclasses import dataclass

from playbook_engine.diagnostics import Diagnostic, Severity, Span
from playbook_engine.report.widths import display_width
from playbook_engine.visible import escape

RED, YELLOW, CYAN, BOLD, DIM, PLAIN = "\x1b[31m", "\x1b[33m", "\x1b[36m", "\x1b[1m", "\x1b[2m", "\x1b[0m"
TAB = "    "
SHOWN = 50
"""Problems shown of one kind before the rest is only counted."""


@dataclass(frozen=True, slots=True)
class _Paint:
    """Colours, or none."""

    on: bool

    def __call__(self, text: str, *styles: str) -> str:
        return f"{''.join(styles)}{text}{PLAIN}" if self.on else text


def render(diagnostics: Sequence[Diagnostic], *, color: bool, width: int) -> str:
    """Return all diagnostics as text, and a line that counts them."""
    paint = _Paint(color)
    shown = [_one(diagnostic, paint, width) for diagnostic in diagnostics[:SHOWN]]
    if len(diagnostics) > SHOWN:
        shown.append(f"… and {len(diagnostics) - SHOWN} more\n")
    return "\n".join([*shown, paint(_count(diagnostics), BOLD)]) + "\n"


def _one(diagnostic: Diagnostic, paint: _Paint, width: int) -> str:
    tone = RED if diagnostic.severity is Severity.ERROR else YELLOW
    label = paint(f"{diagnostic.severity.value}[{diagnostic.code}]", tone, BOLD)
    message = escape(diagnostic.message)
    if diagnostic.span is None:
        lines = [f"{label}: {message}"]
    else:
        lines = [f"{paint(escape(str(diagnostic.span)), BOLD)}: {label}: {message}"]
        lines += _excerpt(diagnostic.span, paint, tone, width)
    if diagnostic.hint:
        lines.append(f"  {paint('hint:', CYAN)} {escape(diagnostic.hint)}")
    return "\n".join(lines) + "\n"


def _excerpt(span: Span, paint: _Paint, tone: str, width: int) -> list[str]:
    """Return the line of a span and the carets under it; nothing when there is no such line."""
    source = span.source.text.split("\n")
    if not span.source.text or not 1 <= span.line <= len(source):
        return []
    line = source[span.line - 1].rstrip("\r")
    start = min(span.column - 1, len(line))
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    before, marked, after = line[:start], line[start:end], line[end:]
    gutter = str(span.line)
    room = max(width - len(gutter) - 6, 20)
    head, body, tail = _fit(_tame(before), _tame(marked), _tame(after), room)
    carets = "^" * max(display_width(body), 1)
    return [
        f"  {paint(f'{gutter} |', DIM)} {head}{body}{tail}",
        f"  {paint(' ' * len(gutter) + ' |', DIM)} {' ' * display_width(head)}{paint(carets, tone, BOLD)}",
    ]


def _tame(text: str) -> str:
    return escape(text.replace("\t", TAB))


def _fit(before: str, marked: str, after: str, room: int) -> tuple[str, str, str]:
    """Cut a long line around the place that matters."""
    if display_width(before + marked + after) <= room:
        return before, marked, after
    marked = _left(marked, room * 2 // 3)
    rest = room - display_width(marked)
    before = _right(before, max(rest * 2 // 3, 4))
    return before, marked, _left(after, max(rest - display_width(before), 1))


def _left(text: str, width: int) -> str:
    if display_width(text) <= width:
        return text
    while text and display_width(text) > width - 1:
        text = text[: max(len(text) - max(1, (display_width(text) - width) // 2), 0)]
    return text + "…"


def _right(text: str, width: int) -> str:
    return _left(text[::-1], width)[::-1]


def _count(diagnostics: Sequence[Diagnostic]) -> str:
    errors = sum(each.severity is Severity.ERROR for each in diagnostics)
    warnings = len(diagnostics) - errors
    parts = [_plural(errors, "error")] if errors else []
    parts += [_plural(warnings, "warning")] if warnings else []
    return ", ".join(parts) or "no problems"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def as_json(diagnostics: Sequence[Diagnostic]) -> list[dict[str, str | int | None]]:
    """Return diagnostics as plain data; lines and columns count from 1, the end is exclusive."""
    return [_plain(diagnostic) for diagnostic in diagnostics]


def _plain(diagnostic: Diagnostic) -> dict[str, str | int | None]:
    span = diagnostic.span
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
        "file": span.source.name if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_line": span.end_line if span else None,
        "end_column": span.end_column if span else None,
    }
