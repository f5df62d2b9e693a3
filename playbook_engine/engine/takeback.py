"""Takes a mitigation back where it began, batch by batch, the last batch first.

What rolled forward a few targets at a time rolls back in the same way: an undo that restarts all targets at once
would be the outage that `serial` was there to prevent. An undo that fails does not keep the others from being tried.
"""

import asyncio
from collections.abc import Sequence
from functools import partial

from playbook_engine.engine.judge import fault_outcome
from playbook_engine.engine.tools import Tools
from playbook_engine.engine.undoing import Back
from playbook_engine.model.errands import Purpose
from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.replies import Answer, Fault
from playbook_engine.model.results import TargetResult
from playbook_engine.values import TargetName


async def take_back(batches: Sequence[Sequence[Back]], tools: Tools) -> tuple[TargetResult, ...]:
    """Send every undo; given up at the second signal, what has no answer is indeterminate."""
    results: list[TargetResult] = []
    sent: set[TargetName] = set()
    given_up = False

    async def send(back: Back) -> Answer:
        sent.add(back.job.target)
        return await tools.send(back.request, back.job.errand(Purpose.UNDO))

    for batch in batches:
        if given_up:
            results += (_given_up(back, begun=False) for back in batch)
            continue
        tasks = [asyncio.ensure_future(tools.slots.run(partial(send, back), keep=True)) for back in batch]
        try:
            await asyncio.gather(*tasks)
        except asyncio.CancelledError:
            given_up = True
            await asyncio.wait(tasks)
        results += (
            _given_up(back, begun=back.job.target in sent) if task.cancelled() else _result(back, task)
            for back, task in zip(batch, tasks, strict=True)
        )
    return tuple(results)


def _given_up(back: Back, *, begun: bool) -> TargetResult:
    outcome = Outcome.INDETERMINATE if begun else Outcome.ABORTED
    cause = Cause("interrupted", "given up at the second signal")
    return back.job.result(outcome, cause, attempts=int(begun), begun=begun)


def _result(back: Back, done: asyncio.Future[Answer]) -> TargetResult:
    answer = done.result()
    if isinstance(answer, Fault):
        cause = Cause(answer.kind.value, answer.message, answer.hint)
        outcome = fault_outcome(answer, changes=True)
        return back.job.result(outcome, cause, attempts=1, begun=answer.begun)
    wrong = answer.default_expectation()
    return back.job.result(
        Outcome.OK if wrong is None else Outcome.FAILED,
        None if wrong is None else Cause("expect", wrong),
        reply=answer,
        attempts=1,
        begun=True,
    )


def not_taken_back(batches: Sequence[Sequence[Back]]) -> tuple[TargetResult, ...]:
    """Return the results when the undo's intent could not be put on record."""
    cause = Cause("record", "not undone: its intent could not be put on record")
    return tuple(back.job.result(Outcome.ABORTED, cause) for batch in batches for back in batch)
