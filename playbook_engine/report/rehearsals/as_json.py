"""A test as one JSON document."""

from playbook_engine.diagnostics import Span
from playbook_engine.model.rehearsed import Covered, Edge, EdgeKind, Finding, Line, Rehearsed, Report
from playbook_engine.report.json_output import Json


def document(report: Report) -> dict[str, Json]:
    """Return a test for machines; lines and columns count from 1."""
    found: dict[str, Json] = {
        "passed": report.passed,
        "scenarios": [_scenario(each) for each in report.scenarios],
        "leftovers": [_finding(each) for each in report.leftovers],
    }
    if report.coverage is not None:
        taken, count = report.branch_edges
        found["coverage"] = {
            "branch_edges": {"taken": taken, "count": count, "percent": round(report.percent, 2)},
            "fail_under": report.fail_under,
            "playbooks": [_covered(each) for each in report.coverage],
        }
    return found


def _scenario(each: Rehearsed) -> Json:
    return {
        "playbook": each.playbook,
        "scenario": each.scenario,
        **_place(each.span),
        "passed": each.passed,
        "verdict": each.verdict.value,
        "reason": each.reason,
        "duration_ms": each.took_ms,
        "findings": [_finding(finding) for finding in each.findings],
    }


def _finding(finding: Finding) -> Json:
    return {
        "what": finding.what,
        "message": finding.message,
        **_place(finding.span),
        "advice": finding.advice,
        "comparison": [_line(line) for line in finding.lines],
    }


def _line(line: Line) -> Json:
    at = None if line.span is None else line.span.line
    return {"mark": line.mark.value, "text": line.text, "line": at, "note": line.note}


def _place(span: Span) -> dict[str, Json]:
    return {"file": span.source.name, "line": span.line, "column": span.column}


def _covered(covered: Covered) -> Json:
    counts: dict[str, Json] = {}
    for kind in EdgeKind:
        taken, count = covered.of(kind)
        counts[kind.value] = {"taken": taken, "count": count}
    return {
        "playbook": covered.name,
        "file": covered.source.name,
        "rehearsed": covered.rehearsed,
        "edges": counts,
        "missed": [_edge(edge) for edge in covered.missed],
    }


def _edge(edge: Edge) -> Json:
    return {
        "kind": edge.kind.value,
        "text": edge.text,
        "path": str(edge.path),
        "road": edge.road or None,
        **_place(edge.span),
    }
