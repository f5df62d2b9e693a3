"""What `--check` finds out about a mitigation without carrying it out: what it would change, and its way back."""

import asyncio
from collections.abc import Iterator
from functools import partial

from playbook_engine.engine import undoing
from playbook_engine.engine.prepare import Job
from playbook_engine.engine.sight import Sight
from playbook_engine.engine.tools import Tools
from playbook_engine.model.actions import Rehearsable
from playbook_engine.model.errands import Errand, Purpose
from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.replies import Answer, Fault
from playbook_engine.model.requests import Request
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.model.steps import Irreversible, Mitigate

_MOST_LINES = 40


def would(job: Job) -> str:
    """Return what `--check` shows of a target's request, which is not sent."""
    request = job.request
    return f"would run: {request.transport}: {request.summary()}" if request else "would run nothing"


def can_rehearse(job: Job) -> bool:
    """Return whether there is more to find out about a job than its request says."""
    return job.settled is None and isinstance(job.probe.action, Rehearsable)


async def rehearse(jobs: tuple[Job, ...], sight: Sight, tools: Tools) -> StepResult:
    """Return each target's request with what it would do; nothing is changed."""
    return StepResult.of(tuple(await asyncio.gather(*(_guarded(job, sight, tools) for job in jobs))))


async def _guarded(job: Job, sight: Sight, tools: Tools) -> TargetResult:
    try:
        return await _rehearsed(job, sight, tools)
    except Exception as error:  # noqa: BLE001  a bug of ours is told, and the rest is looked at all the same
        said = f"not looked at: internal error: {type(error).__name__}: {error}"
        return job.result(Outcome.SKIPPED, Cause("check", f"{would(job)}\n{said}"))


async def _rehearsed(job: Job, sight: Sight, tools: Tools) -> TargetResult:
    action, request = job.probe.action, job.request
    if job.settled is not None:
        return job.settled
    if request is None or not isinstance(action, Rehearsable):
        return job.result(Outcome.SKIPPED, Cause("check", would(job)))

    async def look(asked: Request, errand: Errand) -> Answer:
        return await tools.slots.run(partial(tools.send, asked, errand), keep=False)

    answer = await look(action.rehearsal(request), job.errand(Purpose.TRY))
    lines = list(_told(answer))
    if not isinstance(answer, Fault):
        lines.append(await _way_back(job, sight, look))
    cut = [
        *lines[:_MOST_LINES],
        *([f"… and {len(lines) - _MOST_LINES} more lines"] if len(lines) > _MOST_LINES else []),
    ]
    return job.result(Outcome.SKIPPED, Cause("check", "\n".join((would(job), *cut))))


def _told(answer: Answer) -> Iterator[str]:
    if isinstance(answer, Fault):
        yield f"would fail: {answer.message}"
        if answer.hint:
            yield f"hint: {answer.hint}"
        return
    for output in answer.outputs().values():
        yield from output.text.splitlines()


async def _way_back(job: Job, sight: Sight, look: undoing.Send) -> str:
    """Return how it would be taken back, or that it could not be and would therefore not be begun."""
    step = job.probe.step
    if isinstance(step, Mitigate) and isinstance(step.undo, Irreversible):
        return "undo: none, it is irreversible"
    way = await undoing.way_back(job, sight, look)
    if way.back is not None:
        return f"undo: {way.back.summary()}"
    cause = way.job.settled.cause if way.job.settled is not None else None
    return f"undo: impossible ({cause.message})" if cause else "undo: none"
