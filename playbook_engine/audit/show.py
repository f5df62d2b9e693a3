"""One run as a timeline for people, from the events of its record.

    Run 01JDB8…: JWKS cannot be fetched
      jwks-outage 1.2.0 on demo, play, by ana on bastion1 (user)

    19:04:05Z  check     The JWKS endpoint serves signing keys: failed (5s)
                           control: status == 200 (status = 503)

It reads records of any version: what it does not know it shows as it is.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from playbook_engine.audit.show_lines import Timeline


def show(events: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the timeline of a run, one line of text each, safe for a terminal."""
    timeline = Timeline()
    for event in events:
        timeline.take(event)
    if not timeline.is_finished:
        timeline.lines += ["", "There is no run.finished on record: the run goes on, or it was cut off here."]
    return timeline.lines
