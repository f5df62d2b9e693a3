"""One run, from plan to verdict."""

import asyncio
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from playbook_engine import __version__
from playbook_engine.app import cooldowns, origin, world
from playbook_engine.app.acks import FileAcks
from playbook_engine.app.planning import Ready
from playbook_engine.app.telling import EnvironmentTeller
from playbook_engine.engine.carrying import ByTransport
from playbook_engine.engine.executor import Executor, World
from playbook_engine.frozen import dataclass
from playbook_engine.model.events import RunFinished, RunStarted
from playbook_engine.model.plan import Plan
from playbook_engine.ports import Approver, EventSink
from playbook_engine.values import RunId

SIGNALS = {signal.SIGINT: "SIGINT", signal.SIGTERM: "SIGTERM", signal.SIGHUP: "SIGTERM"}
"""A terminal that is closed counts as a request to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How a run ended, and where it stands on record (None: it could not be recorded)."""

    run: RunId
    finished: RunFinished
    record: Path | None
    head: str | None
    refused: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who watches a run and who can be asked; None when nobody is at a terminal."""

    sinks: Sequence[EventSink] = ()
    approver: Approver | None = None
    ask: world.AskPerson = world.nobody


class Signals:
    """Hands signals to the runs that are under way: they undo and record before they end."""

    def __init__(self) -> None:
        self._runs: list[Executor] = []

    @contextmanager
    def installed(self) -> Iterator["Signals"]:
        """Take signals while this lasts."""
        loop = asyncio.get_running_loop()
        for number, name in SIGNALS.items():
            loop.add_signal_handler(number, self._take, name)
        try:
            yield self
        finally:
            for number in SIGNALS:
                loop.remove_signal_handler(number)

    def watch(self, executor: Executor) -> None:
        """Let a run have the signals too."""
        self._runs.append(executor)

    def _take(self, name: str) -> None:
        for executor in self._runs:
            executor.interrupt(name)


async def play(ready: Ready, run: RunId, state: Path, audience: Audience) -> Played:
    """Play a plan on its real targets and seal its record."""
    plan = ready.plan
    transports = world.transports(world.steps_of(plan), audience.ask, world.secret_env(plan))
    try:
        with Signals().installed() as signals:
            return await play_on(ready, run, state, audience, Stage(transports, signals))
    finally:
        await transports.close()


@dataclass(frozen=True, slots=True)
class Stage:
    """What several runs can share: open connections, and the signals."""

    transports: world.Transports
    signals: Signals


async def play_on(ready: Ready, run: RunId, state: Path, audience: Audience, stage: Stage) -> Played:
    """Play a plan on a stage that somebody else set and clears."""
    clock = world.SystemClock()
    plan, notes = cooldowns.counted(ready.plan, state, clock)
    record = world.open_record(state, run, clock, ready.secrets, answers=plan.settings.record)
    teller = EnvironmentTeller(
        plan=plan, run=run, secrets=ready.secrets, clock=clock, record=record, reader=ready.reader
    )
    outside = World(
        clock=clock,
        recorder=record.recorder,
        sinks=tuple(audience.sinks),
        carrier=ByTransport(stage.transports.by_name),
        approver=audience.approver,
        teller=teller,
        acks=FileAcks(state, run),
    )
    executor = Executor(plan, run, outside)
    stage.signals.watch(executor)
    with record.file or nullcontext():
        finished = await executor.run(_started(plan, ready.inputs, (*notes, *record.notes)))
        if record.file is None:
            return Played(run=run, finished=finished, record=None, head=None, refused=record.refused)
        record.file.seal()
    return Played(run=run, finished=finished, record=record.file.path, head=record.file.head)


def _started(plan: Plan, inputs: tuple[tuple[str, str], ...], notes: tuple[str, ...]) -> RunStarted:
    return RunStarted(
        mode=plan.settings.mode.value,
        playbook=plan.playbook_ref,
        inventory=plan.inventory_ref,
        environment=plan.environment.name,
        actor=origin.actor(),
        tool=f"runbook {__version__}",
        inputs=inputs,
        notes=notes,
    )
