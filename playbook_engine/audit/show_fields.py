"""Reads fields of a recorded event for people: whatever is there, as one line that is safe to show."""

import json
from collections.abc import Mapping
from typing import Any

from playbook_engine.model.translations import UNTRANSLATED, Reader
from playbook_engine.values import Duration
from playbook_engine.visible import escape

_LONGEST = 300


_SAID = frozenset({"title", "reason", "message"})
_TITLES = frozenset({"changed", "undone", "not_undone"})


def in_words(event: Mapping[str, Any], reader: Reader) -> Mapping[str, Any]:
    """Return a recorded event with its titles and reasons in the reader's language."""
    return (
        event if reader == UNTRANSLATED else {name: _in_words(name, value, reader) for name, value in event.items()}
    )


def _in_words(name: str, value: Any, reader: Reader) -> Any:
    match value:
        case str():
            return reader.sentence(value) if name in _SAID else value
        case dict():
            return {inner: _in_words(inner, item, reader) for inner, item in value.items()}
        case list():
            kind = "title" if name in _TITLES else name
            return [_in_words(kind, item, reader) for item in value]
        case _:
            return value


def words(event: Mapping[str, Any], *names: str) -> str:
    """Return the field at the end of a chain of names as text; empty when it is not there."""
    value: Any = event
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return text(value)


def text(value: object) -> str:
    """Return any value as one short line."""
    if value is None:
        return ""
    plain = value if isinstance(value, str) else _as_json(value)
    return escape(plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}…")


def items(event: Mapping[str, Any], name: str) -> tuple[Mapping[str, Any], ...]:
    """Return the objects in a list."""
    found = event.get(name)
    return tuple(item for item in found if isinstance(item, Mapping)) if isinstance(found, list) else ()


def joined(event: Mapping[str, Any], name: str) -> str:
    """Return the texts in a list, separated by commas."""
    found = event.get(name)
    return ", ".join(text(item) for item in found) if isinstance(found, list) else ""


def length(event: Mapping[str, Any], name: str = "duration_ms") -> str:
    """Return a number of milliseconds as people write it: `1.2s`, `3m5s`."""
    ms = event.get(name)
    if not isinstance(ms, int) or ms < 0:
        return ""
    if ms < 1000:
        return f"{ms}ms"
    return f"{ms / 1000:.1f}s" if ms < 60_000 else str(Duration(ms // 1000 * 1000))


def clock(event: Mapping[str, Any]) -> str:
    """Return the time of day in UTC, to the second."""
    time = words(event, "ts")
    return f"{time[11:19]}Z" if len(time) > 19 else " " * 9


def _as_json(value: object) -> str:
    """Return what was parsed from JSON as JSON again, whatever it is."""
    try:
        return json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError):
        return "(nested too deeply to be shown)"
