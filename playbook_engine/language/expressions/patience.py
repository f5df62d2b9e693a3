"""The bound on the time of one evaluation.

Sizes are bounded, and so is the number of steps that an expression has. Two things can still take long on data that a
host chooses: a regular expression that goes back and forth, and a test on every item of one list that looks through
another. What uses these is stopped after a while of processor time. A signal is the only way to interrupt Python's
regular expressions; its timer counts the time of this process only, so that a busy machine makes no difference.
"""

import signal
import threading
from contextlib import AbstractContextManager, nullcontext
from types import FrameType, TracebackType

from playbook_engine.language.expressions.refusal import Refused

PATIENCE_S = 2.0
"""Seconds of processor time; what is not hostile takes a small part of it.

Python's regular expressions look for signals now and then only: on the longest texts it may be a few seconds more.
"""
_HINT = "Make the text shorter, say more exactly what to look for, or compare with `difference` and `intersect`."


_OURS = "playbook_engine."
"""The only code that is broken off; a regular expression that goes on belongs to the one who began it."""
_SOON_S = 0.001


class _Enough(Exception):
    """Time is up."""


class _Timer:
    """The one timer of processor time that a process has.

    Its signal gets its handler with the first use and keeps it: changing handlers costs more than most searches.
    """

    def __init__(self) -> None:
        self._ready = False
        self._running = False

    def __enter__(self) -> None:
        if not self._ready:
            signal.signal(signal.SIGVTALRM, self._stop)
            self._ready = True
        self._running = True
        signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE_S)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running = False  # from here on the signal, should it be on its way, does nothing
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        if kind is _Enough:
            raise Refused(f"the expression was stopped after {PATIENCE_S:g} s of computing", _HINT) from None

    def _stop(self, number: int, frame: FrameType | None) -> None:
        del number
        if not self._running:
            return
        if frame is not None and not str(frame.f_globals.get("__name__")).startswith(_OURS):
            # Somebody else's code may hold a lock, which nobody would give back: it is our turn again soon.
            signal.setitimer(signal.ITIMER_VIRTUAL, _SOON_S)
            return
        raise _Enough


_TIMER = _Timer()


def bounded() -> AbstractContextManager[None]:
    """Refuse what takes longer. Signals reach the main thread only: runs decide there, and elsewhere is no bound."""
    if threading.get_ident() == threading.main_thread().ident:
        return _TIMER
    return nullcontext()
