"""`runbook play`: one playbook, on one inventory, to its verdict."""

import asyncio
import sys
from pathlib import Path

import click

from playbook_engine.app import config, finding, locking, planning, world
from playbook_engine.app.planning import Ready, Request
from playbook_engine.app.playing import Played, play
from playbook_engine.cli import options, screens, streams
from playbook_engine.model.settings import RunSettings


@click.command("play", short_help="Play a playbook on an inventory, to its verdict.")
@click.argument("playbook", shell_complete=options.complete_playbooks)
@options.inventory()
@options.limit
@options.given_inputs
@options.restraint
@options.consent
@options.parallel
@click.option("--record", is_flag=True, help="Keep full answers beside the record, for 'runbook rehearse'.")
@options.tags
@options.output("human", "json", "jsonl")
@options.lang
@options.state_dir
def command(
    playbook: str,
    inventory: finding.InventoryWords,
    limit: str | None,
    inputs: options.InputWords,
    restraint: options.Restraint,
    consent: options.Consent,
    *,
    parallel: int,
    record: bool,
    tags: options.TagWords,
    output: str,
    lang: str | None,
    state_dir: str | None,
) -> None:
    """Play PLAYBOOK: a file, or its name within playbooks/.

    Health first: when all is well, nothing else happens. Else the steps run in order; a mitigation asks before it
    changes anything. The end is a verdict, and a record that can be verified.
    """
    settled = options.here()
    state = config.state_dir(state_dir, settled)
    settings = RunSettings(
        mode=restraint.mode(),
        yes=consent.yes,
        approved=frozenset(consent.approved),
        tags=tags.wanted,
        skip_tags=tags.unwanted,
        interactive=streams.interactive(),
        parallel=parallel,
        record=record,
        state_dir=state,
    )
    path = finding.playbook(playbook, settled)
    request = Request(
        playbook=path,
        inventory=finding.inventory(inventory, settled, state),
        settings=settings,
        limit=limit,
        only_look=restraint.plan_only,
        set_texts=inputs.set_texts(),
        vars_files=inputs.vars_files,
        config=settled,
        tongue=options.tongue(lang, path),
    )
    ready = planning.prepare(request)
    streams.show_diagnostics(ready.warnings) if ready.warnings else None
    if restraint.plan_only:
        screens.show_plan(ready, output)
        return
    played = run(ready, state, output)
    sys.exit(played.finished.exit_code)


def run(ready: Ready, state: Path, output: str) -> Played:
    """Play a plan with the screen that the output format asks for, and show how it ended."""
    identity = world.new_run_id()
    with locking.held(ready.plan, identity, state):
        screen = screens.screen(output, ready, identity)
        with screen:
            played = asyncio.run(play(ready, identity, state, screen.audience))
        screen.end(played)
    return played
