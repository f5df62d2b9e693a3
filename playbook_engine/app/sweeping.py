"""The health checks of many playbooks side by side, over shared connections; read-only by construction."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from playbook_engine.app import world
from playbook_engine.app.planning import Ready
from playbook_engine.app.playing import Audience, Played, Signals, Stage, play_on
from playbook_engine.errors import ExitCode
from playbook_engine.frozen import dataclass
from playbook_engine.model.events import Recorded, StepFinished
from playbook_engine.model.outcomes import Verdict
from playbook_engine.model.plan import Plan, planned_steps
from playbook_engine.plan import tags
from playbook_engine.ports import EventSink


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """One playbook's health: how its run ended, and each of its checks."""

    plan: Plan
    played: Played
    checks: tuple[StepFinished, ...]


class _Checks:
    """Keeps the ends of the checks."""

    def __init__(self) -> None:
        self.finished: list[StepFinished] = []

    def emit(self, recorded: Recorded) -> None:
        if isinstance(recorded.event, StepFinished):
            self.finished.append(recorded.event)


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
    return Swept(plan=ready.plan, played=played, checks=tuple(checks.finished))


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
