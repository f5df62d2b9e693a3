"""Whether to ask again, and when: `within`, `every`, `stable_for` as a pure function."""

from dataclasses import replace
from typing import TypeAlias

from playbook_engine.frozen import dataclass
from playbook_engine.model.repeating import Poll


@dataclass(frozen=True, slots=True)
class Again:
    """Ask again after this pause."""

    delay_ms: int


@dataclass(frozen=True, slots=True)
class Settled:
    """The last round is the answer. `reason` says why it is not good although its targets were."""

    passed: bool
    reason: str | None = None


Decision: TypeAlias = Again | Settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """How polling stands. Times are milliseconds of the monotonic clock; `holding_since` is None while it fails."""

    poll: Poll
    began_ms: int
    number: int = 0
    holding_since: int | None = None

    @property
    def ends_ms(self) -> int:
        return self.began_ms + self.poll.within.ms


def after_round(rounds: Rounds, *, passed: bool, started_ms: int, now_ms: int) -> tuple[Rounds, Decision]:
    """Return how polling stands after a round that began at `started_ms`, and what to do.

    It has to hold from some round on for `stable_for`, and all of it within `within`. The time it has held is
    counted from the first good round's beginning to the last good round's beginning: only rounds prove anything.
    """
    since = (started_ms if rounds.holding_since is None else rounds.holding_since) if passed else None
    now = replace(rounds, number=rounds.number + 1, holding_since=since)
    if since is not None and started_ms - since >= rounds.poll.stable_for.ms:
        return now, Settled(passed=True)
    pause = max(rounds.poll.every.ms - (now_ms - started_ms), 0)
    if since is not None:
        pause = min(pause, max(since + rounds.poll.stable_for.ms - now_ms, 0))
    if now_ms + pause >= rounds.ends_ms:
        return now, Settled(passed=False, reason=_why(now, passed=passed))
    return now, Again(pause)


def _why(rounds: Rounds, *, passed: bool) -> str:
    tries = "1 try" if rounds.number == 1 else f"{rounds.number} tries"
    if passed:
        return f"it held, but not for {rounds.poll.stable_for} within {rounds.poll.within} ({tries})"
    return f"it did not hold within {rounds.poll.within} ({tries})"
