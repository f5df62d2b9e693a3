"""How often a step asks: until it holds, again after a passing fault, or once for each item of a list."""

from typing import TypeAlias

from playbook_engine.diagnostics import Span
from playbook_engine.frozen import dataclass
from playbook_engine.model.expressions import Expression
from playbook_engine.values import Duration, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """Repeat until it holds (`within`), how often (`every`), and for how long it must keep holding."""

    within: Duration
    every: Duration
    stable_for: Duration = Duration(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Try again after a passing fault: `retries` more attempts, each after a pause.

    The first pause is `delay`, each later one `backoff` times the one before. No attempt begins or goes on after
    `deadline`, counted from the first attempt's beginning; None means that only `retries` is the limit.
    """

    retries: int
    delay: Duration = Duration(1_000)
    backoff: float = 1.0
    deadline: Duration | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """The items of a loop as they are written in the playbook."""

    values: tuple[Value, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Computed:
    """An expression that gives the items of a loop."""

    expression: Expression


MOST_TURNS = 1_000
"""Turns of a loop on one target."""

Loop: TypeAlias = Listed | Computed
"""What a step is repeated for; `item` is the name of the one at hand."""
