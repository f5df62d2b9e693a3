"""How a mitigation rolls over its targets: so many at once, and how many may fail before it stops."""

from playbook_engine.diagnostics import Span
from playbook_engine.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Portion:
    """A number of targets (`5`), or a part of all of them (`25%`)."""

    amount: int
    percent: bool = False

    def of(self, total: int) -> int:
        """Return how many of `total` targets that is; a percentage is rounded down."""
        return total * self.amount // 100 if self.percent else self.amount

    def __str__(self) -> str:
        return f"{self.amount}%" if self.percent else str(self.amount)


@dataclass(frozen=True, slots=True)
class Batches:
    """What `serial` and `max_failures` come to on the targets at hand: sizes in order, and how many may fail."""

    sizes: tuple[int, ...]
    max_failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolling:
    """The sizes of the batches, the last one repeated, and how many targets may fail before it stops.

    No `serial` means one batch with all targets. A percentage counts from all targets of the step; a batch has at
    least one target. Every target that is not ok counts as failed: unreachable ones too.
    """

    serial: tuple[Portion, ...] = ()
    max_failures: Portion = Portion(0)
    span: Span | None = None
