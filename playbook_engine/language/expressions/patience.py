"""The bound on the time of one evaluation.

Sizes are bounded, and so is the number of steps that an expression has. Two things can still take long on data that a
host chooses: a regular expression that goes back and forth, and a test on every item of one list that looks through
another. What uses these is stopped after a while of processor time. A signal is the only way to interrupt Python's
regular expressions; its timer counts the time of this process only, so that a busy machine makes no difference.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from playbook_engine.language.expressions.refusal import Refused

PATIENCE_S = 1.0
"""Seconds of processor time; what is not hostile takes a small part of it."""


class _Enough(Exception):
    """Time is up."""


@contextmanager
def bounded() -> Iterator[None]:
    """Refuse what takes longer. Signals reach the main thread only: runs decide there, and elsewhere is no bound."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    try:
        previous = signal.signal(signal.SIGVTALRM, _stop)
        try:
            signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE_S)
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, previous)
    except _Enough:
        hint = (
            "Make the text shorter, say more exactly what to look for, or compare with `difference` and `intersect`."
        )
        raise Refused(f"the expression was stopped after {PATIENCE_S:g} s of computing", hint) from None


def _stop(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise _Enough
