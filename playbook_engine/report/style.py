"""Texts with a style, before anybody decides on colours; symbols, so that colour is never all there is."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from playbook_engine.model.outcomes import Outcome, Verdict
from playbook_engine.phrases import screen


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyphs:
    """The symbols that we draw ourselves."""

    outcomes: Mapping[Outcome, str]
    spinner: str
    ellipsis: str
    arrow: str
    bullet: str
    beside: str
    """Marks steps that run side by side."""


UNICODE = Glyphs(
    outcomes={
        Outcome.OK: "✓",
        Outcome.FAILED: "✗",
        Outcome.ERROR: "!",
        Outcome.TIMEOUT: "⧖",
        Outcome.UNREACHABLE: "∅",
        Outcome.SKIPPED: "–",
        Outcome.ABORTED: "■",
        Outcome.INDETERMINATE: "?",
    },
    spinner="⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏",
    ellipsis="…",
    arrow="→",
    bullet="•",
    beside="∥",
)
ASCII = Glyphs(
    outcomes={
        Outcome.OK: "+",
        Outcome.FAILED: "x",
        Outcome.ERROR: "!",
        Outcome.TIMEOUT: "t",
        Outcome.UNREACHABLE: "u",
        Outcome.SKIPPED: "-",
        Outcome.ABORTED: "#",
        Outcome.INDETERMINATE: "?",
    },
    spinner="|/-\\",
    ellipsis="~",
    arrow=">",
    bullet="*",
    beside="|",
)


def glyphs(*, unicode: bool) -> Glyphs:
    """Return the symbols that a stream can show."""
    return UNICODE if unicode else ASCII


OUTCOMES = {
    Outcome.OK: Style.GOOD,
    Outcome.FAILED: Style.BAD,
    Outcome.ERROR: Style.BAD,
    Outcome.TIMEOUT: Style.AWAY,
    Outcome.UNREACHABLE: Style.AWAY,
    Outcome.SKIPPED: Style.DIM,
    Outcome.ABORTED: Style.WARN,
    Outcome.INDETERMINATE: Style.AWAY,
}

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


OUTCOME_WORDS = {
    Outcome.OK: screen.Outcomes.OK,
    Outcome.FAILED: screen.Outcomes.FAILED,
    Outcome.ERROR: screen.Outcomes.ERROR,
    Outcome.TIMEOUT: screen.Outcomes.TIMEOUT,
    Outcome.UNREACHABLE: screen.Outcomes.UNREACHABLE,
    Outcome.SKIPPED: screen.Outcomes.SKIPPED,
    Outcome.ABORTED: screen.Outcomes.ABORTED,
    Outcome.INDETERMINATE: screen.Outcomes.INDETERMINATE,
}
VERDICT_WORDS = {
    Verdict.HEALTHY: screen.Verdicts.HEALTHY,
    Verdict.RESOLVED: screen.Verdicts.RESOLVED,
    Verdict.UNRESOLVED: screen.Verdicts.UNRESOLVED,
    Verdict.WAITING: screen.Verdicts.WAITING,
    Verdict.UNKNOWN: screen.Verdicts.UNKNOWN,
    Verdict.UNDELIVERED: screen.Verdicts.UNDELIVERED,
    Verdict.UNRECORDED: screen.Verdicts.UNRECORDED,
    Verdict.INTERRUPTED: screen.Verdicts.INTERRUPTED,
}


def seconds(ms: int) -> str:
    """Return how long something took: `35ms`, `1.2s`, `2m05s`, `1h02m`."""
    if ms < 1000:
        return f"{ms}ms"
    tenths = ms // 100
    return f"{tenths // 10}.{tenths % 10}s" if ms < 60_000 else elapsed(ms)


def elapsed(ms: int) -> str:
    """Return how long something has been going on, in whole seconds: `0s`, `42s`, `2m05s`, `1h02m`."""
    whole = max(ms, 0) // 1000
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02d}s"
    return f"{whole // 3600}h{whole % 3600 // 60:02d}m"
