"""`runbook play`: one playbook, on one inventory, to its verdict."""

import asyncio
import sys
from pathlib import Path

import click

from playbook_engine.app import config, finding, locking, planning, world
from playbook_engine.app.planning import Ready, Request
from playbook_engine.app.playing import Played, play
from playbook_engine.cli import options, screens, streams
from playbook_engine.errors import UsageError
from playbook_engine.model.settings import Mode, RunSettings


@click.command("play", short_help="Play a playbook on an inventory, to its verdict.")
@click.argument("playbook", shell_complete=options.complete_playbooks)
@options.inventory()
@click.option("-l", "--limit", metavar="PATTERN", help="Only these hosts of the inventory.")
@click.option("--set", "sets", metavar="NAME=VALUE", multiple=True, help="A value for an input; repeatable.")
@click.option("--plan", "plan_only", is_flag=True, help="Show what would be done; contact nothing.")
@click.option("--check", "check_only", is_flag=True, help="Run the reading steps only; show what would be changed.")
@click.option("-y", "--yes", is_flag=True, help="Say yes to every mitigation in advance.")
@click.option("--approve", "approved", metavar="ID", multiple=True, help="Say yes to one mitigation; repeatable.")
@click.option("--parallel", default=50, show_default=True, type=click.IntRange(1, 1000), help="Targets at once.")
@options.tags
@options.output("human", "json", "jsonl")
@options.state_dir
def command(  # noqa: PLR0917  one parameter for each option
    playbook: str,
    inventory: str,
    limit: str | None,
    sets: tuple[str, ...],
    plan_only: bool,
    check_only: bool,
    yes: bool,
    approved: tuple[str, ...],
    parallel: int,
    tags: tuple[str, ...],
    skip_tags: tuple[str, ...],
    output: str,
    state_dir: str | None,
) -> None:
    """Play PLAYBOOK: a file, or its name within playbooks/.

    Health first: when all is well, nothing else happens. Else the steps run in order; a mitigation asks before it
    changes anything. The end is a verdict, and a record that can be verified.
    """
    if plan_only and check_only:
        raise UsageError("--plan and --check exclude each other", "--plan contacts nothing; --check reads.")
    settled = options.here()
    state = config.state_dir(state_dir, settled)
    settings = RunSettings(
        mode=Mode.CHECK if check_only else Mode.PLAY,
        yes=yes,
        approved=frozenset(approved),
        tags=options.listed(tags),
        skip_tags=options.listed(skip_tags),
        interactive=streams.interactive(),
        parallel=parallel,
        state_dir=state,
    )
    request = Request(
        playbook=finding.playbook(playbook, settled),
        inventory=finding.inventory(inventory, settled, state),
        settings=settings,
        limit=limit,
        only_look=plan_only,
        set_texts=options.pairs(sets),
        config=settled,
    )
    ready = planning.prepare(request)
    streams.show_diagnostics(ready.warnings) if ready.warnings else None
    if plan_only:
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
