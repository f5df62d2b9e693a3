"""A cache without a bound: what the memory fault of the demo is made of, and harmless all the same."""

import threading

_STEP = 256 * 1024
_MOST = 64 * 2**20


class Hoard:
    """Keeps a piece of memory for each call of `keep`, up to 64 MiB, until the process ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: list[bytes] = []

    def keep(self) -> None:
        with self._lock:
            if len(self._kept) * _STEP < _MOST:
                self._kept.append(b"\1" * _STEP)  # written to, so that it is memory in use and not a promise of it
