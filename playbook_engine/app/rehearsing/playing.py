"""One scenario, from its first step to what is wrong with it."""

import asyncio
from collections.abc import Iterator

from playbook_engine import __version__
from playbook_engine.app.rehearsing.scene import Scene
from playbook_engine.engine.executor import Executor, World
from playbook_engine.frozen import dataclass
from playbook_engine.model.events import Actor, Event, RunFinished, RunStarted
from playbook_engine.model.plan import Plan
from playbook_engine.model.rehearsed import EdgeKey, Finding, Rehearsed
from playbook_engine.rehearsal import comparing, leftovers
from playbook_engine.rehearsal.carrier import ScriptedCarrier
from playbook_engine.rehearsal.edges import edges_taken
from playbook_engine.rehearsal.people import PERSON, ScriptedAcks, ScriptedPerson, ScriptedTeller
from playbook_engine.rehearsal.recording import RUN, MemoryRecorder
from playbook_engine.rehearsal.script import Script
from playbook_engine.rehearsal.taken import taken
from playbook_engine.rehearsal.virtual_time import VirtualClock

SIGNAL = "SIGINT"


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a scenario, the edges that it took, and which answers it used (by identity)."""

    rehearsed: Rehearsed
    edges: frozenset[EdgeKey]
    used: frozenset[int]


class _Stage:
    """The scripted world of one scenario."""

    def __init__(self, scene: Scene) -> None:
        scenario = scene.scenario
        self.scene = scene
        self.names = scene.bound.names
        self.clock = VirtualClock(scene.cast.rehearsal.now)
        script = Script.of(scene.cast.rehearsal.answers, scenario.answers, self.names)
        self.carrier = ScriptedCarrier(script, self.clock)
        self.person = ScriptedPerson(scenario.approvals, self.names)
        self.teller = ScriptedTeller([word.text for word in scenario.cannot_be_told])
        self.acks = ScriptedAcks(scenario.ack, self.clock)
        self.recorder = MemoryRecorder(self.clock)

    def world(self) -> World:
        """Return the world that the engine plays in."""
        present = self.scene.scenario.approvals.present
        return World(
            clock=self.clock,
            recorder=self.recorder,
            sinks=(self.person,),
            carrier=self.carrier,
            approver=self.person if present else None,
            teller=self.teller,
            acks=self.acks,
        )

    def findings(self, events: list[Event]) -> Iterator[Finding]:
        """Yield all that is wrong, the likeliest cause first."""
        scenario = self.scene.scenario
        yield from leftovers.unanswered(self.carrier, scenario, self.names)
        yield from comparing.compare(scenario.expected, taken(events, self.scene.bound))
        yield from leftovers.unused(scenario.answers, self.carrier.script.used)
        yield from leftovers.idle(scenario, self.person, self.teller, self.acks)


async def play(scene: Scene) -> Played:
    """Play a scenario on a virtual loop."""
    stage = _Stage(scene)
    executor = Executor(scene.plan, RUN, stage.world())
    timer = _interruption(scene, executor)
    try:
        finished = await executor.run(_started(scene.plan))
    finally:
        if timer is not None:
            timer.cancel()
    events = stage.recorder.events
    return Played(
        _rehearsed(scene, finished, tuple(stage.findings(events))),
        edges_taken(events, scene.bound.files),
        frozenset(stage.carrier.script.used),
    )


def _interruption(scene: Scene, executor: Executor) -> asyncio.TimerHandle | None:
    after = scene.scenario.interrupt
    if after is None:
        return None
    return asyncio.get_running_loop().call_later(after.seconds, executor.interrupt, SIGNAL)


def _rehearsed(scene: Scene, finished: RunFinished, findings: tuple[Finding, ...]) -> Rehearsed:
    return Rehearsed(
        playbook=scene.cast.playbook.name,
        scenario=scene.scenario.name,
        span=scene.scenario.span,
        verdict=finished.verdict,
        reason=finished.reason,
        took_ms=finished.duration_ms,
        findings=findings,
    )


def _started(plan: Plan) -> RunStarted:
    return RunStarted(
        mode=plan.settings.mode.value,
        playbook=plan.playbook_ref,
        inventory=plan.inventory_ref,
        environment=plan.environment.name,
        actor=Actor(kind="user", user=PERSON, uid=0, host="rehearsal", tty=None),
        tool=f"runbook {__version__}",
    )
