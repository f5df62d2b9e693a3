"""The tree of expected failures, each with the exit code it leads to.

    RunbookError
    ├── UsageError          2   a wrong word on the command line, a file that is not there
    ├── InvalidInput        2   playbook, inventory or variables have problems; all of them are listed
    ├── Locked              6   another run holds this playbook and environment
    ├── RecordUnavailable   7   the audit record cannot be written
    └── AnswersUnavailable  –   full answers cannot be kept any longer; the run goes on

What goes wrong on a target is never an exception: it is an outcome (`model.outcomes`).
"""

from collections.abc import Sequence
from enum import IntEnum

from playbook_engine.diagnostics import Diagnostic


class ExitCode(IntEnum):
    """Every status `runbook` can end with; they do not overlap."""

    OK = 0
    UNRESOLVED = 1
    INVALID = 2
    WAITING = 3
    UNKNOWN = 4
    UNDELIVERED = 5
    LOCKED = 6
    UNRECORDED = 7
    INTERRUPTED = 130
    TERMINATED = 143


class RunbookError(Exception):
    """Something a person can act on; shown as one clear message, never as a traceback."""

    exit_code = ExitCode.INVALID


class UsageError(RunbookError):
    """The command line names something that does not exist or does not fit."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class InvalidInput(RunbookError):
    """One or more files have problems; `diagnostics` lists all of them."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(f"{len(diagnostics)} problem(s) found")
        self.diagnostics = tuple(diagnostics)


class Locked(RunbookError):
    """Another run of the same playbook on the same environment is under way."""

    exit_code = ExitCode.LOCKED


class RecordUnavailable(RunbookError):
    """The audit record cannot be opened or written."""

    exit_code = ExitCode.UNRECORDED


class AnswersUnavailable(RunbookError):
    """Full answers cannot be kept any longer; whoever records says so and goes on without."""
