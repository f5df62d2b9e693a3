"""Looking something up in plain data: keys of mappings and places in lists, never attributes of Python objects."""

from collections.abc import Mapping, Sequence

from playbook_engine.diagnostics import did_you_mean
from playbook_engine.language.expressions.kinds import Kind, brief, describe, kind_of, need_whole
from playbook_engine.language.expressions.refusal import Missing, Refused
from playbook_engine.model.fields import Fields
from playbook_engine.values import Names, Value

_SHOWN_KEYS = 5


def named(names: Names, name: str) -> Value:
    """Return what a name stands for."""
    try:
        return names[name]
    except KeyError:
        if isinstance(names, Fields) and names.absent and f"'{name}'" in names.absent:
            raise Missing(names.absent) from None
        raise Missing(f"'{name}' is not known here", did_you_mean(name, names)) from None


def member(value: Value, key: Value, owner: str) -> Value:
    """Return the part of a value that a key or an index names; `owner` is how the expression writes the value."""
    match value:
        case Mapping():
            return _entry(value, key, owner)
        case list() | tuple() | str():
            return _item(value, key, owner)
        case _:
            raise Refused(f"{owner} is {describe(value)}, it has no part {_shown(key)}")


def _entry(mapping: Mapping[str, Value], key: Value, owner: str) -> Value:
    if not isinstance(key, str):
        raise Refused(f"{owner} is a mapping; its keys are text, not {describe(key)}", f"Write {owner}['{key}'].")
    try:
        return mapping[key]
    except KeyError:
        raise _no_entry(mapping, key, owner) from None


def _no_entry(mapping: Mapping[str, Value], key: str, owner: str) -> Missing | Refused:
    message = f"{owner} has no {_shown(key)}"
    if isinstance(mapping, Fields) and mapping.ambiguous:
        # Not a value that may be missing: `| default(0)` must not hide that several targets answered.
        return Refused(f"{message}: {mapping.absent}")
    if isinstance(mapping, Fields) and mapping.absent:
        return Missing(f"{message}: {mapping.absent}")
    return Missing(message, did_you_mean(key, mapping) or _keys(mapping))


def _keys(mapping: Mapping[str, Value]) -> str:
    if not mapping:
        return "It is empty."
    shown = ", ".join(_shown(key) for key in list(mapping)[:_SHOWN_KEYS])
    more = len(mapping) - _SHOWN_KEYS
    return f"It has {shown}{f' and {more} more' if more > 0 else ''}."


def _item(items: str | Sequence[Value], key: Value, owner: str) -> Value:
    if isinstance(key, str):
        is_text = isinstance(items, str)
        hint = "Read the text first: | json or | lines." if is_text else "Take one item first: [0]."
        raise Refused(f"{owner} is {Kind.TEXT if is_text else Kind.LIST}, it has no part {_shown(key)}", hint)
    try:
        return items[need_whole(key, f"the place in {owner}")]
    except IndexError:
        size = f"{len(items)} {'characters' if isinstance(items, str) else 'items'}"
        raise Missing(f"{owner} has no item {brief(key)}, it has {size}") from None


def sliced(value: Value, start: Value, stop: Value, step: Value) -> Value:
    """Return a stretch of a text or a list: `[:10]`."""
    if not isinstance(value, str | list | tuple):
        raise Refused(f"only text and lists have stretches, not {describe(value)}")
    bounds = [None if bound is None else need_whole(bound, "a slice") for bound in (start, stop, step)]
    if bounds[2] == 0:
        raise Refused("the step of a slice cannot be zero")
    return value[slice(*bounds)]


def _shown(key: Value) -> str:
    return brief(key) if kind_of(key) is Kind.TEXT else f"[{brief(key)}]"


def field_of(item: Value, path: str) -> Value:
    """Return the part of a list's item that a dotted path names: `metadata.name`."""
    owner = "an item"
    for key in path.split("."):
        item = member(item, key, owner)
        owner = f"'{path}' of an item"
    return item
