"""`runbook explain`: what every name of a playbook stands for, and who says so."""

import sys

import click

from playbook_engine.app import config, explaining, finding, languages
from playbook_engine.app.explaining import Question
from playbook_engine.cli import options, screens, streams
from playbook_engine.diagnostics import Severity
from playbook_engine.errors import ExitCode, UsageError


@click.command("explain", short_help="Show every value of a playbook and where it comes from.")
@click.argument("playbook", shell_complete=options.complete_playbooks)
@options.inventory(required=False)
@click.option("--host", metavar="NAME", help="As the steps on this host see it.")
@options.limit
@options.given_inputs
@options.lang
@options.output("human", "json")
def command(
    playbook: str,
    inventory: finding.InventoryWords | None,
    host: str | None,
    limit: str | None,
    inputs: options.InputWords,
    lang: str | None,
    output: str,
) -> None:
    """Show for every name that the steps of PLAYBOOK see its value, where it comes from, and what it overrode.

    Without --host these are the values for steps that do not run on a host, and which hosts see other ones. Secrets
    are masked; nothing is contacted. Ends with 2 when a value is missing or does not fit.
    """
    if host is not None and limit is not None:
        raise UsageError("--host and --limit exclude each other", "--host shows one host, --limit several.")
    if inventory is None and (host is not None or limit is not None):
        raise UsageError("--host and --limit need an inventory", "Add -i INVENTORY.")
    settled = options.here()
    state = config.state_dir(None, settled)
    path = finding.playbook(playbook, settled)
    tongue = options.tongue(lang, path)
    question = Question(
        playbook=path,
        inventory=finding.inventory(inventory, settled, state) if inventory else None,
        host=host,
        limit=limit,
        set_texts=inputs.set_texts(),
        vars_files=inputs.vars_files,
    )
    answer = explaining.explain(question)
    screens.show_explanation(answer.explanation, output, languages.of_record((str(path),), tongue))
    if answer.problems:
        streams.show_diagnostics(answer.problems)
    if any(each.severity is Severity.ERROR for each in answer.problems):
        sys.exit(ExitCode.INVALID)
