"""A test as Markdown, for a comment on a change."""

from collections.abc import Iterator

from playbook_engine.model.rehearsed import Covered, Finding, Rehearsed, Report
from playbook_engine.report.rehearsals.counting import KINDS, percent, total
from playbook_engine.visible import escape


def page(report: Report) -> str:
    """Return what failed in full, what passed as a row each, and what was never played."""
    played, said = total(report)
    lines = [f"**{'Passed' if report.passed else 'Failed'}**: {played}: {said}", ""]
    lines += ["| | playbook | scenario | verdict |", "|---|---|---|---|", *map(_row, report.scenarios), ""]
    for each in report.scenarios:
        lines += _scenario(each)
    for finding in report.leftovers:
        lines += _finding(finding)
    if report.coverage is not None:
        lines += _coverage(report, report.coverage)
    return "\n".join(lines).rstrip() + "\n"


def _row(each: Rehearsed) -> str:
    return f"| {'✓' if each.passed else '✗'} | {each.playbook} | {_cell(each.scenario)} | {each.verdict.value} |"


def _scenario(each: Rehearsed) -> Iterator[str]:
    if not each.passed:
        yield f"### {_cell(each.scenario)}"
        yield ""
        for finding in each.findings:
            yield from _finding(finding)


def _finding(finding: Finding) -> Iterator[str]:
    yield f"**{finding.what}** `{finding.span}`: {_cell(finding.message)}"
    yield ""
    if finding.lines:
        yield "```diff"
        yield from (_compared(line.mark.value, line.text, line.note) for line in finding.lines)
        yield "```"
        yield ""
    yield _cell(finding.advice)
    yield ""


def _compared(mark: str, text: str, note: str) -> str:
    return escape(f"{mark} {text}{f'   # {note}' if note else ''}").replace("```", "'''")


def _coverage(report: Report, covered: tuple[Covered, ...]) -> Iterator[str]:
    taken, count = report.branch_edges
    yield f"Branch edges: {taken} of {count} ({percent(report.percent)})"
    yield ""
    yield f"| playbook | {' | '.join(KINDS.values())} | never played |"
    yield f"|---|{'---|' * (len(KINDS) + 1)}"
    for each in covered:
        counts = (each.of(kind) for kind in KINDS)
        told = " | ".join(f"{taken} of {count}" if count else "" for taken, count in counts)
        missed = "<br>".join(f"`{edge.span}` {_cell(edge.text)}" for edge in each.missed)
        name = each.name if each.rehearsed else f"{each.name} (no rehearsal)"
        yield f"| {name} | {told} | {missed} |"
    yield ""


def _cell(text: str) -> str:
    """Return a text that is no markup."""
    safe = escape(text)
    for sign in "\\`*_<>[]|":
        safe = safe.replace(sign, f"\\{sign}")
    return safe
