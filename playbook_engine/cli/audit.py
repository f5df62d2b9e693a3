"""`runbook audit`: the records of runs, listed, shown and verified."""

import json
import sys
from pathlib import Path

import click

from playbook_engine.app import config
from playbook_engine.audit import paths, reader, show, verdicts, verify
from playbook_engine.audit.findings import Integrity, Verification
from playbook_engine.cli import options
from playbook_engine.errors import ExitCode
from playbook_engine.model.translations import UNTRANSLATED, Reader
from playbook_engine.report.style import seconds


@click.group("audit", short_help="List, show and verify the records of runs.")
def command() -> None:
    """Look at the records of runs; a run is named by its id, a unique part of it, or `latest`."""


def _state(state_dir: str | None) -> Path:
    return config.state_dir(state_dir, options.here())


@command.command("list")
@options.output("human", "json")
@options.state_dir
def list_runs(output: str, state_dir: str | None) -> None:
    """List the runs on record, the newest first."""
    found = reader.runs(_state(state_dir))
    if output == "json":
        click.echo(json.dumps([_summary(each) for each in found], ensure_ascii=False, indent=2))
        return
    if not found:
        click.echo("No run is on record.")
    for each in found:
        took = seconds(each.duration_ms) if each.duration_ms is not None else ""
        what = each.problem or f"{each.playbook} on {each.environment}"
        click.echo(f"{each.run}  {each.started[:19]:<19}  {each.state:<12} {took:>7}  {what}  {each.actor}".rstrip())


def _summary(each: reader.RunSummary) -> dict[str, str | int | None]:
    """Return one run of the list for machines."""
    return {
        "run": each.run,
        "playbook": each.playbook,
        "environment": each.environment,
        "mode": each.mode,
        "actor": each.actor,
        "started": each.started,
        "state": each.state,
        "duration_ms": each.duration_ms,
        "record": str(each.path),
        "problem": each.problem,
    }


@command.command("show")
@click.argument("run", default="latest")
@options.output("human", "jsonl")
@options.lang
@options.state_dir
def show_run(run: str, output: str, lang: str | None, state_dir: str | None) -> None:
    """Show what happened in a run, in order."""
    path = reader.find(_state(state_dir), run)
    if output == "jsonl":
        sys.stdout.write(path.read_text(encoding="utf-8"))
        return
    events = reader.read(path).events
    for line in show.show(events, _reader(show.playbooks(events), lang)):
        click.echo(line)


def _reader(playbooks: tuple[str, ...], lang: str | None) -> Reader:
    tongue = options.tongue(lang, *map(Path, playbooks))
    if not tongue.codes:
        return UNTRANSLATED
    from playbook_engine.app import languages  # noqa: PLC0415  it reads YAML, which a record does not need

    return languages.of_record(playbooks, tongue)


@command.command("verify")
@click.argument("run", default="latest")
@options.output("human", "json")
@options.state_dir
def verify_run(run: str, output: str, state_dir: str | None) -> None:
    """Verify that a record is whole and unchanged; ends with 1 when it is not."""
    state = _state(state_dir)
    verification = verify.verify(reader.find(state, run), paths.ledger_file(state))
    if output == "json":
        click.echo(json.dumps(_plain(verification), ensure_ascii=False, indent=2))
    else:
        for line in verdicts.describe(verification):
            click.echo(line)
    if verification.integrity is not Integrity.INTACT:
        sys.exit(ExitCode.UNRESOLVED)


def _plain(verification: Verification) -> dict[str, object]:
    """Return a verification for machines."""
    return {
        "run": verification.run,
        "record": str(verification.path),
        "integrity": verification.integrity.value,
        "lines": verification.lines,
        "head": verification.head,
        "problems": [str(finding) for finding in verification.problems],
        "warnings": [str(finding) for finding in verification.warnings],
        "begun": list(verification.begun),
        "proven": list(verification.proven),
        "not_proven": list(verification.not_proven),
    }
