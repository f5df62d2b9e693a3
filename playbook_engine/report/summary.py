"""How a run ended: verdict, what was changed and undone, who was told, where the record is."""

import shlex
from dataclasses import dataclass

from playbook_engine.model.events import RunFinished
from playbook_engine.model.outcomes import Verdict
from playbook_engine.phrases.screen import Summary
from playbook_engine.phrases.words import ENGLISH, Words
from playbook_engine.report.pen import Pen
from playbook_engine.report.style import UNICODE, VERDICT_WORDS, VERDICTS, Glyphs, Line, Piece, Style, seconds
from playbook_engine.report.widths import pad
from playbook_engine.values import RunId

HEAD_SHOWN = 16
LABEL_WIDTH = 13
NEXT = {
    Verdict.WAITING: Summary.NEXT_WAITING,
    Verdict.UNKNOWN: Summary.NEXT_UNKNOWN,
    Verdict.UNRECORDED: Summary.NEXT_UNRECORDED,
    Verdict.UNDELIVERED: Summary.NEXT_UNDELIVERED,
}
"""What a person can do about a verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Where the record of a run stands, as a person would type it, and the head of its chain.

    `state_dir` is the folder that has to be named for the record to be found; None where it is found without.
    """

    run: RunId
    record: str | None
    head: str | None
    state_dir: str | None = None

    def command(self) -> str:
        """Return the command that verifies the record."""
        elsewhere = f" --state-dir {_quoted(self.state_dir)}" if self.state_dir else ""
        return f"runbook audit verify {self.run}{elsewhere}"


def summary(
    finished: RunFinished, proof: Proof, width: int, glyphs: Glyphs = UNICODE, words: Words = ENGLISH
) -> tuple[Line, ...]:
    """Return the last lines of a run."""
    pen = Pen(width, glyphs, words)
    verdict = Piece(f"{words(VERDICT_WORDS[finished.verdict])}  ", VERDICTS[finished.verdict])
    status = words(Summary.STATUS, code=int(finished.exit_code)) if finished.exit_code else ""
    said = words(Summary.SAID, reason=finished.reason, time=seconds(finished.duration_ms), status=status)
    lines: list[Line] = [(), *pen.labelled(verdict, said)]
    lines += _list(Summary.CHANGED, finished.changed, pen, Style.CHANGE)
    lines += _list(Summary.UNDONE, finished.undone, pen, Style.CHANGE)
    lines += _list(Summary.NOT_UNDONE, finished.not_undone, pen, Style.BAD)
    lines += _list(Summary.TOLD, finished.told, pen)
    lines += _list(Summary.NOT_TOLD, finished.not_told, pen, Style.BAD)
    lines += _nothing(finished, pen)
    lines += _record(proof, pen)
    advice = _next(finished)
    return (*lines, *(_row(Summary.NEXT, words(advice), pen) if advice else ()))


def _nothing(finished: RunFinished, pen: Pen) -> list[Line]:
    """Say what did not happen, where somebody would wonder."""
    if finished.verdict in (Verdict.HEALTHY, Verdict.RESOLVED):
        return []
    lines = [] if finished.changed else list(_row(Summary.CHANGED, pen.words(Summary.NOTHING), pen))
    if finished.verdict in (Verdict.UNRESOLVED, Verdict.UNKNOWN) and not (finished.told or finished.not_told):
        lines += _row(Summary.TOLD, pen.words(Summary.NOBODY), pen, Style.WARN)
    return lines


def _record(proof: Proof, pen: Pen) -> tuple[Line, ...]:
    """Return where the record is. Its path is never broken: people copy it."""
    if proof.record is None or proof.head is None:
        return _row(Summary.RECORD, pen.words(Summary.NO_RECORD), pen, Style.BAD)
    path = (_label(pen.words(Summary.RECORD)), Piece(pen.cut(proof.record, 4096), Style.DIM))
    # A command is never broken: people copy it.
    chain = Piece(f"{proof.head[:HEAD_SHOWN]}   {pen.cut(proof.command(), 4096)}", Style.DIM)
    return path, (_label(pen.words(Summary.CHAIN)), chain)


def _quoted(folder: str) -> str:
    """Quote a path for a shell, which has to see its `~` by itself."""
    home, rest = ("~/", folder[2:]) if folder.startswith("~/") else ("", folder)
    return home + shlex.quote(rest)


def _next(finished: RunFinished) -> Summary | None:
    if finished.not_undone:
        return Summary.NEXT_NOT_UNDONE
    return NEXT.get(finished.verdict)


def _list(label: Summary, names: tuple[str, ...], pen: Pen, style: Style = Style.PLAIN) -> list[Line]:
    rows = [_row(None if number else label, name, pen, style) for number, name in enumerate(names)]
    return [line for row in rows for line in row]


def _row(label: Summary | None, text: str, pen: Pen, style: Style = Style.PLAIN) -> tuple[Line, ...]:
    return pen.labelled(_label(pen.words(label) if label else ""), text, style, most=None)


def _label(label: str) -> Piece:
    return Piece(pad(f"  {label}", LABEL_WIDTH), Style.DIM)
