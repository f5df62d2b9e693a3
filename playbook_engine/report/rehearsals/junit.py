"""A test as the XML that CI systems read (the Ant and Jenkins dialect)."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from xml.sax.saxutils import escape as markup
from xml.sax.saxutils import quoteattr

from playbook_engine.model.rehearsed import Finding, Rehearsed, Report
from playbook_engine.report.rehearsals.counting import total
from playbook_engine.visible import escape


def xml(report: Report) -> str:
    """Return a suite for each file, a case for each scenario, and one for what they have in common."""
    suites = [
        _suite(name, tuple(group)) for name, group in groupby(report.scenarios, key=lambda e: e.span.source.name)
    ]
    suites += _common(report)
    failed = sum(not each.passed for each in report.scenarios) + len(list(_common_failures(report)))
    count = len(report.scenarios) + len(list(_common_failures(report)))
    head = f'<testsuites name="runbook test" tests="{count}" failures="{failed}">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *suites, "</testsuites>", ""])


def _suite(name: str, scenarios: Sequence[Rehearsed]) -> str:
    failed = sum(not each.passed for each in scenarios)
    head = f'  <testsuite name={_quoted(name)} tests="{len(scenarios)}" failures="{failed}">'
    return "\n".join([head, *(_case(each) for each in scenarios), "  </testsuite>"])


def _case(each: Rehearsed) -> str:
    head = (
        f"    <testcase name={_quoted(each.scenario)} classname={_quoted(each.playbook)}"
        f' file={_quoted(each.span.source.name)} line="{each.span.line}"'
    )
    if each.passed:
        return f"{head}/>"
    first = each.findings[0]
    said = "\n\n".join("\n".join(_text(finding)) for finding in each.findings)
    failure = f"<failure message={_quoted(f'{first.what}: {first.message}')}>{_safe(said)}</failure>"
    return f"{head}>\n      {failure}\n    </testcase>"


def _text(finding: Finding) -> Iterator[str]:
    yield f"{finding.span}: {finding.what}: {escape(finding.message)}"
    for line in finding.lines:
        behind = f"  ({line.note})" if line.note else ""
        yield escape(f"  {line.mark.value} {line.text}{behind}")
    yield escape(f"  {finding.advice}")


def _common(report: Report) -> Iterator[str]:
    failures = list(_common_failures(report))
    if failures:
        yield f'  <testsuite name="runbook test" tests="{len(failures)}" failures="{len(failures)}">'
        for name, said in failures:
            yield f'    <testcase name={_quoted(name)} classname="runbook test">'
            yield f"      <failure message={_quoted(said)}/>"
            yield "    </testcase>"
        yield "  </testsuite>"


def _common_failures(report: Report) -> Iterator[tuple[str, str]]:
    for finding in report.leftovers:
        yield f"shared answer at {finding.span}", finding.message
    if not report.covered_enough:
        yield "coverage", total(report)[1]


def _quoted(text: str) -> str:
    return quoteattr(escape(text))


def _safe(text: str) -> str:
    return markup(text)
