"""Shares and numbers in words, the same in all formats."""

from playbook_engine.model.rehearsed import EdgeKind, Report

KINDS = {
    EdgeKind.BRANCH: "branch edges",
    EdgeKind.STEP: "steps",
    EdgeKind.FAILURE: "on_failure",
    EdgeKind.UNDO: "undo",
}
"""What coverage counts, in the order in which it is told; the first is what `--fail-under` is about."""


def percent(share: float) -> str:
    """Return a share; what is not quite all is never shown as all."""
    return f"{int(share * 10) / 10:g} %"


def many(count: int, noun: str) -> str:
    """Return how many there are of something."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def total(report: Report) -> tuple[str, str]:
    """Return what was played, and how it went."""
    count, failed = len(report.scenarios), sum(not each.passed for each in report.scenarios)
    files = len({each.span.source.name for each in report.scenarios})
    said = f"{count - failed} passed" + (f", {failed} failed" if failed else "")
    if report.leftovers:
        said += f", {many(len(report.leftovers), 'shared answer')} never used"
    if not report.covered_enough:
        wanted = percent(report.fail_under or 0)
        said += f"; covered {percent(report.percent)} of the branch edges, {wanted} wanted"
    return f"{many(count, 'scenario')} in {many(files, 'file')}", said
