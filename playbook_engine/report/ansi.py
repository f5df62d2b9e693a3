"""Lines with their styles as text for a terminal, without the library that draws the live screen."""

from collections.abc import Iterable

from playbook_engine.report.style import Line, Style, plain

_CODES = {
    Style.GOOD: "32",
    Style.BAD: "1;31",
    Style.WARN: "33",
    Style.AWAY: "35",
    Style.CHANGE: "1;36",
    Style.STRONG: "1",
    Style.DIM: "2",
}


def text(lines: Iterable[Line], *, color: bool) -> str:
    """Return lines as text, each with its end."""
    return "".join(f"{_colored(line) if color else plain(line)}\n" for line in lines)


def _colored(line: Line) -> str:
    return "".join(
        f"\x1b[{_CODES[piece.style]}m{piece.text}\x1b[0m" if piece.style in _CODES else piece.text for piece in line
    ).rstrip()
