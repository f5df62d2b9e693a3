"""How a run ended: verdict, what was changed and undone, who was told, where the record is."""

from pathlib import Path

from playbook_engine.model.events import RunFinished
from playbook_engine.model.outcomes import Verdict
from playbook_engine.report.escape import escape
from playbook_engine.report.style import VERDICTS, Line, Piece, Style, seconds
from playbook_engine.values import RunId

HEAD_SHOWN = 16
NEXT = {
    Verdict.WAITING: "Play it at a terminal, or give the yes in advance with --approve ID or --yes.",
    Verdict.UNKNOWN: "Look at the targets that could not be reached; nothing was changed.",
    Verdict.UNRECORDED: "Make the state directory writable, or name another with --state-dir.",
    Verdict.UNDELIVERED: "Tell somebody yourself: no notice went out.",
}
"""What a person can do about a verdict."""


def summary(finished: RunFinished, *, run: RunId, record: Path | None, head: str | None) -> tuple[Line, ...]:
    """Return the last lines of a run."""
    style = VERDICTS[finished.verdict]
    status = f" (exit {finished.exit_code})" if finished.exit_code else ""
    lines: list[Line] = [
        (),
        (
            Piece(finished.verdict.value, style),
            Piece(f"  {escape(finished.reason)}{status}"),
            Piece(f"  {seconds(finished.duration_ms)}", Style.DIM),
        ),
    ]
    lines += _list("changed", finished.changed, Style.CHANGE)
    lines += _list("undone", finished.undone, Style.CHANGE)
    lines += _list("not undone", finished.not_undone, Style.WARN)
    lines += _list("told", finished.told, Style.PLAIN)
    lines += _list("not told", finished.not_told, Style.BAD)
    if not finished.told and not finished.not_told and finished.verdict in (Verdict.UNRESOLVED, Verdict.UNKNOWN):
        lines.append(_row("told", "nobody", Style.WARN))
    if record is not None and head is not None:
        lines.append(_row("record", str(record), Style.DIM))
        lines.append(_row("chain", f"{head[:HEAD_SHOWN]}  (runbook audit verify {run})", Style.DIM))
    else:
        lines.append(_row("record", "none was written", Style.BAD))
    if finished.verdict in NEXT:
        lines.append(_row("next", NEXT[finished.verdict], Style.PLAIN))
    return tuple(lines)


def _list(label: str, names: tuple[str, ...], style: Style) -> list[Line]:
    return [_row(label if number == 0 else "", escape(name), style) for number, name in enumerate(names)]


def _row(label: str, text: str, style: Style) -> Line:
    return (Piece(f"  {label:<11}", Style.DIM), Piece(text, style))
