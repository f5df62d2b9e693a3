"""How fast a recorded run is shown again: how long each of its silences takes, and what its clock says meanwhile.

| speed | a silence of the run takes |
|---|---|
| none is given | as long as it did, at most three seconds; less, when the whole would take more than half a minute |
| `10x` | a tenth of what it took |
| `max` | no time |
"""

import math
import re
from collections.abc import Callable, Sequence

from playbook_engine.frozen import dataclass
from playbook_engine.values import Duration

LONGEST_MS = 3_000
"""How long a silence may be while nobody has asked for a speed."""
WHOLE_MS = 30_000
"""How long the whole may take then."""
_STEPS = (1, 2, 5)
_TIMES = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)x", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pace:
    """`times` as fast as the run was; before that a silence is cut to `longest_ms`, if that is given."""

    times: float = 1.0
    longest_ms: int | None = None

    def pause_ms(self, silence_ms: int) -> float:
        """Return how long a silence takes."""
        if self.longest_ms is not None:
            silence_ms = min(silence_ms, self.longest_ms)
        return max(silence_ms, 0) / self.times

    def words(self, silences_ms: Sequence[int]) -> str:
        """Return what a person should know about the pace of a run with these silences."""
        if math.isinf(self.times):
            return "all at once"
        often = "as fast as it was" if self.times == 1 else f"{self.times:g} times as fast"
        cut = self.longest_ms is not None and any(silence > self.longest_ms for silence in silences_ms)
        return f"{often}, silences of more than {Duration(self.longest_ms or 0)} shortened" if cut else often


AT_ONCE = Pace(math.inf)


def parse(text: str) -> Pace:
    """Read `10x`, `0.5x` or `max`; ValueError says what was expected."""
    if text == "max":
        return AT_ONCE
    match = _TIMES.fullmatch(text)
    if match is None or float(match[1]) == 0:
        raise ValueError(f"'{text}' is not a speed; write 10x, 0.5x or max")
    return Pace(float(match[1]))


def comfortable(silences_ms: Sequence[int]) -> Pace:
    """Return a pace that is pleasant to watch: no long silences, and no more than half a minute for the whole."""
    whole = sum(min(max(silence, 0), LONGEST_MS) for silence in silences_ms)
    return Pace(_rounded_up(whole / WHOLE_MS), LONGEST_MS)


def _rounded_up(times: float) -> float:
    """Return the next of 1, 2, 5, 10, 20, 50 … that is not below."""
    power = 1
    while True:
        for step in _STEPS:
            if step * power >= times:
                return float(step * power)
        power *= 10


class RunTime:
    """The clock of a run that is shown again: during a silence it runs evenly from one event to the next."""

    def __init__(self, real_ms: Callable[[], float]) -> None:
        self._real_ms = real_ms
        self._from, self._to = 0, 0
        self._began, self._pause = 0.0, 0.0

    def set(self, now_ms: int) -> None:
        """Stand at the time of an event."""
        self._from = self._to = now_ms

    def runs_to(self, next_ms: int, pause_ms: float) -> None:
        """Begin a silence that takes so long in our time, and until then in the run's."""
        self._began, self._pause = self._real_ms(), pause_ms
        self._from, self._to = self._to, next_ms

    def now_ms(self) -> int:
        """Return what time it is in the run."""
        if self._to <= self._from or self._pause <= 0:
            return self._to
        share = min(max((self._real_ms() - self._began) / self._pause, 0.0), 1.0)
        return self._from + round(share * (self._to - self._from))
