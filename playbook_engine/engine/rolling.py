"""Rolls a mitigation over its targets: batch after batch, until too many have failed."""

from collections.abc import Sequence

from playbook_engine.engine.asking import Asking
from playbook_engine.engine.batches import failures, meant, plan, split, stopped
from playbook_engine.engine.prepare import Job
from playbook_engine.engine.tools import Tools
from playbook_engine.model.events import BatchFinished
from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.rolling import Batches, Rolling
from playbook_engine.values import StepPath

UNRECORDED = Cause("record", "not begun: the record cannot be written any more")


def batches_of(jobs: Sequence[Job], rolling: Rolling) -> Batches:
    """Return what a step's rolling comes to on its targets."""
    ready = sum(job.settled is None for job in jobs)
    settled = [job.settled for job in jobs if job.settled is not None]
    return plan(rolling, ready, ready + meant(settled))


def worth_telling(batches: Batches) -> Batches | None:
    """Return the batches, unless all targets change at once and none may fail: then there is nothing to tell."""
    return batches if len(batches.sizes) > 1 or batches.max_failures else None


class Roller:
    """One mitigation on its way over the targets; `begun` are the batches that have begun, in order."""

    def __init__(self, path: StepPath, rolling: Rolling, asking: Asking, tools: Tools) -> None:
        self.begun: list[Sequence[Job]] = []
        self._path = path
        self._rolling = rolling
        self._asking = asking
        self._tools = tools

    async def roll(self, jobs: Sequence[Job], batches: Batches) -> None:
        """Change the targets; those that are not begun any more are aborted."""
        parts = split(jobs, batches.sizes)
        for number, part in enumerate(parts, start=1):
            self.begun.append(part)
            await self._asking.settle(part)
            left = [job for later in parts[number:] for job in later]
            why = self._over(number, part, left, batches)
            if why is not None:
                self._leave(left, why)
                return

    def _over(self, number: int, part: Sequence[Job], left: Sequence[Job], batches: Batches) -> Cause | None:
        """Publish the end of a batch, and return why the others are not begun."""
        if len(batches.sizes) == 1:
            return None
        known = self._asking.known.values()
        failed = failures(known)
        too_many = failed > batches.max_failures
        recorded = self._tools.publish(
            BatchFinished(
                path=self._path,
                number=number,
                of=len(batches.sizes),
                targets=tuple(job.target for job in part),
                failed=failed,
                max_failures=batches.max_failures,
                not_begun=len(left),
                goes_on=bool(left) and not too_many,
            )
        )
        if too_many:
            return stopped(self._rolling, failed, meant(known) + len(left))
        return None if recorded else UNRECORDED

    def _leave(self, jobs: Sequence[Job], cause: Cause) -> None:
        for job in jobs:
            self._asking.known[job.key] = job.result(Outcome.ABORTED, cause)
