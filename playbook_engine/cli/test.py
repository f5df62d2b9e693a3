"""`runbook test`: rehearsals of playbooks; nothing real is contacted."""

import json
import sys

import click

from playbook_engine.app.rehearsing import files, testing
from playbook_engine.app.rehearsing.testing import Wanted
from playbook_engine.cli import options, streams
from playbook_engine.errors import ExitCode
from playbook_engine.model.rehearsed import Report
from playbook_engine.report import ansi
from playbook_engine.report.style import glyphs


@click.command("test", short_help="Play rehearsals of playbooks: no network, no waiting.")
@click.argument("paths", nargs=-1, shell_complete=options.complete_playbooks)
@click.option("--filter", "only", metavar="TEXT", help="Only scenarios with this in their names.")
@click.option("--coverage", is_flag=True, help="Report what of the playbooks no scenario came to.")
@click.option(
    "--fail-under",
    metavar="PERCENT",
    type=click.FloatRange(0, 100),
    help="Fail when fewer of the branch edges (each case, each else) were taken.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "junit", "markdown"]),
    default="text",
    show_default=True,
    help="For people, as one JSON document, as XML for CI, or for a comment.",
)
@click.option("-v", "--verbose", is_flag=True, help="Name the scenarios that passed, too.")
def command(
    paths: tuple[str, ...],
    *,
    only: str | None,
    coverage: bool,
    fail_under: float | None,
    form: str,
    verbose: bool,
) -> None:
    """Play the rehearsals of PATHS: playbooks, rehearsals, or folders of them; without any, of the playbooks folder.

    A rehearsal (rehearsals/NAME.yml beside the playbook) says what is answered and what must come of it. The playbook
    is played as always; nothing is contacted, no secret is read, and nobody waits. Ends with 0 when all went as
    expected, 1 when something did not or too little is covered, 2 when a file has problems.
    """
    settled = options.here()
    wanted = Wanted(
        meant=files.meant(paths or (str(settled.playbooks),), settled),
        only=only,
        coverage=coverage or fail_under is not None,
        fail_under=fail_under,
    )
    report = testing.test(wanted, settled)
    streams.forgive(sys.stdout)
    streams.put(_written(report, form, verbose=verbose), sys.stdout)
    sys.exit(ExitCode.OK if report.passed else ExitCode.UNRESOLVED)


def _written(report: Report, form: str, *, verbose: bool) -> str:
    match form:
        case "json":
            from playbook_engine.report.rehearsals.as_json import document  # noqa: PLC0415  one format is wanted

            return json.dumps(document(report), ensure_ascii=False, indent=2) + "\n"
        case "junit":
            from playbook_engine.report.rehearsals.junit import xml  # noqa: PLC0415  as above

            return xml(report)
        case "markdown":
            from playbook_engine.report.rehearsals.markdown import page  # noqa: PLC0415  as above

            return page(report)
        case _:
            return _text(report, verbose=verbose)


def _text(report: Report, *, verbose: bool) -> str:
    from playbook_engine.report.rehearsals.text import report_lines  # noqa: PLC0415  as above

    symbols = glyphs(unicode=streams.unicode(sys.stdout))
    lines = report_lines(report, streams.width(sys.stdout), symbols, verbose=verbose)
    return ansi.text(lines, color=streams.color(sys.stdout))
