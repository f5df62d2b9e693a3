"""Which phase follows which: the whole life of a run on one page.

start ─▶ health ─▶ steps ─▶ finally ─▶ tell ─▶ done
           │         │ ╲       ▲
           │         ▼  ╲      │
           │        undo ─────▶┘
           └─(healthy)─────────────────────▶ done
"""

from enum import StrEnum

from playbook_engine.engine.state import Phase


class Signal(StrEnum):
    """What ends a phase."""

    BEGUN = "begun"
    HEALTHY = "healthy"
    ILL = "ill"
    DONE = "done"
    """All of the phase was carried out."""
    STOPPED = "stopped"
    """Nothing more of the phase is to be carried out."""
    UNDO = "undo"
    """What was changed must be taken back."""
    PAUSED = "paused"
    """A person is needed and nobody is here."""
    GIVEN_UP = "given up"
    """A second signal: end now."""


TRANSITIONS: dict[tuple[Phase, Signal], Phase] = {
    (Phase.START, Signal.BEGUN): Phase.HEALTH,
    (Phase.HEALTH, Signal.HEALTHY): Phase.DONE,
    (Phase.HEALTH, Signal.ILL): Phase.STEPS,
    (Phase.HEALTH, Signal.PAUSED): Phase.DONE,
    (Phase.HEALTH, Signal.STOPPED): Phase.DONE,
    (Phase.HEALTH, Signal.GIVEN_UP): Phase.DONE,
    (Phase.STEPS, Signal.DONE): Phase.FINALLY,
    (Phase.STEPS, Signal.STOPPED): Phase.FINALLY,
    (Phase.STEPS, Signal.UNDO): Phase.UNDO,
    (Phase.STEPS, Signal.PAUSED): Phase.DONE,
    (Phase.STEPS, Signal.GIVEN_UP): Phase.DONE,
    (Phase.UNDO, Signal.DONE): Phase.FINALLY,
    (Phase.UNDO, Signal.GIVEN_UP): Phase.DONE,
    (Phase.FINALLY, Signal.DONE): Phase.TELL,
    (Phase.FINALLY, Signal.PAUSED): Phase.DONE,
    (Phase.FINALLY, Signal.GIVEN_UP): Phase.DONE,
    (Phase.TELL, Signal.DONE): Phase.DONE,
    (Phase.TELL, Signal.GIVEN_UP): Phase.DONE,
}
"""Closed: a pair that is not here cannot happen."""


def following(phase: Phase, signal: Signal) -> Phase:
    """Return the phase that follows; KeyError for a pair that cannot happen."""
    return TRANSITIONS[phase, signal]
