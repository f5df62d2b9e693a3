"""How long a thread may wait, and who may tell it to stop waiting."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_LOOK_UP_S: Final = 0.25
"""How often a waiting thread looks whether the program wants to end."""


class Closing(Exception):
    """The transport is being closed: nobody waits for the result any more."""


@dataclass(frozen=True, slots=True)
class Patience:
    """A deadline on the monotonic clock, and the event that ends all waiting."""

    until: float
    closing: threading.Event

    @classmethod
    def of(cls, seconds: float, closing: threading.Event) -> "Patience":
        return cls(time.monotonic() + seconds, closing)

    def longer(self, seconds: float) -> "Patience":
        """Return a patience that ends so much later."""
        return Patience(self.until + seconds, self.closing)

    @property
    def left(self) -> float:
        """Return how many seconds are left, at least none."""
        return max(self.until - time.monotonic(), 0.0)

    def wait(self, attempt: Callable[[float], bool]) -> bool:
        """Repeat `attempt`, which waits for some seconds itself, until it succeeds; False when time is up."""
        while True:
            if self.closing.is_set():
                raise Closing
            left = self.left
            if attempt(min(left, _LOOK_UP_S)):
                return True
            if left <= 0:
                return False

    def pause(self, seconds: float) -> None:
        """Do nothing for some seconds, but not beyond the deadline."""
        if self.closing.wait(min(seconds, self.left)):
            raise Closing
