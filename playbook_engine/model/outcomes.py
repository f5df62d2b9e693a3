"""What an answer means: the closed vocabulary of results."""

from collections.abc import Iterable
from enum import StrEnum

from playbook_engine.diagnostics import Span
from playbook_engine.frozen import dataclass


class Outcome(StrEnum):
    """How a step ended on one target; the members do not overlap."""

    OK = "ok"
    FAILED = "failed"
    """The answer came and does not meet the expectation."""
    ERROR = "error"
    """It could not be carried out."""
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    SKIPPED = "skipped"
    ABORTED = "aborted"
    """It was not begun: refused, declined, or the run was stopped before."""
    INDETERMINATE = "indeterminate"
    """It was begun, and nobody knows how it ended."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why an outcome is not ok: one sentence, and what stands behind it.

    `kind` is stable: `expect`, `exit`, `http`, `auth`, `host_key`, `unreachable`, `timeout`, `lost`, `refused`,
    `expression`, `record`, `declined`, `when`, `unless`, `cooldown`, `loop`, `max_failures`, `tags`, `hosts`,
    `policy`, `inputs`, `ack`, `error`.
    """

    kind: str
    message: str
    hint: str | None = None
    span: Span | None = None


_SEVERITY = (
    Outcome.INDETERMINATE,
    Outcome.ERROR,
    Outcome.TIMEOUT,
    Outcome.UNREACHABLE,
    Outcome.FAILED,
    Outcome.ABORTED,
    Outcome.OK,
    Outcome.SKIPPED,
)


def combine(outcomes: Iterable[Outcome]) -> Outcome:
    """Return a step's outcome from those of its targets: the gravest, where skipped only counts when alone."""
    found = set(outcomes)
    return next((outcome for outcome in _SEVERITY if outcome in found), Outcome.SKIPPED)


class Verdict(StrEnum):
    """How a run ended; `exit_code` of `engine.verdict` maps each to one status."""

    HEALTHY = "healthy"
    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    UNDELIVERED = "undelivered"
    UNRECORDED = "unrecorded"
    INTERRUPTED = "interrupted"
