"""What is said of a record before its run is shown again, and after it when there was no end."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from playbook_engine.frozen import dataclass
from playbook_engine.report.pen import Pen
from playbook_engine.report.style import UNICODE, Glyphs, Line, Piece, Style
from playbook_engine.values import RunId


class Trust(StrEnum):
    """What a record is worth."""

    WHOLE = "whole"
    """It has its end, and every byte is as it was written."""
    OPEN = "open"
    """It has no end; what is there is as it was written."""
    BROKEN = "broken"
    """It is not what was written."""


_STYLES = {Trust.WHOLE: Style.DIM, Trust.OPEN: Style.WARN, Trust.BROKEN: Style.BAD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Which run is shown, when it was, how fast; what can be said of its record, the most important first."""

    run: RunId
    began: datetime | None
    pace: str
    trust: Trust
    said: Sequence[str]


def opening_lines(opening: Opening, width: int, glyphs: Glyphs = UNICODE) -> tuple[Line, ...]:
    """Return the lines above a replay."""
    pen = Pen(width, glyphs)
    when = f" of {opening.began:%Y-%m-%d %H:%M:%S} UTC" if opening.began is not None else ""
    head = pen.labelled(Piece("Replay  ", Style.STRONG), f"run {opening.run}{when}, {opening.pace}", most=None)
    style = _STYLES[opening.trust]
    lines = [line for text in opening.said for line in _said(text, style, pen)]
    if opening.trust is Trust.BROKEN:
        lines += pen.detail("What follows may not be what happened.", style, indent="")
    return (*head, *lines, ())


def _said(text: str, style: Style, pen: Pen) -> tuple[Line, ...]:
    """Return a sentence; one that is indented behind a mark goes on below its first word."""
    mark = text[:4] if text.startswith("  ") else ""
    return pen.labelled(Piece(mark, style), text[len(mark) :], style, most=None)


def open_end_lines(width: int, glyphs: Glyphs = UNICODE) -> tuple[Line, ...]:
    """Return what stands below a run without an end."""
    text = "The record ends here, without a verdict: the run goes on, or was cut off."
    return ((), *Pen(width, glyphs).detail(text, Style.WARN, indent=""))
