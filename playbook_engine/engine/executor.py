"""Carries out what the conductor asks for, and publishes what came of it. The only part of a run that waits."""

import asyncio
from collections import deque
from collections.abc import Coroutine
from dataclasses import replace
from typing import assert_never

from playbook_engine.engine.addresses import target_input
from playbook_engine.engine.commands import Ask, Cancel, Command, Perform, Record, Rehearse, TakeBack, Tell
from playbook_engine.engine.conductor import advance, begin
from playbook_engine.engine.opening import finished, sight
from playbook_engine.engine.publishing import is_durable
from playbook_engine.engine.rehearsal import rehearse
from playbook_engine.engine.rolling import batches_of, worth_telling
from playbook_engine.engine.slots import Slots
from playbook_engine.engine.state import RunState
from playbook_engine.engine.takeback import not_taken_back, take_back
from playbook_engine.engine.tools import Tools
from playbook_engine.engine.waiting import taken
from playbook_engine.engine.worker import Worker
from playbook_engine.errors import AnswersUnavailable, RecordUnavailable
from playbook_engine.frozen import dataclass
from playbook_engine.model.events import (
    AnswersLost,
    ApprovalDeclined,
    ApprovalGranted,
    ApprovalRequested,
    EscalationDelivered,
    EscalationFailed,
    EscalationIntended,
    Event,
    PlayStarted,
    Recorded,
    RecordLost,
    RunFinished,
    RunInterrupted,
    RunPaused,
    RunStarted,
    StepFinished,
    UndoFinished,
    UndoStarted,
)
from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.plan import Plan, PlannedMitigate
from playbook_engine.model.results import StepResult
from playbook_engine.model.scopes import scope_of
from playbook_engine.model.steps import AutoUndo, Irreversible
from playbook_engine.ports import (
    Acknowledgements,
    Approver,
    Awaited,
    Carrier,
    Clock,
    EventSink,
    Recorder,
    Story,
    Teller,
)
from playbook_engine.values import RunId, Secret, StepPath


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything outside the run: time, disk, screens, targets, people."""

    clock: Clock
    recorder: Recorder
    sinks: tuple[EventSink, ...]
    carrier: Carrier
    approver: Approver | None
    teller: Teller
    acks: Acknowledgements


class Executor:
    """One run. `run()` returns when the conductor has said how it ended."""

    def __init__(self, plan: Plan, run: RunId, world: World) -> None:
        self._world = world
        self._state: RunState = begin(plan, run)
        self._inbox: deque[Event] = deque()
        self._tasks: dict[asyncio.Task[None], StepPath | None] = {}
        self._workers: dict[StepPath, Worker] = {}
        self._sinks = list(world.sinks)
        self._interrupted = False
        self._finished: RunFinished | None = None
        self._failure: Exception | None = None
        self._done = asyncio.Event()
        slots = Slots(plan.settings.parallel)
        self._tools = Tools(world.carrier, world.clock, slots, self.publish)

    @property
    def state(self) -> RunState:
        """Return what is known by now."""
        return self._state

    async def run(self, started: RunStarted) -> RunFinished:
        """Play the plan to its end."""
        if not self._world.recorder.available:
            self._take(RecordLost(reason="the state directory cannot be written"))
        self.publish(started)
        await self._done.wait()
        if self._finished is None:
            raise RuntimeError("the run broke off without a verdict") from self._failure
        await asyncio.gather(*self._tasks, return_exceptions=True)
        return self._finished

    def interrupt(self, signal: str) -> None:
        """Take a signal: the first one stops and undoes, the second one ends the run at once."""
        if self._finished is None:
            again, self._interrupted = self._interrupted, True
            self.publish(RunInterrupted(signal=signal, again=again))

    def publish(self, event: Event) -> bool:
        """Record an event, show it, and do what the conductor says; False when it is not on disk."""
        on_disk = self._take(event)
        while self._inbox:
            self._take(self._inbox.popleft())
        return on_disk

    def _take(self, event: Event) -> bool:
        recorder = self._world.recorder
        for _, value in event.inputs if isinstance(event, PlayStarted) else ():
            if isinstance(value, Secret):
                recorder.hide(value)
        shown = self._recorded(event)
        for sink in tuple(self._sinks):
            try:
                sink.emit(shown)
            except Exception:  # noqa: BLE001  a screen that fails is dropped; the run goes on
                self._sinks.remove(sink)
        # Screens and disk get the redacted event, decisions are made from the whole one.
        whole = shown if shown.event is event else replace(shown, event=event)
        self._state, commands = advance(self._state, whole)
        if isinstance(event, RunFinished):
            self._finished = event
            self._done.set()
        for command in commands:
            self._carry_out(command)
        return recorder.available

    def _recorded(self, event: Event) -> Recorded:
        """Put an event on record; what cannot be kept any longer is told first, and each of it only once."""
        try:
            return self._world.recorder.record(event, durable=is_durable(event))
        except RecordUnavailable as error:
            self._take(RecordLost(reason=str(error)))
        except AnswersUnavailable as error:
            self._take(AnswersLost(reason=str(error)))
        return self._recorded(event)

    def _carry_out(self, command: Command) -> None:
        match command:
            case Record():
                self._inbox.append(command.event)
            case Perform():
                worker = Worker(command.step, command.jobs, sight(self._state, command.step.path), self._tools)
                self._workers[command.step.path] = worker
                self._start(worker.run(), command.step.path)
            case Rehearse():
                self._start(self._rehearse(command), command.step.path)
            case Ask():
                self._start(self._ask(command), command.step.path)
            case TakeBack():
                self._start(self._take_back(command.step), command.step.path)
            case Tell():
                self._start(self._tell(command), command.path)
            case Cancel():
                for task in self._tasks:
                    task.cancel()
            case _:
                assert_never(command)

    def _start(self, work: Coroutine[None, None, None], path: StepPath | None) -> None:
        task = asyncio.get_running_loop().create_task(self._guarded(work))
        self._tasks[task] = path
        task.add_done_callback(self._tasks.pop)

    async def _guarded(self, work: Coroutine[None, None, None]) -> None:
        """End the run loudly when our own code breaks: a run that nobody ends would wait for ever."""
        try:
            await work
        except Exception as error:  # noqa: BLE001  handed on to whoever awaits the run
            self._failure = error
            self._done.set()

    async def _rehearse(self, command: Rehearse) -> None:
        """Find out what a mitigation would do; nothing is changed, so nothing is announced."""
        planned = command.step
        try:
            result = await rehearse(command.jobs, sight(self._state, planned.path), self._tools)
        except asyncio.CancelledError:
            self._aborted(planned, Cause("interrupted", "not looked at: ended by a signal"))
            return
        self.publish(finished(planned, result).event)

    async def _ask(self, command: Ask) -> None:
        """Ask for a yes; nobody there means that the run waits."""
        planned = command.step
        step = planned.step
        undo = _undo_intent(planned)
        inputs = tuple(target_input(job, job.request, undo) for job in command.jobs if job.request is not None)
        batches = worth_telling(batches_of(command.jobs, step.rolling))
        self.publish(
            ApprovalRequested(path=planned.path, title=step.title, id=step.id, inputs=inputs, batches=batches)
        )
        if self._world.approver is None:
            needs = f"'{step.title}' needs a yes{self._yes_in_advance(planned)}"
            reason = f"{needs}, and nobody is at a terminal to give it"
            self.publish(RunPaused(path=planned.path, reason=reason))
            return
        try:
            answer = await self._world.approver.approve(self._asked_as(planned), inputs, batches)
        except asyncio.CancelledError:
            self._aborted(planned, Cause("interrupted", "not begun: ended by a signal"))
            return
        if answer.yes:
            self.publish(ApprovalGranted(path=planned.path, by=answer.by, how="prompt"))
        else:
            self.publish(ApprovalDeclined(path=planned.path, by=answer.by, stop=answer.stop))

    def _asked_as(self, planned: PlannedMitigate) -> str:
        """Return what a person is asked for: the title, and which other playbook it is part of."""
        play = self._state.plays.get(scope_of(planned.path))
        return planned.step.title if play is None else f"{planned.step.title} (in '{play.ref.title}')"

    def _yes_in_advance(self, planned: PlannedMitigate) -> str:
        """Return how a yes is given to a step of another playbook: nobody could guess its name."""
        play = self._state.plays.get(scope_of(planned.path))
        if play is None:
            return ""
        name = planned.path if planned.step.id is None else f"{play.ref.name}:{planned.step.id}"
        return f" (--approve '{name}')"

    def _aborted(self, planned: PlannedMitigate, cause: Cause) -> None:
        step = planned.step
        result = StepResult(outcome=Outcome.ABORTED, cause=cause)
        self.publish(StepFinished(path=planned.path, verb="mitigate", title=step.title, id=step.id, result=result))

    async def _take_back(self, planned: PlannedMitigate) -> None:
        """Undo a mitigation on the targets where it began."""
        began = self._world.clock.monotonic_ms()
        batches = self._workers[planned.path].begun_ways_back()
        inputs = tuple(target_input(back.job, back.request) for batch in batches for back in batch)
        recorded = self.publish(UndoStarted(path=planned.path, title=planned.step.title, inputs=inputs))
        results = await take_back(batches, self._tools) if recorded else not_taken_back(batches)
        self.publish(
            UndoFinished(
                path=planned.path,
                title=planned.step.title,
                result=StepResult.of(results),
                duration_ms=self._world.clock.monotonic_ms() - began,
            )
        )

    async def _tell(self, command: Tell) -> None:
        """Tell a contact: the intent is on disk before the message leaves."""
        facts = self._state.facts
        story = Story(
            path=command.path,
            reason=command.reason,
            message=command.message,
            changed=facts.changed,
            undone=facts.undone,
            wait=command.wait,
            shown=command.shown,
        )
        key = self._world.teller.key(command.path, command.contact)
        self.publish(
            EscalationIntended(
                path=command.path,
                contact=command.contact,
                reason=command.reason,
                message=command.message,
                key=key,
            )
        )
        try:
            told = await self._world.teller.tell(command.contact, story, key)
        except asyncio.CancelledError:
            reasons = ("ended by a signal before it was delivered",)
            self.publish(EscalationFailed(path=command.path, contact=command.contact, reasons=reasons))
            return
        if told.channel is None:
            self.publish(EscalationFailed(path=command.path, contact=command.contact, reasons=told.reasons))
            return
        wait = None if command.path is None else command.wait
        self.publish(
            EscalationDelivered(
                path=command.path,
                contact=command.contact,
                channel=told.channel,
                address=told.address,
                receipt=told.receipt,
                tries=told.tries,
                wait_ms=None if wait is None else wait.ms,
            )
        )
        if wait is not None and command.path is not None:
            awaited = Awaited(path=command.path, contact=command.contact, title=command.reason, wait=wait)
            self.publish(await taken(awaited, self._world.acks, self._world.clock))


def _undo_intent(planned: PlannedMitigate) -> str:
    """Return how the mitigation would be taken back, before its state has been looked at."""
    match planned.step.undo:
        case AutoUndo():
            return "automatic: what was there before is put back"
        case Irreversible():
            return "irreversible"
        case undo:
            return undo.source
