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
    items = need_list(value, "`sort`")
    keys = [field_of(item, need_text(attribute, "`sort`")) for item in items] if attribute is not None else items
    pairs = zip(_comparable(keys, "`sort`"), range(len(items)), strict=True)
    order = sorted(pairs, key=lambda pair: pair[0], reverse=need_boolean(reverse))
    return [items[place] for _, place in order]


def _comparable(items: Sequence[Value], what: str) -> list[int | float | str]:
    """Return the items as things that have one order: all numbers, or all texts."""
    checked: list[int | float | str] = []
    for item in items:
        if kind_of(item) not in (Kind.NUMBER, Kind.TEXT) or kind_of(item) is not kind_of(items[0]):
            raise Refused(f"{what} needs numbers only or texts only, and found {describe(item)}")
        checked.append(item if isinstance(item, str) else need_number(item, what))
    return checked


def minimum(value: Value) -> Value:
    return min(_comparable(_filled(value, "`min`"), "`min`"))


def maximum(value: Value) -> Value:
    return max(_comparable(_filled(value, "`max`"), "`max`"), key=lambda item: item)


def unique(value: Value) -> Value:
    """Keep the first of equal items."""
    seen: dict[Hashable, Value] = {}
    check_value(value)
    for item in need_list(value, "`unique`"):
        seen.setdefault(_identity(item), item)
    return [*seen.values()]


def _identity(value: Value) -> Hashable:
    match value:
        case Mapping():
            return Kind.MAPPING, frozenset((key, _identity(item)) for key, item in value.items())
        case list() | tuple():
            return Kind.LIST, tuple(map(_identity, value))
        case Secret() | SecretText():
            raise wrong_kind(value, "`unique`", "values that are not secret")
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


def total(value: Value) -> Value:
    return _sum(_numbers(need_list(value, "`sum`"), "`sum`"), "`sum`")


def average(value: Value) -> Value:
    numbers = _numbers(_filled(value, "`avg`"), "`avg`")
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
