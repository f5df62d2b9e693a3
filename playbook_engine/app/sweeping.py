"""The health checks of many playbooks side by side, over shared connections; read-only by construction."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from playbook_engine.app import limiting, planning, vars_files, world
from playbook_engine.app.planning import Beside, Ready, Request
from playbook_engine.app.playing import Audience, Played, Signals, Stage, play_on
from playbook_engine.app.shelf import Shelf
from playbook_engine.diagnostics import Diagnostic, Problems, Severity
from playbook_engine.errors import ExitCode, InvalidInput
from playbook_engine.frozen import dataclass
from playbook_engine.model.events import Recorded, StepFinished
from playbook_engine.model.outcomes import Verdict
from playbook_engine.model.plan import Plan, planned_steps
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.settings import RunSettings
from playbook_engine.model.translations import UNTRANSLATED, Reader
from playbook_engine.plan import tags
from playbook_engine.ports import EventSink


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """One playbook's health: how its run ended, and each of its checks."""

    plan: Plan
    played: Played
    checks: tuple[StepFinished, ...]
    reader: Reader = UNTRANSLATED


class _Checks:
    """Keeps the ends of the checks."""

    def __init__(self) -> None:
        self.finished: list[StepFinished] = []

    def emit(self, recorded: Recorded) -> None:
        if isinstance(recorded.event, StepFinished):
            self.finished.append(recorded.event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The plans that can be made, what is wrong with the others, and what is worth a warning."""

    plans: tuple[Ready, ...]
    problems: tuple[Diagnostic, ...]
    warnings: tuple[Diagnostic, ...]


def prepare(paths: Sequence[Path], request: Request) -> Prepared:
    """Bind every playbook as `request` says; all problems of all of them are found before anything is contacted.

    A value for an input goes to every playbook that has the input; one that no playbook has is a problem. Playbooks
    in whose last run no host failed are left out of `--limit @failed`, as long as there are others.
    """
    common = Problems()
    loaded = planning.load(request.inventory)
    files = vars_files.read(request.vars_files, common)
    shelf = Shelf(request.config, request.tongue)
    read = [_read(path, shelf, common) for path in paths]
    shared = replace(request, elsewhere=_inputs(read, planning.given_names(request, files)))
    ready: list[Ready] = []
    problems, idle = [*loaded.problems, *common.sorted()], list[Diagnostic]()
    for path, (playbook, own) in zip(paths, read, strict=True):
        try:
            ready.append(planning.join(replace(shared, playbook=path), playbook, loaded, own, Beside(files, shelf)))
        except InvalidInput as error:
            (idle if _is_idle(error) else problems).extend(error.diagnostics)
    problems += [] if ready else idle
    if not problems:  # a playbook that could not be read may be the one that carries the tag
        problems += _unknown_tags(request.settings, [ready_one.plan.playbook for ready_one in ready])
    return _prepared(ready, problems)


def _unknown_tags(settings: RunSettings, playbooks: Sequence[Playbook]) -> tuple[Diagnostic, ...]:
    unknown = Problems()
    tags.check(settings, tags.known(playbooks, sweep=True), unknown)
    return unknown.sorted()


def _is_idle(error: InvalidInput) -> bool:
    """Tell whether all that is wrong is that there is nothing to do."""
    return {each.code for each in error.diagnostics if each.severity is Severity.ERROR} <= limiting.IDLE


def _read(path: Path, shelf: Shelf, common: Problems) -> tuple[Playbook | None, Problems]:
    """Read a playbook; its list of problems begins with those that all have in common."""
    own = Problems()
    own.extend(common.sorted())
    return shelf.read(path, own), own


def _inputs(read: Sequence[tuple[Playbook | None, Problems]], given: frozenset[str]) -> frozenset[str]:
    """Return the inputs of all playbooks; a playbook that cannot be read may have any that somebody gives."""
    known = frozenset(spec.name for playbook, _ in read if playbook for spec in playbook.inputs)
    return known | given if any(playbook is None for playbook, _ in read) else known


def _prepared(ready: Sequence[Ready], problems: Sequence[Diagnostic]) -> Prepared:
    """Keep what this sweep asks; problems and warnings that several playbooks share are said once."""
    broken = any(each.severity is Severity.ERROR for each in problems)
    warnings = dict.fromkeys(warning for each in ready for warning in each.warnings)
    return Prepared(
        plans=tuple(each for each in ready if each.plan.health and asks(each.plan)),
        problems=tuple(dict.fromkeys(problems)) if broken else (),
        warnings=tuple(warnings),
    )


def asks(plan: Plan) -> bool:
    """Return whether there is a health check in a plan that this sweep makes."""
    settings = plan.settings
    return tags.chosen(plan.playbook, settings) and any(
        planned.left_out is None for planned in planned_steps(plan.health)
    )


async def sweep(plans: Sequence[Ready], state: Path, sinks: Sequence[EventSink]) -> tuple[Swept, ...]:
    """Ask the health of every plan at once."""
    steps = tuple(step for ready in plans for step in ready.plan.playbook.health)
    hidden = frozenset(name for ready in plans for name in world.secret_env(ready.plan))
    transports = world.transports(steps, world.nobody, hidden)
    try:
        with Signals().installed() as signals:
            stage = Stage(transports, signals)
            return tuple(await asyncio.gather(*(_one(ready, state, sinks, stage) for ready in plans)))
    finally:
        await transports.close()


async def _one(ready: Ready, state: Path, sinks: Sequence[EventSink], stage: Stage) -> Swept:
    checks = _Checks()
    audience = Audience(sinks=(checks, *sinks))
    played = await play_on(ready, world.new_run_id(), state, audience, stage)
    return Swept(plan=ready.plan, reader=ready.reader, played=played, checks=tuple(checks.finished))


GRAVITY = (
    (Verdict.INTERRUPTED, ExitCode.INTERRUPTED),
    (Verdict.UNRESOLVED, ExitCode.UNRESOLVED),
    (Verdict.UNKNOWN, ExitCode.UNKNOWN),
    (Verdict.UNRECORDED, ExitCode.UNRECORDED),
)
"""What decides the status of a sweep, the gravest first."""


def exit_code(swept: Sequence[Swept]) -> ExitCode:
    """Return the status of a whole sweep: that of its gravest verdict."""
    found = {each.played.finished.verdict for each in swept}
    return next((code for verdict, code in GRAVITY if verdict in found), ExitCode.OK)
