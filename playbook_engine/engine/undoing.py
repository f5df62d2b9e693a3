"""How a mitigation would be taken back, worked out before it begins."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from playbook_engine.engine.prepare import ITEM, Job, cause_of
from playbook_engine.engine.sight import Sight
from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import Action, CannotInvert, Invertible
from playbook_engine.model.errands import Errand, Purpose
from playbook_engine.model.expressions import ExpressionError
from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.replies import Answer, Fault
from playbook_engine.model.requests import Request
from playbook_engine.model.steps import AutoUndo, Irreversible, Mitigate

Send = Callable[[Request, Errand], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Way:
    """A job with the request that takes it back; None when the author declared it irreversible."""

    job: Job
    back: Request | None


@dataclass(frozen=True, slots=True)
class Back:
    """The request that takes back what a job did."""

    job: Job
    request: Request


async def way_back(job: Job, sight: Sight, send: Send) -> Way:
    """Return the job with its way back; when there ought to be one and there is none, the job is settled.

    A change whose undo cannot be worked out is not begun: it would be irreversible without anybody having said so.
    """
    step = job.probe.step
    if not isinstance(step, Mitigate) or job.request is None or isinstance(step.undo, Irreversible):
        return Way(job, None)
    if isinstance(step.undo, AutoUndo):
        return await _automatic(job, job.request, send)
    return _written(job, step.undo, sight)


def _written(job: Job, undo: Action, sight: Sight) -> Way:
    try:
        names = sight.names(undo.references, job.place.name)
        if job.turn is not None:
            names = {**names, ITEM: job.turn.item}
        return Way(job, undo.request(names, job.place, undo.default_timeout))
    except ExpressionError as error:
        return _refused(job, cause_of(error))


async def _automatic(job: Job, request: Request, send: Send) -> Way:
    action = job.probe.action
    if not isinstance(action, Invertible):
        return _refused(job, Cause("undo", f"{action.kind} cannot be undone automatically"))
    before = await send(action.snapshot(request), job.errand(Purpose.LOOK))
    if isinstance(before, Fault):
        return _refused(job, Cause("undo", f"not begun, because what is there now cannot be seen: {before.message}"))
    back = action.inverse(request, before)
    if isinstance(back, CannotInvert):
        return _refused(job, Cause("undo", f"not begun, because it could not be undone: {back.reason}"))
    return Way(job, back)


def _refused(job: Job, cause: Cause) -> Way:
    return Way(replace(job, settled=job.result(Outcome.ERROR, cause)), None)
