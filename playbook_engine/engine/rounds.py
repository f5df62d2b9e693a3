"""Polls: asks all targets of a step in rounds, until it holds and keeps holding."""

from collections.abc import Sequence
from dataclasses import replace

from playbook_engine.engine.asking import Asking
from playbook_engine.engine.poll import Again, Rounds, after_round
from playbook_engine.engine.prepare import Job
from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.repeating import Poll
from playbook_engine.ports import Clock


async def until_it_holds(jobs: Sequence[Job], poll: Poll, asking: Asking, clock: Clock) -> Cause | None:
    """Ask round after round; the cause says why it did not hold in time."""
    counting = [job for job in jobs if job.probe.counts] or jobs
    rounds = Rounds(poll=poll, began_ms=clock.monotonic_ms())
    while True:
        started = clock.monotonic_ms()
        await asking.round(jobs, rounds.number + 1, rounds.ends_ms)
        passed = all(asking.known[job.key].outcome is Outcome.OK for job in counting)
        rounds, decision = after_round(rounds, passed=passed, started_ms=started, now_ms=clock.monotonic_ms())
        if not isinstance(decision, Again):
            break
        await clock.sleep(decision.delay_ms / 1000)
    if decision.passed or decision.reason is None:
        return None
    cause = Cause("within", decision.reason)
    if passed:
        # Every target was good in the last round, and yet the step is not: it did not hold long enough.
        for job in counting:
            asking.known[job.key] = replace(asking.known[job.key], outcome=Outcome.FAILED, cause=cause)
    return cause
