"""`runbook sweep`: the health of many playbooks, read-only by construction; what cron calls."""

import asyncio
import sys

import click

from playbook_engine.app import config, finding, sweeping
from playbook_engine.app.planning import Request
from playbook_engine.cli import options, screens, streams
from playbook_engine.errors import InvalidInput, UsageError
from playbook_engine.model.settings import Mode, RunSettings


@click.command("sweep", short_help="Ask the health of many playbooks; changes nothing.")
@click.argument("playbooks", nargs=-1, shell_complete=options.complete_playbooks)
@options.inventory()
@options.limit
@options.given_inputs
@options.parallel
@options.tags
@options.output("human", "json", "jsonl")
@options.lang
@options.state_dir
def command(
    playbooks: tuple[str, ...],
    inventory: finding.InventoryWords,
    limit: str | None,
    inputs: options.InputWords,
    *,
    parallel: int,
    tags: options.TagWords,
    output: str,
    lang: str | None,
    state_dir: str | None,
) -> None:
    """Run the health checks of PLAYBOOKS side by side; without any, of all in the playbooks folder.

    Only `health` is read from each playbook, so nothing can be changed. Playbooks without `health` are left out.
    A value for an input goes to every playbook that has the input.
    With tags, so are the checks that do not carry one of them; a playbook's tags are carried by all its checks.
    """
    settled = options.here()
    state = config.state_dir(state_dir, settled)
    names = [finding.playbook(name, settled) for name in playbooks] or finding.all_playbooks(settled.playbooks)
    if not names:
        raise UsageError(f"there is no playbook in {settled.playbooks}/")
    request = Request(
        playbook=names[0],
        inventory=finding.inventory(inventory, settled, state),
        settings=RunSettings(
            mode=Mode.SWEEP,
            parallel=parallel,
            tags=tags.wanted,
            skip_tags=tags.unwanted,
            state_dir=state,
        ),
        limit=limit,
        set_texts=inputs.set_texts(),
        vars_files=inputs.vars_files,
        config=settled,
        tongue=options.tongue(lang, *names),
    )
    prepared = sweeping.prepare(names, request)
    if prepared.warnings:
        streams.show_diagnostics(prepared.warnings)
    if prepared.problems:
        raise InvalidInput(prepared.problems)
    if not prepared.plans:
        meant = " that these tags mean" if tags.wanted or tags.unwanted else ""
        raise UsageError(f"none of these playbooks has health checks{meant}")
    screen = screens.sweep_screen(output)
    swept = asyncio.run(sweeping.sweep(prepared.plans, state, screen.sinks))
    screen.end(swept)
    sys.exit(sweeping.exit_code(swept))
