"""Asks the targets of one step, once or with retries, and keeps what is known of each."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from playbook_engine.engine.judge import judge
from playbook_engine.engine.poll import Again
from playbook_engine.engine.prepare import Job
from playbook_engine.engine.retry import Decision, Enough, Tries, after_attempt, concluded, merged
from playbook_engine.engine.slots import patience_s
from playbook_engine.engine.tools import Tools
from playbook_engine.model.events import AttemptFinished
from playbook_engine.model.plan import ActingStep, PlannedMitigate
from playbook_engine.model.repeating import Retry
from playbook_engine.model.requests import Request
from playbook_engine.model.results import TargetResult
from playbook_engine.model.steps import Verify
from playbook_engine.values import Duration, TargetName

Key = tuple[str, TargetName]
T = TypeVar("T")


class Asking:
    """`known` has the latest result of each target, `sent` and `under_way` say which were and are being asked."""

    def __init__(self, step: ActingStep, tools: Tools) -> None:
        self.known: dict[Key, TargetResult] = {}
        self.sent: set[Key] = set()
        self.under_way: set[Key] = set()
        self._path = step.path
        self._tools = tools
        self._changes = isinstance(step, PlannedMitigate)
        self._named = len(step.probes) > 1
        self._tells_probe = isinstance(step.step, Verify) and self._named

    async def settle(self, jobs: Sequence[Job]) -> None:
        """Ask targets side by side, each as often as its retries allow."""
        async with asyncio.TaskGroup() as group:
            for job in jobs:
                retry = job.probe.retry
                group.create_task(self._once(job, 1, None) if retry is None else self._with_retries(job, retry))

    async def round(self, jobs: Sequence[Job], number: int, ends_ms: int) -> None:
        """Ask targets side by side once, as one round of polling; no attempt goes on beyond `ends_ms`."""
        if len(jobs) == 1:  # which is what most polls are, again and again
            await self._once(jobs[0], number, ends_ms)
            return
        async with asyncio.TaskGroup() as group:
            for job in jobs:
                group.create_task(self._once(job, number, ends_ms))

    async def _once(self, job: Job, number: int, ends_ms: int | None) -> None:
        async def attempt() -> None:
            started = self._tools.clock.monotonic_ms()
            result = await self._ask(job, number, ends_ms, started)
            self._publish(job, number, result, started, settled=ends_ms is None)

        await self._in_slot(job, attempt)

    async def _in_slot(self, job: Job, work: Callable[[], Awaitable[T]]) -> T:
        return await self._tools.slots.run(work, keep=self._changes, patience_s=patience_s(job.request))

    async def _with_retries(self, job: Job, retry: Retry) -> None:
        """Try a target until it is good or enough is enough.

        A target that only reads gives its slot back while it waits; one that changes something keeps it, because
        it is still one of those that may be under way at once.
        """
        if self._changes:
            await self._tools.slots.run(lambda: self._tries(job, retry), keep=True)
        else:
            await self._tries(job, retry)

    async def _tries(self, job: Job, retry: Retry) -> None:
        tries: Tries | None = None
        while True:
            attempt = partial(self._try, job, retry, tries)
            tries, decision = await (attempt() if self._changes else self._in_slot(job, attempt))
            if isinstance(decision, Enough):
                return
            await self._tools.clock.sleep(decision.delay_ms / 1000)

    async def _try(self, job: Job, retry: Retry, before: Tries | None) -> tuple[Tries, Decision]:
        """Make one attempt, and say whether another one follows."""
        clock = self._tools.clock
        started = clock.monotonic_ms()
        if before is not None and before.over(started):
            # It waited for its turn until it was too late.
            late = Enough(out_of_time=True)
            self.known[job.key] = concluded(self.known[job.key], before, late)
            return before, late
        tries = Tries(retry=retry, began_ms=started) if before is None else before.next()
        last = await self._ask(job, tries.made, tries.ends_ms, started)
        result = merged(self.known.get(job.key), last)
        decision = after_attempt(tries, last, clock.monotonic_ms())
        goes_on = isinstance(decision, Again)
        if isinstance(decision, Enough):
            result = concluded(result, tries, decision)
        recorded = self._publish(job, tries.made, result, started, settled=not goes_on)
        if goes_on and self._changes and not recorded:
            return tries, Enough()  # without a record nothing is changed, not even for the second time
        return tries, decision

    async def _ask(self, job: Job, number: int, ends_ms: int | None, started: int) -> TargetResult:
        """Send the request and judge the answer."""
        request = job.request
        if request is None:
            raise ValueError(f"{job.target} has nothing to be asked")
        if ends_ms is not None:
            request = with_timeout(request, min(request.timeout, Duration(max(ends_ms - started, 1))))
        self.sent.add(job.key)
        self.under_way.add(job.key)
        answer = await self._tools.send(request, job.errand())
        self.under_way.discard(job.key)
        result = judge(job, answer, number)
        if not self._named or result.cause is None:
            return result
        # A verify that repeats several health checks says which one it was.
        return replace(result, cause=replace(result.cause, message=f"{job.probe.step.title}: {result.cause.message}"))

    def _publish(self, job: Job, number: int, result: TargetResult, started: int, *, settled: bool) -> bool:
        """Keep a result and publish it; False when it could not be put on disk."""
        self.known[job.key] = result
        return self._tools.publish(
            AttemptFinished(
                path=self._path,
                attempt=number,
                result=result,
                duration_ms=self._tools.clock.monotonic_ms() - started,
                probe=job.probe.step.title if self._tells_probe else None,
                settled=settled,
            )
        )


def with_timeout(request: Request, timeout: Duration) -> Request:
    """Return the same request with another deadline; a poll asks for the same one again and again."""
    if timeout == request.timeout:
        return request
    changed: Request = replace(request, timeout=timeout)  # type: ignore[type-var]  # every request is a dataclass
    return changed
