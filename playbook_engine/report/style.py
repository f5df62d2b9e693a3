"""Texts with a style, before anybody decides on colours; symbols, so that colour is never all there is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from playbook_engine.model.outcomes import Outcome, Verdict


class Style(StrEnum):
    """What a piece of text means."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    WARN = "warn"
    AWAY = "away"
    """Nobody could be asked: unreachable, timeout."""
    CHANGE = "change"
    """Something is changed or taken back."""
    STRONG = "strong"
    DIM = "dim"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text in one style."""

    text: str
    style: Style = Style.PLAIN


Line: TypeAlias = tuple[Piece, ...]


def plain(line: Line) -> str:
    """Return a line without its styles."""
    return "".join(piece.text for piece in line).rstrip()


OUTCOMES = {
    Outcome.OK: (Style.GOOD, "✓", "+"),
    Outcome.FAILED: (Style.BAD, "✗", "x"),
    Outcome.ERROR: (Style.BAD, "!", "!"),
    Outcome.TIMEOUT: (Style.AWAY, "⧖", "t"),
    Outcome.UNREACHABLE: (Style.AWAY, "∅", "u"),
    Outcome.SKIPPED: (Style.DIM, "–", "-"),
    Outcome.ABORTED: (Style.WARN, "■", "#"),
    Outcome.INDETERMINATE: (Style.AWAY, "?", "?"),
}
"""Style, symbol, and the symbol where only ASCII can be shown."""

VERDICTS = {
    Verdict.HEALTHY: Style.GOOD,
    Verdict.RESOLVED: Style.GOOD,
    Verdict.UNRESOLVED: Style.BAD,
    Verdict.WAITING: Style.WARN,
    Verdict.UNKNOWN: Style.AWAY,
    Verdict.UNDELIVERED: Style.BAD,
    Verdict.UNRECORDED: Style.BAD,
    Verdict.INTERRUPTED: Style.WARN,
}


def seconds(ms: int) -> str:
    """Return a duration as people read it: `35ms`, `1.2s`, `2m05s`, `1h02m`."""
    if ms < 1000:
        return f"{ms}ms"
    if ms < 60_000:
        return f"{ms / 1000:.1f}s"
    whole = ms // 1000
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02d}s"
    return f"{whole // 3600}h{whole % 3600 // 60:02d}m"
