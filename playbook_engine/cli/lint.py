"""`runbook lint`: every problem of many playbooks, nothing contacted."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from playbook_engine.app import config, finding, linting
from playbook_engine.app.kinds import Kind
from playbook_engine.cli import options, streams
from playbook_engine.diagnostics import Diagnostic, Severity
from playbook_engine.errors import ExitCode, UsageError
from playbook_engine.model.sources import InventorySources
from playbook_engine.report import diagnostics as report

_NOUNS = {Kind.PLAYBOOK: "playbook", Kind.TRANSLATION: "translation", Kind.REHEARSAL: "rehearsal"}


@click.command("lint", short_help="Check playbooks without contacting anything.")
@click.argument("paths", nargs=-1, shell_complete=options.complete_playbooks)
@options.inventory(required=False)
@options.output("human", "json")
def command(paths: tuple[str, ...], inventory: finding.InventoryWords | None, output: str) -> None:
    """Check PATHS: playbooks, names of playbooks, translations, rehearsals, or folders; else the playbooks folder.

    The translations of a playbook are checked with it. With an inventory, every name is also looked up in its
    variables. Ends with 0 when nothing is wrong, else 2.
    """
    settled = options.here()
    files = [file for path in paths or (str(settled.playbooks),) for file in _files(path, settled)]
    if not files:
        raise UsageError("there is no playbook to check", f"Looked in {', '.join(paths) or settled.playbooks}.")
    found = linting.lint(files, _where(inventory, settled), settled)
    if output == "json":
        _print_json(found)
    else:
        _print_text(found)
    if any(each.severity is Severity.ERROR for each in found.diagnostics):
        sys.exit(ExitCode.INVALID)


def _where(inventory: finding.InventoryWords | None, settled: config.Config) -> InventorySources | None:
    """Return the inventory's place; a demo that is up publishes its own under the state directory."""
    return finding.inventory(inventory, settled, config.state_dir(None, settled)) if inventory else None


def _files(path: str, settled: config.Config) -> tuple[Path, ...]:
    if Path(path).is_dir():
        return linting.playbooks_below(Path(path))
    return (finding.playbook(path, settled),)


def _print_json(found: linting.Linted) -> None:
    document = {"files": found.files, "diagnostics": report.as_json(found.diagnostics)}
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def _print_text(found: linting.Linted) -> None:
    problems: tuple[Diagnostic, ...] = found.diagnostics
    if problems:
        streams.show_diagnostics(problems, sys.stdout)
        return
    click.echo(f"{' and '.join(_counted(found))}, no problems")


def _counted(found: linting.Linted) -> Iterator[str]:
    """Yield how many files of each kind were read: `12 playbooks`."""
    for kind, noun in _NOUNS.items():
        count = found.kinds.count(kind)
        if count:
            yield f"{count} {noun}{'' if count == 1 else 's'}"
