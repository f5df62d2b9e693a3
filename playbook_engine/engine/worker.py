"""Carries out one step on its targets."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from playbook_engine.engine import undoing
from playbook_engine.engine.addresses import target_input
from playbook_engine.engine.judge import judge
from playbook_engine.engine.poll import Again, Rounds, after_round
from playbook_engine.engine.prepare import Job
from playbook_engine.engine.publishing import Publish
from playbook_engine.engine.sight import Sight
from playbook_engine.engine.slots import Slots
from playbook_engine.frozen import dataclass
from playbook_engine.model.events import AttemptFinished, StepFinished, StepStarted
from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.plan import ActingStep, PlannedMitigate
from playbook_engine.model.repeating import Poll
from playbook_engine.model.replies import Answer, Fault, FaultKind
from playbook_engine.model.requests import Request
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.model.steps import Irreversible, Verify, verb_of
from playbook_engine.ports import Clock, Transport
from playbook_engine.values import Duration, TargetName


@dataclass(frozen=True, slots=True)
class Tools:
    """What workers share during a run."""

    transports: Mapping[str, Transport]
    clock: Clock
    slots: Slots
    publish: Publish

    async def send(self, request: Request) -> Answer:
        """Hand a request to its transport; a transport that raises has a bug, and that is on record too."""
        transport = self.transports.get(request.transport)
        if transport is None:
            return Fault(kind=FaultKind.ERROR, message=f"there is no transport for {request.transport}")
        try:
            return await transport.perform(request)
        except Exception as error:  # noqa: BLE001  whatever a transport raises must become an outcome
            message = f"internal error in the {request.transport} transport: {type(error).__name__}: {error}"
            return Fault(kind=FaultKind.ERROR, message=message, begun=True)


class Worker:
    """One step under way: its jobs, what has been sent, what has come back."""

    def __init__(self, step: ActingStep, jobs: tuple[Job, ...], sight: Sight, tools: Tools) -> None:
        self.step = step
        self.tools = tools
        self.way_back: dict[TargetName, Request] = {}
        self._jobs = jobs
        self._sight = sight
        self._sent: set[TargetName] = set()
        self._results: dict[tuple[str, TargetName], TargetResult] = {}
        self._began_ms = tools.clock.monotonic_ms()
        self._changes = isinstance(step, PlannedMitigate)

    async def run(self) -> None:
        """Carry out the step and publish how it ended, whatever happens on the way."""
        try:
            cause = await self._carry_out()
        except asyncio.CancelledError:
            self._finish(self._interrupted(), Cause("interrupted", "ended by a signal"))
        except Exception as error:  # noqa: BLE001  nothing is ever lost silently: a bug of ours is an outcome too
            failure = Cause("error", f"internal error: {type(error).__name__}: {error}")
            self._finish(self._unsettled(Outcome.ERROR, failure), failure)
        else:
            self._finish(self._in_order(), cause)

    async def _carry_out(self) -> Cause | None:
        if self._changes:
            await self._find_ways_back()
        ready = [job for job in self._jobs if job.settled is None]
        for job in self._jobs:
            if job.settled is not None:
                self._results[job.probe.path, job.target] = job.settled
        if not ready:
            return None
        if not self._announce(ready):
            cause = Cause("record", "not begun: its intent could not be put on record")
            self._results |= {
                (job.probe.path, job.target): TargetResult(target=job.target, outcome=Outcome.ABORTED, cause=cause)
                for job in ready
            }
            return cause
        poll = None if isinstance(self.step, PlannedMitigate) else self.step.step.poll
        if poll is None:
            await self._round(ready, 1, None)
            return None
        return await self._poll(ready, poll)

    async def _find_ways_back(self) -> None:
        ways = await asyncio.gather(
            *(undoing.way_back(job, self._sight, self.tools.send) for job in self._jobs if job.settled is None)
        )
        self.way_back = {way.job.target: way.back for way in ways if way.back is not None}
        settled = tuple(job for job in self._jobs if job.settled is not None)
        self._jobs = settled + tuple(way.job for way in ways)

    def begun_ways_back(self) -> tuple[Request, ...]:
        """Return the undo of every target that the mitigation may have reached."""
        begun = {result.target for result in self._results.values() if result.begun}
        return tuple(back for target, back in self.way_back.items() if target in begun)

    def _announce(self, ready: list[Job]) -> bool:
        """Publish the beginning; for a mitigation that is the intent, and False means: do not begin."""
        step = self.step.step
        inputs = tuple(target_input(job.request, self._undo_text(job)) for job in ready if job.request is not None)
        recorded = self.tools.publish(
            StepStarted(
                path=self.step.path,
                verb=verb_of(step),
                title=step.title,
                id=step.id,
                inputs=inputs,
                changes=self._changes,
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

    async def _poll(self, ready: list[Job], poll: Poll) -> Cause | None:
        clock = self.tools.clock
        rounds = Rounds(poll=poll, began_ms=clock.monotonic_ms())
        while True:
            started = clock.monotonic_ms()
            await self._round(ready, rounds.number + 1, rounds.ends_ms)
            passed = all(self._results[job.probe.path, job.target].outcome is Outcome.OK for job in ready)
            rounds, decision = after_round(rounds, passed=passed, started_ms=started, now_ms=clock.monotonic_ms())
            if not isinstance(decision, Again):
                break
            await clock.sleep(decision.delay_ms / 1000)
        if decision.passed or decision.reason is None:
            return None
        cause = Cause("within", decision.reason)
        if passed:
            # Every target was good in the last round, and yet the step is not: it did not hold long enough.
            for key, result in self._results.items():
                self._results[key] = replace(result, outcome=Outcome.FAILED, cause=cause)
        return cause

    async def _round(self, ready: list[Job], attempt: int, ends_ms: int | None) -> None:
        async with asyncio.TaskGroup() as group:
            for job in ready:
                group.create_task(self._attempt(job, attempt, ends_ms))

    async def _attempt(self, job: Job, attempt: int, ends_ms: int | None) -> None:
        result = await self.tools.slots.run(lambda: self._ask(job, attempt, ends_ms), keep=self._changes)
        self._results[job.probe.path, job.target] = result

    async def _ask(self, job: Job, attempt: int, ends_ms: int | None) -> TargetResult:
        """Ask one target once, and publish what came of it."""
        clock = self.tools.clock
        started = clock.monotonic_ms()
        request = job.request
        if request is None:
            raise ValueError(f"{job.target} has nothing to be asked")
        if ends_ms is not None:
            left = max(ends_ms - started, 1)
            request = with_timeout(request, min(request.timeout, Duration(left)))
        self._sent.add(job.target)
        answer = await self.tools.send(request)
        result = self._named(job, judge(job, answer, attempt))
        several = isinstance(self.step.step, Verify) and len(self.step.probes) > 1
        self.tools.publish(
            AttemptFinished(
                path=self.step.path,
                attempt=attempt,
                result=result,
                duration_ms=clock.monotonic_ms() - started,
                probe=job.probe.step.title if several else None,
                settled=ends_ms is None,
            )
        )
        return result

    def _named(self, job: Job, result: TargetResult) -> TargetResult:
        """Say which health check it was, when a verify repeats several."""
        if len(self.step.probes) < 2 or result.cause is None:
            return result
        cause = replace(result.cause, message=f"{job.probe.step.title}: {result.cause.message}")
        return replace(result, cause=cause)

    def _interrupted(self) -> tuple[TargetResult, ...]:
        """Return what is known when a signal ends the step: what was sent to change something is indeterminate."""
        return self._unsettled(
            Outcome.INDETERMINATE if self._changes else Outcome.ABORTED, Cause("interrupted", "ended by a signal")
        )

    def _unsettled(self, sent: Outcome, cause: Cause) -> tuple[TargetResult, ...]:
        for job in self._jobs:
            key = (job.probe.path, job.target)
            if job.settled is None and key not in self._results:
                begun = job.target in self._sent
                outcome = sent if begun else Outcome.ABORTED
                self._results[key] = TargetResult(target=job.target, outcome=outcome, cause=cause, begun=begun)
        return self._in_order()

    def _in_order(self) -> tuple[TargetResult, ...]:
        """Return the results in the order of the plan, not in that of the answers: readers compare runs."""
        order = [(probe.path, target.name) for probe in self.step.probes for target in probe.targets]
        return tuple(self._results[key] for key in order if key in self._results)

    def _finish(self, results: tuple[TargetResult, ...], cause: Cause | None) -> None:
        step = self.step.step
        self.tools.publish(
            StepFinished(
                path=self.step.path,
                verb=verb_of(step),
                title=step.title,
                id=step.id,
                result=replace(StepResult.of(results), cause=cause),
                duration_ms=self.tools.clock.monotonic_ms() - self._began_ms,
            )
        )


def with_timeout(request: Request, timeout: Duration) -> Request:
    """Return the same request with another deadline."""
    changed: Request = replace(request, timeout=timeout)  # type: ignore[type-var]  # every request is a dataclass
    return changed
