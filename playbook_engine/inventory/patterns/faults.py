"""What is wrong with a pattern, and where in it."""

from typing import Final

INVALID: Final = "invalid-host-pattern"
UNKNOWN: Final = "unknown-host-pattern"
EMPTY: Final = "empty-host-pattern"


class PatternFault(Exception):
    """One fault; `start` and `length` count in the characters of the pattern, None means all of it."""

    def __init__(self, code: str, message: str, hint: str | None, start: int | None = None, length: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.start = start
        self.length = length
