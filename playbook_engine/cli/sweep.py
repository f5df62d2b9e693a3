"""`runbook sweep`: the health of many playbooks, read-only by construction; what cron calls."""

import asyncio
import sys
from pathlib import Path

import click

from playbook_engine.app import config, finding, limiting, planning, sweeping
from playbook_engine.app.planning import Ready, Request
from playbook_engine.cli import options, screens, streams
from playbook_engine.diagnostics import Diagnostic, Severity
from playbook_engine.errors import InvalidInput, UsageError
from playbook_engine.frozen import dataclass
from playbook_engine.model.settings import Mode, RunSettings
from playbook_engine.model.sources import InventorySources


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The plans that can be made, and what is wrong with the others."""

    plans: tuple[Ready, ...]
    problems: tuple[Diagnostic, ...]


@click.command("sweep", short_help="Ask the health of many playbooks; changes nothing.")
@click.argument("playbooks", nargs=-1, shell_complete=options.complete_playbooks)
@options.inventory()
@options.limit
@click.option("--parallel", default=50, show_default=True, type=click.IntRange(1, 1000), help="Targets at once.")
@options.output("human", "json", "jsonl")
@options.state_dir
def command(
    playbooks: tuple[str, ...],
    inventory: finding.InventoryWords,
    limit: str | None,
    parallel: int,
    output: str,
    state_dir: str | None,
) -> None:
    """Run the health checks of PLAYBOOKS side by side; without any, of all in the playbooks folder.

    Only `health` is read from each playbook, so nothing can be changed. Playbooks without `health` are left out.
    """
    settled = options.here()
    state = config.state_dir(state_dir, settled)
    names = [finding.playbook(name, settled) for name in playbooks] or finding.all_playbooks(settled.playbooks)
    if not names:
        raise UsageError(f"there is no playbook in {settled.playbooks}/")
    settings = RunSettings(mode=Mode.SWEEP, parallel=parallel, state_dir=state)
    where = finding.inventory(inventory, settled, state)
    prepared = _prepare(tuple(names), where, settings, limit)
    if prepared.problems:
        raise InvalidInput(prepared.problems)
    if not prepared.plans:
        raise UsageError("none of these playbooks has health checks")
    screen = screens.sweep_screen(output)
    swept = asyncio.run(sweeping.sweep(prepared.plans, state, screen.sinks))
    screen.end(swept)
    sys.exit(sweeping.exit_code(swept))


def _prepare(paths: tuple[Path, ...], where: InventorySources, settings: RunSettings, limit: str | None) -> _Prepared:
    """Bind every playbook; all problems of all of them are found before anything is contacted.

    Playbooks in whose last run no host failed are left out of `--limit @failed`, as long as there are others.
    """
    plans: list[Ready] = []
    problems: list[Diagnostic] = []
    idle: list[Diagnostic] = []
    loaded = planning.load(where)
    for path in paths:
        request = Request(playbook=path, inventory=where, settings=settings, limit=limit, set_texts={})
        try:
            ready = planning.prepare(request, loaded)
        except InvalidInput as error:
            (idle if _is_idle(error) else problems).extend(error.diagnostics)
            continue
        if ready.plan.health:
            plans.append(ready)
        if ready.warnings:
            streams.show_diagnostics(ready.warnings)
    if not plans and not problems:
        problems = idle
    return _Prepared(tuple(plans), tuple(dict.fromkeys(problems)))


def _is_idle(error: InvalidInput) -> bool:
    return {each.code for each in error.diagnostics if each.severity is Severity.ERROR} <= limiting.IDLE
