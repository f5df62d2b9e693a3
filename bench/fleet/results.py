"""What was measured, as values: samples, what they say in the middle, and how that compares with the budgets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One run that counts."""

    wall_s: float
    cpu_s: float
    peak_mib: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """All runs of one contender; `note` says how it was set up, where that was chosen by measuring."""

    who: str
    samples: tuple[Sample, ...]
    note: str = ""

    @property
    def wall_s(self) -> float:
        return self.middle(lambda sample: sample.wall_s)

    @property
    def cpu_s(self) -> float:
        return self.middle(lambda sample: sample.cpu_s)

    @property
    def peak_mib(self) -> float:
        return max(sample.peak_mib for sample in self.samples)

    def middle(self, of: Callable[[Sample], float]) -> float:
        """Return the median of one figure."""
        return median(of(sample) for sample in self.samples)

    def spread(self) -> tuple[float, float]:
        """Return the shortest and the longest time."""
        walls = [sample.wall_s for sample in self.samples]
        return min(walls), max(walls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A figure and what it is to be: at most so much, or at least."""

    what: str
    unit: str
    value: float
    limit: float
    at_least: bool = False

    @property
    def holds(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One kind of work, who did it, who could not and why, and budgets that only this work has."""

    key: str
    title: str
    measured: tuple[Measured, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    budgets: tuple[Budget, ...] = ()

    def of(self, who: str) -> Measured | None:
        """Return what was measured of somebody."""
        return next((measured for measured in self.measured if measured.who == who), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """How many times the one takes as long as the other."""

    scenario: str
    one: str
    other: str
    limit: float
    at_least: bool = False

    def judge(self, scenario: Scenario) -> Budget | None:
        """Return how it came out, None where one of the two was not measured."""
        one, other = scenario.of(self.one), scenario.of(self.other)
        if scenario.key != self.scenario or one is None or other is None:
            return None
        return Budget(
            what=f"{scenario.title}: {self.one} / {self.other}",
            unit="×",
            value=one.wall_s / other.wall_s,
            limit=self.limit,
            at_least=self.at_least,
        )


RATIOS: Final = (
    Ratio(scenario="100x5", one="runbook", other="paramiko pool", limit=0.95),
    Ratio(scenario="100x5", one="pyinfra", other="runbook", limit=2, at_least=True),
    Ratio(scenario="100x5", one="ansible raw", other="runbook", limit=8, at_least=True),
    Ratio(scenario="100x5", one="ansible shell", other="runbook", limit=30, at_least=True),
    Ratio(scenario="100x20", one="runbook", other="paramiko pool", limit=0.6),
    Ratio(scenario="http", one="runbook", other="httpx", limit=1.5),
)


def judged(scenarios: Sequence[Scenario]) -> tuple[Budget, ...]:
    """Return every budget that can be judged, in the order of the scenarios."""
    found: list[Budget] = []
    for scenario in scenarios:
        found += [budget for ratio in RATIOS if (budget := ratio.judge(scenario)) is not None]
        found += scenario.budgets
    return tuple(found)
