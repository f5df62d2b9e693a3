"""Whether to try a target again after a fault that may pass: `retries`, `delay`, `backoff`, `deadline`.

| the attempt ended | tried again |
|---|---|
| ok | no |
| failed, timeout, unreachable, error | yes |
| indeterminate (a mitigation that may be made twice) | yes |
| the login was refused (`auth`), the host key is another (`host_key`) | no: tries could lock the account |
| the target understood and said no (`refused`) | no |

A web server may ask for a longer pause (`Retry-After`, mostly with 429 and 503). It gets it when another attempt can
begin within the deadline then; without a deadline, when the pause is at most a minute. Otherwise the step's own
`delay` counts: a server that wants to be left alone until tomorrow must not decide how an incident goes.

What was settled without sending anything never comes here.
"""

from dataclasses import replace
from typing import TypeAlias

from playbook_engine.engine.poll import Again
from playbook_engine.frozen import dataclass
from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.repeating import Retry
from playbook_engine.model.replies import HttpReply
from playbook_engine.model.results import TargetResult

LASTING = frozenset({"auth", "host_key", "refused"})
"""Kinds of causes that another attempt would meet again."""
_ASKED_AT_MOST_MS = 60_000
_MAY_PASS = frozenset({Outcome.FAILED, Outcome.TIMEOUT, Outcome.UNREACHABLE, Outcome.ERROR, Outcome.INDETERMINATE})


@dataclass(frozen=True, slots=True)
class Enough:
    """The last attempt is the answer; `out_of_time` when only the deadline kept it from another one."""

    out_of_time: bool = False


Decision: TypeAlias = Again | Enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """How a target stands. Times are milliseconds of the monotonic clock; `began_ms` is the first attempt's."""

    retry: Retry
    began_ms: int
    made: int = 1

    @property
    def ends_ms(self) -> int | None:
        """Return when the deadline is; no attempt begins then or goes on beyond it."""
        return None if self.retry.deadline is None else self.began_ms + self.retry.deadline.ms

    @property
    def pause_ms(self) -> int:
        """Return the pause before the next attempt."""
        return round(self.retry.delay.ms * self.retry.backoff ** (self.made - 1))

    def over(self, now_ms: int) -> bool:
        """Return whether the deadline leaves no time for an attempt that begins now."""
        return self.ends_ms is not None and now_ms >= self.ends_ms

    def next(self) -> "Tries":
        return replace(self, made=self.made + 1)


def after_attempt(tries: Tries, result: TargetResult, now_ms: int) -> Decision:
    """Return what to do after an attempt that ended so."""
    if not may_pass(result) or tries.made > tries.retry.retries:
        return Enough()
    pause_ms = _pause(tries, result, now_ms)
    if tries.over(now_ms + pause_ms):
        return Enough(out_of_time=True)
    return Again(pause_ms)


def _pause(tries: Tries, result: TargetResult, now_ms: int) -> int:
    """Return the step's own pause, or the longer one that a server asks for and that there is time for."""
    asked_ms = result.reply.retry_after_ms if isinstance(result.reply, HttpReply) else None
    if asked_ms is None or asked_ms <= tries.pause_ms:
        return tries.pause_ms
    in_time = asked_ms <= _ASKED_AT_MOST_MS if tries.ends_ms is None else not tries.over(now_ms + asked_ms)
    return asked_ms if in_time else tries.pause_ms


def may_pass(result: TargetResult) -> bool:
    """Return whether another attempt could end better, by the table above."""
    lasting = result.cause is not None and result.cause.kind in LASTING
    return result.outcome in _MAY_PASS and not lasting


def merged(before: TargetResult | None, last: TargetResult) -> TargetResult:
    """Return what is known after another attempt.

    A target that one attempt may have reached has been reached. While nobody knows how that ended, an attempt that
    did not get through does not make it known.
    """
    if before is None or not before.begun:
        return last
    if before.outcome is Outcome.INDETERMINATE and not last.begun and last.cause is not None:
        unknown = before.cause if before.cause is not None else last.cause
        cause = replace(unknown, message=f"{unknown.message}; afterwards: {last.cause.message}")
        return replace(last, outcome=Outcome.INDETERMINATE, cause=cause, begun=True)
    return last if last.begun else replace(last, begun=True)


def concluded(result: TargetResult, tries: Tries, decision: Enough) -> TargetResult:
    """Return the last result with how often it was tried in its cause."""
    if result.cause is None or (tries.made == 1 and not decision.out_of_time):
        return result
    often = "1 attempt" if tries.made == 1 else f"{tries.made} attempts"
    within = f" within the deadline of {tries.retry.deadline}" if decision.out_of_time else ""
    return replace(result, cause=replace(result.cause, message=f"{result.cause.message} ({often}{within})"))
