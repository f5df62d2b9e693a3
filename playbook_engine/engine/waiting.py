"""Waits until somebody takes a notice."""

import asyncio

from playbook_engine.model.events import EscalationAcknowledged, EscalationUnacknowledged
from playbook_engine.ports import AckBox, Acknowledgements, Awaited, Clock, Taken


async def taken(
    awaited: Awaited, acks: Acknowledgements, clock: Clock
) -> EscalationAcknowledged | EscalationUnacknowledged:
    """Return who took a notice, or why nobody did. A cancelled wait is over, and says so."""
    began = clock.monotonic_ms()
    with acks.opened(awaited) as box:
        try:
            found = box if isinstance(box, str) else await _look(box, began + awaited.wait.ms, clock)
        except asyncio.CancelledError:
            found = "a signal ended the wait"
    waited = clock.monotonic_ms() - began
    if isinstance(found, Taken):
        return EscalationAcknowledged(
            path=awaited.path,
            contact=awaited.contact,
            by=found.by,
            how=found.how,
            note=found.note,
            waited_ms=waited,
        )
    reason = found or f"nobody took it within {awaited.wait}"
    return EscalationUnacknowledged(path=awaited.path, contact=awaited.contact, reason=reason, waited_ms=waited)


async def _look(box: AckBox, ends_ms: int, clock: Clock) -> Taken | None:
    """Look into the box until somebody is there, or the time is up; it is looked into once more at the end."""
    while True:
        found = box.taken()
        left = ends_ms - clock.monotonic_ms()
        if found is not None or left <= 0:
            return found
        await clock.sleep(min(box.pause_s, left / 1000))
