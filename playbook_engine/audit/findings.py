"""What a verifier found, and its conclusion."""

from enum import StrEnum
from pathlib import Path

from playbook_engine.frozen import dataclass


class Integrity(StrEnum):
    """What can be said of a record as a whole."""

    INTACT = "intact"
    """Complete, and every byte is as it was written."""
    UNFINISHED = "unfinished"
    """It has no end, because the run goes on or was cut off; what is there is as it was written."""
    BROKEN = "broken"
    """It is not what was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that does not fit, where it is, and what differs."""

    message: str
    line: int | None = None
    offset: int | None = None

    def __str__(self) -> str:
        return self.message if self.line is None else f"line {self.line} (byte {self.offset}): {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The conclusion about one record.

    `problems` speak of tampering, `warnings` do not. `sealed` says that the ledger has its end. `begun` is what has
    no end on record. `proven` and `not_proven` are sentences for the person who relies on it.
    """

    path: Path
    run: str
    integrity: Integrity
    lines: int
    head: str
    sealed: bool = False
    problems: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    begun: tuple[str, ...] = ()
    proven: tuple[str, ...] = ()
    not_proven: tuple[str, ...] = ()
