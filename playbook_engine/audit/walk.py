"""Through an event and all that hangs on it: its texts found, or changed.

Both walks know every kind of value that an event is made of. What they do not know they refuse (TypeError): a text
that is not seen cannot be masked.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any

from playbook_engine.diagnostics import Span
from playbook_engine.model.events import Event
from playbook_engine.model.fields import Fields
from playbook_engine.model.replies import Output
from playbook_engine.values import Secret, SecretText

Change = Callable[[str], str]
CUT = "…"
"""What stands where a text was cut."""

_NUMBERS = (int, float)
"""Numbers of which data is made; bool is none of them."""

CLOSED = (float, Enum, Span, datetime, Secret)
"""No text of a host is in these: names from a fixed list, positions, times, and what shows itself masked."""


def texts(event: object) -> list[str]:
    """Return every text in an event, in no order; an output that was cut adds the mark of a cut."""
    found: list[str] = []
    waiting: list[object] = [event]
    for value in waiting:  # grows while it is walked
        if isinstance(value, str):
            found.append(value)
        elif value is not None and not isinstance(value, int):
            kind: Any = type(value)
            waiting.extend(_opener(kind)(value))
    return found


@cache
def _opener(kind: type) -> Callable[[Any], Iterable[object]]:
    """Return what takes a value of this kind apart; chosen once for each kind, for the sake of speed."""
    if issubclass(kind, CLOSED):
        return lambda _: ()
    if issubclass(kind, Output):
        return lambda output: (output.head, output.tail, CUT if output.truncated else "")
    if issubclass(kind, SecretText):
        return lambda text: (str(text),)
    if issubclass(kind, tuple | list):
        return lambda items: (str(item) if type(item) in _NUMBERS else item for item in items)
    if issubclass(kind, Mapping):
        return lambda mapping: (*mapping, *(str(v) if type(v) in _NUMBERS else v for v in mapping.values()))
    names = _field_names(kind)
    return attrgetter(*names) if len(names) > 1 else lambda value: tuple(getattr(value, name) for name in names)


def _field_names(kind: type) -> tuple[str, ...]:
    if not is_dataclass(kind):
        raise TypeError(f"a {kind.__name__} cannot be put on record")
    return tuple(field.name for field in fields(kind))


def changed(event: Event, change: Change, cut: Callable[[Output], Output]) -> Event:
    """Return the event with `change` applied to every text and `cut` to every output.

    A number inside of data (a list, a mapping) whose digits are changed becomes a text.
    """
    result: Event = _changed(event, change, cut)
    return result


def _changed(value: Any, change: Change, cut: Callable[[Output], Output]) -> Any:
    match value:
        case None | int() | float() | Span() | datetime() | Secret() | Enum():
            return value
        case str():
            return change(value)
        case SecretText():
            shown = str(value)
            masked = change(shown)
            return value if masked == shown else masked
        case Output():
            return cut(value)
        case tuple() | list():
            return type(value)(_in_data(item, change, cut) for item in value)
        case Mapping():
            return _mapping(value, change, cut)
        case _:
            parts = {name: _changed(getattr(value, name), change, cut) for name in _field_names(type(value))}
            return replace(value, **parts)


def _mapping(value: Mapping[str, Any], change: Change, cut: Callable[[Output], Output]) -> Mapping[str, Any]:
    made = {change(key): _in_data(item, change, cut) for key, item in value.items()}
    return Fields(made, value.absent) if isinstance(value, Fields) else made


def _in_data(item: Any, change: Change, cut: Callable[[Output], Output]) -> Any:
    if type(item) in _NUMBERS:
        shown = str(item)
        masked = change(shown)
        return item if masked == shown else masked
    return _changed(item, change, cut)
