"""A measured figure and its budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured, in which unit, run by run; `budget` is at most (or at least, for rates)."""

    what: str
    unit: str
    runs: Sequence[float]
    budget: float
    at_least: bool = False

    @property
    def middle(self) -> float:
        return median(self.runs)

    @property
    def holds(self) -> bool:
        return self.middle >= self.budget if self.at_least else self.middle <= self.budget

    def row(self) -> str:
        """Return the figure as a line of the table."""
        best = max(self.runs) if self.at_least else min(self.runs)
        word = "" if self.holds else "  over budget"
        numbers = "".join(f"{f'{value:,.0f} {self.unit}':>12}" for value in (self.middle, best, self.budget))
        return f"{self.what:<52}{numbers}{word}"

    def as_json(self) -> dict[str, object]:
        """Return the figure for machines."""
        return {
            "what": self.what,
            "unit": self.unit,
            "median": self.middle,
            "runs": list(self.runs),
            "budget": self.budget,
            "holds": self.holds,
        }
