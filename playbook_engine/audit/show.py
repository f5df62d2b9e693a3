"""One run as a timeline for people, from the events of its record.

    Run 01JDB8…: JWKS cannot be fetched
      jwks-outage 1.2.0 on demo, play, by ana on bastion1 (user)

    19:04:05Z  check     The JWKS endpoint serves signing keys: failed (5s)
                           control: status == 200 (status = 503)

It reads records of any version: what it does not know it shows as it is.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from playbook_engine.audit.show_fields import in_words, words
from playbook_engine.audit.show_lines import Timeline
from playbook_engine.model.translations import UNTRANSLATED, Reader
from playbook_engine.phrases import timeline as phrases


def playbooks(events: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the files of the playbooks that were played, as the record names them."""
    return tuple(dict.fromkeys(path for event in events if (path := words(event, "playbook", "path"))))


def show(events: Iterable[Mapping[str, Any]], reader: Reader = UNTRANSLATED) -> list[str]:
    """Return the timeline of a run, one line of text each, safe for a terminal."""
    timeline = Timeline(reader)
    for event in events:
        timeline.take(in_words(event, reader))
    if not timeline.is_finished:
        timeline.lines += ["", reader.words(phrases.Timeline.OPEN_END)]
    return timeline.lines
