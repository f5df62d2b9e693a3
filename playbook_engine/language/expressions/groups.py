"""What filters do with lists of lists, with groups, and with two lists as sets."""

from collections.abc import Hashable, Mapping

from playbook_engine.language.expressions.kinds import describe, need_boolean, need_list, need_text
from playbook_engine.language.expressions.limits import check_items, check_value
from playbook_engine.language.expressions.lists import comparable, identity
from playbook_engine.language.expressions.members import field_of
from playbook_engine.language.expressions.operators import contains
from playbook_engine.language.expressions.refusal import Refused
from playbook_engine.values import Value


def grouped(value: Value, attribute: Value) -> Value:
    """Return a mapping with `grouper` and `list` for every value of an entry, in the order of those values."""
    path = need_text(attribute, "`groupby`")
    items = need_list(value, "`groupby`")
    keys = comparable([field_of(item, path) for item in items], "`groupby`")
    groups: dict[int | float | str, list[Value]] = {}
    for key, item in zip(keys, items, strict=True):
        groups.setdefault(key, []).append(item)
    return [{"grouper": key, "list": members} for key, members in sorted(groups.items(), key=_first)]


def _first(pair: tuple[int | float | str, list[Value]]) -> int | float | str:
    return pair[0]


def entries(value: Value) -> Value:
    """Return a list of key and value for every entry of a mapping."""
    return [[key, item] for key, item in _mapping(value, "`items`").items()]


def entries_in_order(value: Value) -> Value:
    mapping = _mapping(value, "`dictsort`")
    return [[key, mapping[key]] for key in sorted(mapping)]


def _mapping(value: Value, what: str) -> Mapping[str, Value]:
    if isinstance(value, Mapping):
        return value
    raise Refused(f"{what} needs a mapping, got {describe(value)}")


def flattened(value: Value) -> Value:
    """Return the items of lists in lists as one list; without recursion, for hosts decide how deep."""
    check_value(value)
    found: list[Value] = []
    waiting = [iter(need_list(value, "`flatten`"))]
    while waiting:
        for item in waiting[-1]:
            if isinstance(item, list | tuple):
                waiting.append(iter(item))
                break
            found.append(item)
        else:
            waiting.pop()
    return found


def united(value: Value, other: Value) -> Value:
    """Return the items of both lists, each once."""
    left, right = _set(value, "`union`"), _set(other, "`union`")
    check_items(len(left) + len(right))
    return [*{**left, **{key: item for key, item in right.items() if key not in left}}.values()]


def shared(value: Value, other: Value) -> Value:
    """Return the items that both lists have, each once, in the order of the first."""
    left, right = _set(value, "`intersect`"), _set(other, "`intersect`")
    return [item for key, item in left.items() if key in right]


def missing(value: Value, other: Value) -> Value:
    """Return the items of the first list that the other one does not have, each once."""
    left, right = _set(value, "`difference`"), _set(other, "`difference`")
    return [item for key, item in left.items() if key not in right]


def _set(value: Value, what: str) -> dict[Hashable, Value]:
    """Return the items of a list by what equal ones have in common, the first of them."""
    check_value(value)
    found: dict[Hashable, Value] = {}
    for item in need_list(value, what):
        found.setdefault(identity(item, what), item)
    return found


def all_true(value: Value) -> bool:
    """Tell whether every item of a list is true."""
    return False not in [need_boolean(item) for item in need_list(value, "`all`")]


def any_true(value: Value) -> bool:
    """Tell whether an item of a list is true."""
    return True in [need_boolean(item) for item in need_list(value, "`any`")]


def holds_item(value: Value, item: Value) -> bool:
    return contains(item, value)
