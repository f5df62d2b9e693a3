"""What filters do with lists and numbers."""

import math
from collections.abc import Hashable, Mapping, Sequence

from playbook_engine.language.expressions.kinds import (
    Kind,
    describe,
    kind_of,
    need_boolean,
    need_list,
    need_number,
    need_text,
    need_whole,
    wrong_kind,
)
from playbook_engine.language.expressions.limits import check_items, check_value
from playbook_engine.language.expressions.members import field_of
from playbook_engine.language.expressions.operators import divide
from playbook_engine.language.expressions.refusal import Empty, Refused
from playbook_engine.values import Secret, SecretText, Value

_MAX_DIGITS = 300


def length(value: Value) -> Value:
    if isinstance(value, str | list | tuple | Mapping):
        return len(value)
    raise wrong_kind(value, "`length`", "text, a list or a mapping")


def first(value: Value) -> Value:
    return _filled(value, "`first`")[0]


def last(value: Value) -> Value:
    return _filled(value, "`last`")[-1]


def _filled(value: Value, what: str) -> Sequence[Value]:
    items = need_list(value, what)
    if not items:
        raise Empty(f"{what} has nothing to take: the list is empty", "Say what to take instead: | default(…).")
    return items


def as_list(value: Value) -> Value:
    """Return a list of the items of a list or of the keys of a mapping."""
    items = list(value) if isinstance(value, Mapping) else [*need_list(value, "`list`")]
    check_items(len(items))
    return [*items]


def reverse(value: Value) -> Value:
    return value[::-1] if isinstance(value, str) else [*reversed(need_list(value, "`reverse`"))]


def sort(value: Value, attribute: Value = None, reverse: Value = False) -> Value:  # noqa: FBT002 -- named as authors write it
    """Sort numbers or texts, or mappings by one of their entries."""
    items, keys = _keyed(need_list(value, "`sort`"), attribute, "`sort`")
    return [items[place] for place in sorted(range(len(items)), key=keys.__getitem__, reverse=need_boolean(reverse))]


def comparable(items: Sequence[Value], what: str) -> list[int | float | str]:
    """Return the items as things that have one order: all numbers, or all texts."""
    checked: list[int | float | str] = []
    for item in items:
        if kind_of(item) not in (Kind.NUMBER, Kind.TEXT) or kind_of(item) is not kind_of(items[0]):
            raise Refused(f"{what} needs numbers only or texts only, and found {describe(item)}")
        checked.append(item if isinstance(item, str) else need_number(item, what))
    return checked


def minimum(value: Value, attribute: Value = None) -> Value:
    """Return the smallest item, or the item with the smallest entry; the first of equal ones."""
    items, keys = _keyed(_filled(value, "`min`"), attribute, "`min`")
    return items[min(range(len(items)), key=keys.__getitem__)]


def maximum(value: Value, attribute: Value = None) -> Value:
    """Return the largest item, or the item with the largest entry; the first of equal ones."""
    items, keys = _keyed(_filled(value, "`max`"), attribute, "`max`")
    return items[max(range(len(items)), key=keys.__getitem__)]


def _keyed(items: Sequence[Value], attribute: Value, what: str) -> tuple[Sequence[Value], list[int | float | str]]:
    """Return the items with what they are compared by."""
    return items, comparable(_entries(items, attribute, what), what)


def _entries(items: Sequence[Value], attribute: Value, what: str) -> Sequence[Value]:
    """Return one entry of every item, or the items themselves when there is no attribute."""
    if attribute is None:
        return items
    path = need_text(attribute, what)
    return [field_of(item, path) for item in items]


def unique(value: Value, attribute: Value = None) -> Value:
    """Keep the first of equal items, or of items with equal entries."""
    seen: dict[Hashable, Value] = {}
    check_value(value)
    items = need_list(value, "`unique`")
    for item, entry in zip(items, _entries(items, attribute, "`unique`"), strict=True):
        seen.setdefault(identity(entry), item)
    return [*seen.values()]


def identity(value: Value, what: str = "`unique`") -> Hashable:
    """Return what equal values of one kind have in common; `what` names who needs it."""
    match value:
        case Mapping():
            return Kind.MAPPING, frozenset((key, identity(item, what)) for key, item in value.items())
        case list() | tuple():
            return Kind.LIST, tuple(identity(item, what) for item in value)
        case Secret() | SecretText():
            raise wrong_kind(value, what, "values that are not secret")
        case _:
            return kind_of(value), value


def _numbers(items: Sequence[Value], what: str) -> list[int | float]:
    return [need_number(item, f"{what} of a list") for item in items]


def _sum(numbers: Sequence[int | float], what: str) -> int | float:
    try:
        found = sum(numbers)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise Refused(f"{what} gives no finite number here")
    return found


def total(value: Value, attribute: Value = None) -> Value:
    return _sum(_numbers(_entries(need_list(value, "`sum`"), attribute, "`sum`"), "`sum`"), "`sum`")


def average(value: Value, attribute: Value = None) -> Value:
    numbers = _numbers(_entries(_filled(value, "`avg`"), attribute, "`avg`"), "`avg`")
    return divide(_sum(numbers, "`avg`"), len(numbers))


def percentile(value: Value, rank: Value) -> Value:
    """Return the smallest number that at least `rank` percent of the numbers do not exceed (nearest rank)."""
    percent = need_number(rank, "the rank of `percentile`")
    if not 0 <= percent <= 100:
        raise Refused(f"the rank of `percentile` is between 0 and 100, not {percent!r}")
    numbers = sorted(_numbers(_filled(value, "`percentile`"), "`percentile`"))
    return numbers[max(math.ceil(percent / 100 * len(numbers)), 1) - 1]


def absolute(value: Value) -> Value:
    return abs(need_number(value, "`abs`"))


def rounded(value: Value, digits: Value = 0, method: Value = "common") -> Value:
    """Round to a whole number, or to so many digits behind the point."""
    number, places = need_number(value, "`round`"), need_whole(digits, "`round`")
    if not 0 <= places <= _MAX_DIGITS:
        raise Refused(f"`round` keeps between 0 and {_MAX_DIGITS} digits, not {places}")
    if isinstance(number, int):
        return number
    try:
        return _round(number, places, need_text(method, "`round`"))
    except (OverflowError, ValueError):
        raise Refused(f"{number!r} cannot be rounded to {places} digits") from None


def _round(number: float, places: int, method: str) -> int | float:
    scale: int = 10**places
    match method:
        case "common":
            return round(number, places) if places else round(number)
        case "floor":
            scaled = math.floor(number * scale)
        case "ceil":
            scaled = math.ceil(number * scale)
        case _:
            raise Refused(f"`round` knows the methods common, floor and ceil, not {describe(method)}")
    return scaled / scale if places else scaled
