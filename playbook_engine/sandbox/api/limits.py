"""How much at once, and how often: slots that are taken or waited for, and a rate for each user."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Full(Exception):
    """All slots are taken, and as many wait as may."""


class Slots:
    """So many at once, and so many more who may wait; a size of 0 is any number."""

    def __init__(self, size: int, queue: int) -> None:
        self.size = size
        self._queue = queue
        self._free = threading.Condition()
        self.taken = 0
        self.waiting = 0

    @contextmanager
    def slot(self, waited: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Have a slot; `waited` is called when there was none at first. Full says that there is no use waiting."""
        self._take(waited)
        try:
            yield
        finally:
            with self._free:
                self.taken -= 1
                self._free.notify()

    def _take(self, waited: Callable[[], None]) -> None:
        with self._free:
            if self._is_full():
                if self.waiting >= self._queue:
                    raise Full
                waited()
                self.waiting += 1
                try:
                    while self._is_full():
                        self._free.wait()
                finally:
                    self.waiting -= 1
            self.taken += 1

    def _is_full(self) -> bool:
        return 0 < self.size <= self.taken


class Rate:
    """So many turns for each user in a second; a rate of 0 is any number."""

    def __init__(self, per_second: int, monotonic: Callable[[], float]) -> None:
        self._per_second = per_second
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._turns: dict[str, deque[float]] = {}

    def allows(self, user: str) -> bool:
        """Tell whether this user may have a turn now, and count it."""
        if not self._per_second:
            return True
        now = self._monotonic()
        with self._lock:
            turns = self._turns.setdefault(user, deque())
            while turns and turns[0] <= now - 1:
                turns.popleft()
            if len(turns) >= self._per_second:
                return False
            turns.append(now)
            return True
