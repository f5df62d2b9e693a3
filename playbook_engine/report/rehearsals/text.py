"""For a person at a terminal: a line for each file, all there is to know where one failed, what was not played."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.rehearsed import Covered, Finding, Mark, Rehearsed, Report
from playbook_engine.model.rehearsed import Line as Compared
from playbook_engine.report.pen import Pen
from playbook_engine.report.rehearsals.counting import KINDS, many, percent, total
from playbook_engine.report.style import UNICODE, VERDICTS, Glyphs, Line, Piece, Style, seconds
from playbook_engine.report.widths import display_width, pad
from playbook_engine.visible import escape

INDENT = "    "
LABEL = 16
_STYLES = {Mark.SAME: Style.DIM, Mark.MISSING: Style.BAD, Mark.EXTRA: Style.GOOD}


def report_lines(report: Report, width: int, glyphs: Glyphs = UNICODE, *, verbose: bool = False) -> tuple[Line, ...]:
    """Return a test for a person; `verbose` names the scenarios that passed, too."""
    pen = Pen(width, glyphs)
    lines: list[Line] = []
    for _, group in groupby(report.scenarios, key=lambda each: each.span.source.name):
        lines += _file(tuple(group), pen, verbose=verbose)
    for finding in report.leftovers:
        lines += _finding(finding, pen)
    if report.coverage is not None:
        lines += [*_gap(lines), *_coverage(report, report.coverage, pen)]
    return (*lines, *_gap(lines), *_total(report, pen))


def _gap(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return an empty line, unless there is one already."""
    return ((),) if lines and lines[-1] else ()


def _file(scenarios: Sequence[Rehearsed], pen: Pen, *, verbose: bool) -> Iterator[Line]:
    failed = sum(not each.passed for each in scenarios)
    first = scenarios[0]
    said = (
        many(len(scenarios), "scenario") if not failed else f"{failed} of {many(len(scenarios), 'scenario')} failed"
    )
    yield pen.fit(
        (
            _mark(pen, good=not failed),
            Piece(f" {first.playbook}  ", Style.STRONG),
            Piece(said, Style.BAD if failed else Style.PLAIN),
            Piece(f"  {escape(first.span.source.name)}", Style.DIM),
        )
    )
    for each in scenarios:
        if verbose or not each.passed:
            yield from _scenario(each, pen)


def _scenario(rehearsed: Rehearsed, pen: Pen) -> Iterator[Line]:
    verdict = Piece(rehearsed.verdict.value, VERDICTS[rehearsed.verdict])
    took = Piece(f"  {seconds(rehearsed.took_ms)}" if rehearsed.took_ms else "", Style.DIM)
    start = (Piece("  "), _mark(pen, good=rehearsed.passed), Piece(" "))
    room = pen.width - sum(display_width(piece.text) for piece in (*start, verdict, took)) - 2
    yield (*start, Piece(pen.cut(rehearsed.scenario, max(room, 20))), Piece("  "), verdict, took)
    for finding in rehearsed.findings:
        yield from _finding(finding, pen)


def _finding(finding: Finding, pen: Pen) -> Iterator[Line]:
    label = Piece(pad(f"{INDENT}{finding.what}", LABEL), Style.BAD)
    hang = Piece(" " * LABEL)
    yield from pen.labelled(label, finding.message, most=None)
    yield pen.fit((hang, Piece(str(finding.span), Style.DIM)))
    for line in finding.lines:
        yield from _compared(line, pen)
    yield from pen.labelled(Piece(f"{' ' * LABEL}{pen.glyphs.arrow} "), finding.advice, most=None)
    yield ()


def _compared(line: Compared, pen: Pen) -> Iterator[Line]:
    style = _STYLES[line.mark]
    head = Piece(f"{' ' * LABEL}{line.mark.value} {escape(line.text)}", style)
    behind = f":{line.span.line}" if line.span is not None else line.note
    yield from _beside(head, behind, pen)


def _beside(head: Piece, behind: str, pen: Pen) -> Iterator[Line]:
    """Yield a line with faint words behind it; they go under it when there is no room."""
    column = max(display_width(head.text) + 2, LABEL + 34)
    if not behind:
        yield pen.fit((head,))
    elif column + min(display_width(escape(behind)), 24) <= pen.width:
        yield pen.fit((Piece(pad(head.text, column), head.style), Piece(pen.cut(behind, pen.width), Style.DIM)))
    else:
        yield pen.fit((head,))
        yield from pen.labelled(Piece(" " * (LABEL + 4)), behind, Style.DIM, most=2)


def _coverage(report: Report, covered: Sequence[Covered], pen: Pen) -> Iterator[Line]:
    yield (Piece("coverage", Style.STRONG),)
    for each in covered:
        yield from _playbook(each, pen)
    unrehearsed = [each.source.name for each in covered if not each.rehearsed]
    if unrehearsed:
        yield from pen.labelled(Piece("  without a rehearsal: ", Style.WARN), ", ".join(unrehearsed), most=None)
    style = Style.GOOD if report.covered_enough else Style.BAD
    taken, count = report.branch_edges
    wanted = "" if report.fail_under is None else f", {percent(report.fail_under)} wanted"
    said = f"{taken} of {count} ({percent(report.percent)}{wanted})"
    yield from pen.labelled(Piece("  branch edges, all playbooks: ", style), said, most=None)


def _playbook(covered: Covered, pen: Pen) -> Iterator[Line]:
    counts = [(words, *covered.of(kind)) for kind, words in KINDS.items()]
    told = ", ".join(f"{words} {taken} of {count}" for words, taken, count in counts if count)
    yield from pen.labelled(
        Piece(f"  {pad(covered.name, 24)} ", Style.BAD if covered.missed else Style.GOOD), told, most=None
    )
    for edge in covered.missed:
        place = Piece(f"{INDENT}{escape(str(edge.span))} ", Style.DIM)
        yield pen.fit((place, Piece(" "), Piece(edge.text)))


def _total(report: Report, pen: Pen) -> Iterator[Line]:
    played, said = total(report)
    yield from pen.labelled(Piece(f"{played}: ", Style.GOOD if report.passed else Style.BAD), said, most=None)


def _mark(pen: Pen, *, good: bool) -> Piece:
    outcome = Outcome.OK if good else Outcome.FAILED
    return Piece(pen.glyphs.outcomes[outcome], Style.GOOD if good else Style.BAD)
