"""Carries out one step on its targets."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from playbook_engine.engine import undoing
from playbook_engine.engine.addresses import target_input
from playbook_engine.engine.asking import Asking
from playbook_engine.engine.prepare import Job
from playbook_engine.engine.rolling import Roller, batches_of, worth_telling
from playbook_engine.engine.rounds import until_it_holds
from playbook_engine.engine.sight import Sight
from playbook_engine.engine.tools import Tools
from playbook_engine.engine.undoing import Back
from playbook_engine.model.errands import Errand
from playbook_engine.model.events import StepFinished, StepStarted
from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.plan import ActingStep, PlannedMitigate
from playbook_engine.model.replies import Answer
from playbook_engine.model.requests import Request
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.model.rolling import Batches
from playbook_engine.model.steps import Irreversible, verb_of
from playbook_engine.values import TargetName


class Worker:
    """One step under way: its jobs, what has been sent, what has come back."""

    def __init__(self, step: ActingStep, jobs: tuple[Job, ...], sight: Sight, tools: Tools) -> None:
        self.step = step
        self.tools = tools
        self.way_back: dict[TargetName, Request] = {}
        self._jobs = jobs
        self._sight = sight
        self._asking = Asking(step, tools)
        self._begun: Sequence[Sequence[Job]] = ()
        self._began_ms = tools.clock.monotonic_ms()
        self._changes = isinstance(step, PlannedMitigate)

    async def run(self) -> None:
        """Carry out the step and publish how it ended, whatever happens on the way."""
        try:
            cause = await self._carry_out()
        except asyncio.CancelledError:
            cause = Cause("interrupted", "ended by a signal")
            self._break_off(Outcome.INDETERMINATE if self._changes else Outcome.ABORTED, cause)
        except Exception as error:  # noqa: BLE001  nothing is ever lost silently: a bug of ours is an outcome too
            cause = Cause("error", f"internal error: {type(error).__name__}: {error}")
            self._break_off(Outcome.ERROR, cause)
        self._finish(cause)

    async def _carry_out(self) -> Cause | None:
        if self._changes:
            await self._find_ways_back()
        ready = [job for job in self._jobs if job.settled is None]
        known = self._asking.known
        known |= {job.key: job.settled for job in self._jobs if job.settled is not None}
        if not ready:
            return None
        batches = batches_of(self._jobs, self.step.step.rolling) if isinstance(self.step, PlannedMitigate) else None
        if not self._announce(ready, batches):
            cause = Cause("record", "not begun: its intent could not be put on record")
            known |= {job.key: job.result(Outcome.ABORTED, cause, attempts=1) for job in ready}
            return cause
        if isinstance(self.step, PlannedMitigate) and batches is not None:
            roller = Roller(self.step.path, self.step.step.rolling, self._asking, self.tools)
            self._begun = roller.begun
            await roller.roll(ready, batches)
            return None
        poll = None if isinstance(self.step, PlannedMitigate) else self.step.step.poll
        if poll is None:
            await self._asking.settle(ready)
            return None
        return await until_it_holds(ready, poll, self._asking, self.tools.clock)

    async def _find_ways_back(self) -> None:
        """Work out how each target would be taken back; the jobs keep their order."""
        ready = [job for job in self._jobs if job.settled is None]
        ways = await asyncio.gather(*(undoing.way_back(job, self._sight, self._look) for job in ready))
        self.way_back = {way.job.target: way.back for way in ways if way.back is not None}
        looked_at = {way.job.target: way.job for way in ways}
        self._jobs = tuple(looked_at.get(job.target, job) for job in self._jobs)

    async def _look(self, request: Request, errand: Errand) -> Answer:
        """Ask what a change is about to replace; a loop may have a thousand of these."""
        return await self.tools.slots.run(partial(self.tools.send, request, errand), keep=False)

    def begun_ways_back(self) -> tuple[tuple[Back, ...], ...]:
        """Return the undo of every target that the mitigation may have reached: by batch, the last one first."""
        known = self._asking.known
        batches = (
            tuple(
                Back(job, self.way_back[job.target])
                for job in batch
                if job.target in self.way_back and job.key in known and known[job.key].begun
            )
            for batch in reversed(self._begun)
        )
        return tuple(batch for batch in batches if batch)

    def _announce(self, ready: list[Job], batches: Batches | None) -> bool:
        """Publish the beginning; for a mitigation that is the intent, and False means: do not begin."""
        step = self.step.step
        inputs = tuple(
            target_input(job, job.request, self._undo_text(job)) for job in ready if job.request is not None
        )
        recorded = self.tools.publish(
            StepStarted(
                path=self.step.path,
                verb=verb_of(step),
                title=step.title,
                id=step.id,
                inputs=inputs,
                changes=self._changes,
                batches=None if batches is None else worth_telling(batches),
            )
        )
        return recorded or not self._changes

    def _undo_text(self, job: Job) -> str | None:
        if not isinstance(self.step, PlannedMitigate):
            return None
        if isinstance(self.step.step.undo, Irreversible):
            return "irreversible"
        back = self.way_back.get(job.target)
        return back.summary() if back is not None else None

    def _break_off(self, asked: Outcome, cause: Cause) -> None:
        """Say what is known when the step ends before its time.

        What was sent and has no answer is `asked`: where it changes something, nobody knows whether it happened. A
        check or verify that has answers but was not done with them has not passed.
        """
        known, sent = self._asking.known, self._asking.sent
        polls = not isinstance(self.step, PlannedMitigate) and self.step.step.poll is not None
        for job in self._jobs:
            under_way = self._changes and job.key in self._asking.under_way
            if job.settled is not None:
                known.setdefault(job.key, job.settled)
            elif job.key not in known or under_way:
                before = known.get(job.key)
                begun = job.key in sent
                known[job.key] = job.result(
                    asked if begun else Outcome.ABORTED,
                    cause,
                    attempts=before.attempts + 1 if before else 1,
                    begun=begun,
                )
            elif polls and known[job.key].outcome is Outcome.OK:
                known[job.key] = replace(known[job.key], outcome=Outcome.ABORTED, cause=cause)

    def _in_order(self) -> tuple[TargetResult, ...]:
        """Return the results in the order of the plan, not in that of the answers: readers compare runs."""
        known = self._asking.known
        return tuple(known[job.key] for job in self._jobs if job.key in known)

    def _finish(self, cause: Cause | None) -> None:
        step = self.step.step
        self.tools.publish(
            StepFinished(
                path=self.step.path,
                verb=verb_of(step),
                title=step.title,
                id=step.id,
                result=replace(StepResult.of(self._in_order()), cause=cause),
                duration_ms=self.tools.clock.monotonic_ms() - self._began_ms,
            )
        )
