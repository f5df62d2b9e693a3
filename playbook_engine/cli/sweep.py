"""`runbook sweep`: the health of many playbooks, read-only by construction; what cron calls."""

import asyncio
import sys
from pathlib import Path

import click

from playbook_engine.app import config, finding, planning, sweeping
from playbook_engine.app.planning import Ready, Request
from playbook_engine.cli import options, screens, streams
from playbook_engine.diagnostics import Diagnostic, Problems
from playbook_engine.errors import InvalidInput, UsageError
from playbook_engine.frozen import dataclass
from playbook_engine.model.settings import Mode, RunSettings
from playbook_engine.plan import tags as plan_tags


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The plans that can be made, and what is wrong with the others."""

    plans: tuple[Ready, ...]
    problems: tuple[Diagnostic, ...]


@click.command("sweep", short_help="Ask the health of many playbooks; changes nothing.")
@click.argument("playbooks", nargs=-1, shell_complete=options.complete_playbooks)
@options.inventory()
@click.option("-l", "--limit", metavar="PATTERN", help="Only these hosts of the inventory.")
@click.option("--parallel", default=50, show_default=True, type=click.IntRange(1, 1000), help="Targets at once.")
@options.tags
@options.output("human", "json", "jsonl")
@options.state_dir
def command(  # noqa: PLR0917  one parameter for each option
    playbooks: tuple[str, ...],
    inventory: str,
    limit: str | None,
    parallel: int,
    tags: tuple[str, ...],
    skip_tags: tuple[str, ...],
    output: str,
    state_dir: str | None,
) -> None:
    """Run the health checks of PLAYBOOKS side by side; without any, of all in the playbooks folder.

    Only `health` is read from each playbook, so nothing can be changed. Playbooks without `health` are left out.
    With tags, so are the checks that do not carry one of them; a playbook's tags are carried by all its checks.
    """
    settled = options.here()
    state = config.state_dir(state_dir, settled)
    names = [finding.playbook(name, settled) for name in playbooks] or finding.all_playbooks(settled.playbooks)
    if not names:
        raise UsageError(f"there is no playbook in {settled.playbooks}/")
    settings = RunSettings(
        mode=Mode.SWEEP,
        parallel=parallel,
        tags=options.listed(tags),
        skip_tags=options.listed(skip_tags),
        state_dir=state,
    )
    where = finding.inventory(inventory, settled, state)
    prepared = _prepare(tuple(names), where, settings, limit)
    if prepared.problems:
        raise InvalidInput(prepared.problems)
    if not prepared.plans:
        meant = " that these tags mean" if settings.tags or settings.skip_tags else ""
        raise UsageError(f"none of these playbooks has health checks{meant}")
    screen = screens.sweep_screen(output)
    swept = asyncio.run(sweeping.sweep(prepared.plans, state, screen.sinks))
    screen.end(swept)
    sys.exit(sweeping.exit_code(swept))


def _prepare(paths: tuple[Path, ...], where: Path, settings: RunSettings, limit: str | None) -> _Prepared:
    """Bind every playbook; all problems of all of them are found before anything is contacted."""
    plans: list[Ready] = []
    problems: list[Diagnostic] = []
    known: set[str] = set()
    for path in paths:
        request = Request(playbook=path, inventory=where, settings=settings, limit=limit, set_texts={})
        try:
            ready = planning.prepare(request)
        except InvalidInput as error:
            problems.extend(error.diagnostics)
            continue
        known |= plan_tags.known([ready.plan.playbook], sweep=True)
        if sweeping.asks(ready.plan):
            plans.append(ready)
        if ready.warnings:
            streams.show_diagnostics(ready.warnings)
    unknown = Problems()
    if not problems:  # a playbook that could not be read may be the one that carries the tag
        plan_tags.check(settings, frozenset(known), unknown)
    return _Prepared(tuple(plans), tuple(dict.fromkeys([*problems, *unknown.sorted()])))
