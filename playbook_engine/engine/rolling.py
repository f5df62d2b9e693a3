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
        known = self._asking.known
        failed = failures(known.values())
        total = meant(known.values()) + len(jobs)
        parts, done = split(jobs, batches.sizes), 0
        for part in parts:
            self.begun.append(part)
            await self._asking.settle(part)
            done += len(part)
            failed += failures(known[job.key] for job in part)
            recorded = self._tell(part, failed, len(jobs) - done, batches)
            if failed > batches.max_failures:
                self._leave(jobs[done:], stopped(self._rolling, failed, total))
                return
            if not recorded:
                self._leave(jobs[done:], UNRECORDED)
                return

    def _tell(self, part: Sequence[Job], failed: int, left: int, batches: Batches) -> bool:
        """Publish the end of a batch where there are several; False when it could not be put on disk."""
        if len(batches.sizes) == 1:
            return True
        return self._tools.publish(
            BatchFinished(
                path=self._path,
                number=len(self.begun),
                of=len(batches.sizes),
                targets=tuple(job.target for job in part),
                failed=failed,
                max_failures=batches.max_failures,
                not_begun=left,
                goes_on=left > 0 and failed <= batches.max_failures,
            )
        )

    def _leave(self, jobs: Sequence[Job], cause: Cause) -> None:
        for job in jobs:
            self._asking.known[job.key] = job.result(Outcome.ABORTED, cause)
