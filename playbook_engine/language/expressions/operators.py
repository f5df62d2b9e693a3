"""Arithmetic and comparison, strict about types: nothing is converted behind the author's back."""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from playbook_engine.language.expressions.converting import to_text
from playbook_engine.language.expressions.kinds import Kind, describe, kind_of, need_number
from playbook_engine.language.expressions.limits import MAX_BITS, check_items, check_length, check_value
from playbook_engine.language.expressions.refusal import Refused
from playbook_engine.values import Secret, SecretText, Value, reveal

Number: TypeAlias = int | float
_PLAIN = frozenset({int, float, str, bool})
_ORDERED = frozenset({int, float, str})


def add(left: Value, right: Value) -> Value:
    """Add two numbers, or join two texts or two lists."""
    if isinstance(left, str) and isinstance(right, str):
        check_length(len(left) + len(right))
        return left + right
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        check_items(len(left) + len(right))
        return [*left, *right]
    if kind_of(left) is Kind.NUMBER and kind_of(right) is Kind.NUMBER:
        return _computed(operator.add, left, right, "`+`")
    message = f"`+` takes two numbers, two texts or two lists, not {describe(left)} and {describe(right)}"
    raise Refused(message, "To join values as text, write ~ instead of +.")


def subtract(left: Value, right: Value) -> Value:
    return _computed(operator.sub, left, right, "`-`")


def multiply(left: Value, right: Value) -> Value:
    if isinstance(left, int) and isinstance(right, int):
        _check_bits(left.bit_length() + right.bit_length() - 1)
    return _computed(operator.mul, left, right, "`*`")


def divide(left: Value, right: Value) -> Value:
    return _computed(operator.truediv, left, right, "`/`")


def floor_divide(left: Value, right: Value) -> Value:
    return _computed(operator.floordiv, left, right, "`//`")


def remainder(left: Value, right: Value) -> Value:
    return _computed(operator.mod, left, right, "`%`")


def power(left: Value, right: Value) -> Value:
    if isinstance(left, int) and isinstance(right, int):
        _check_bits(left.bit_length() * max(right, 0))
    return _computed(operator.pow, left, right, "`**`")


def negative(value: Value) -> Value:
    return -need_number(value, "`-`")


def positive(value: Value) -> Value:
    return need_number(value, "`+`")


def _computed(compute: Callable[[Number, Number], object], left: Value, right: Value, sign: str) -> Number:
    try:
        result = compute(need_number(left, sign), need_number(right, sign))
    except ZeroDivisionError:
        raise Refused(f"{describe(left)} cannot be divided by zero") from None
    except OverflowError:
        raise Refused("the number would be too large") from None
    if isinstance(result, int):
        _check_bits(result.bit_length())
        return result
    if not isinstance(result, float) or result != result or result in (float("inf"), float("-inf")):  # noqa: PLR0124 -- only NaN differs from itself
        raise Refused(f"{sign} gives no finite number here")
    return result


def _check_bits(bits: int) -> None:
    if bits > MAX_BITS:
        raise Refused("the number would be too large")


def join(values: Sequence[Value]) -> Value:
    """Join values as text (`~`); secrets stay secret."""
    parts: list[str | Secret] = []
    for value in values:
        text = to_text(value)
        parts.extend(text.parts if isinstance(text, SecretText) else (text,))
    check_length(sum(len(part) for part in parts if isinstance(part, str)))
    if any(isinstance(part, Secret) for part in parts):
        return SecretText(tuple(parts))
    return "".join(map(str, parts))


def equal(left: Value, right: Value) -> bool:
    """Tell whether two values of one kind are equal; everything may be compared with none."""
    if type(left) is type(right) and type(left) in _PLAIN:
        return left == right
    kind = kind_of(left)
    other = kind_of(right)
    if left is None or right is None:
        return left is right
    if isinstance(left, Secret | SecretText | str) and isinstance(right, Secret | SecretText | str):
        return reveal(left) == reveal(right)
    if kind is not other:
        hint = "Convert one of them: | int, | float or | string." if {kind, other} <= _CONVERTIBLE else None
        raise Refused(f"{describe(left)} and {describe(right)} are of different kinds and cannot be compared", hint)
    check_value(left)
    check_value(right)
    return same(left, right)


_CONVERTIBLE = {Kind.TEXT, Kind.NUMBER}


def same(left: Value, right: Value) -> bool:
    """Tell whether two values are of one kind and equal, without complaint when they are not."""
    match left, right:
        case (list() | tuple(), list() | tuple()):
            return len(left) == len(right) and all(map(same, left, right))
        case (Mapping(), Mapping()):
            return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
        case _:
            return kind_of(left) is kind_of(right) and left == right


def unequal(left: Value, right: Value) -> bool:
    return not equal(left, right)


def less(left: Value, right: Value) -> bool:
    return _ordered(operator.lt, left, right)


def less_or_equal(left: Value, right: Value) -> bool:
    return _ordered(operator.le, left, right)


def greater(left: Value, right: Value) -> bool:
    return _ordered(operator.gt, left, right)


def greater_or_equal(left: Value, right: Value) -> bool:
    return _ordered(operator.ge, left, right)


def _ordered(compare: Callable[[Any, Any], bool], left: Value, right: Value) -> bool:
    if type(left) is type(right) and type(left) in _ORDERED:
        return compare(left, right)
    kinds = {kind_of(left), kind_of(right)}
    if kinds in ({Kind.NUMBER}, {Kind.TEXT}):
        return compare(left, right)
    hint = "Convert the text: | int, | float, | percent, | size or | duration." if kinds == _CONVERTIBLE else None
    raise Refused(f"{describe(left)} and {describe(right)} have no order", hint)


def contains(item: Value, container: Value) -> bool:
    """Tell whether `item in container` holds: a part of a text, an item of a list, a key of a mapping."""
    match container:
        case str() if isinstance(item, str):
            return item in container
        case Mapping() if isinstance(item, str):
            return item in container
        case list() | tuple():
            return _is_item(item, container)
        case str() | Mapping():
            raise Refused(f"`in` looks for text here, got {describe(item)}")
        case _:
            raise Refused(f"`in` needs a list, a mapping or text on its right, got {describe(container)}")


def _is_item(item: Value, items: Sequence[Value]) -> bool:
    kind = kind_of(item)
    check_value(item)
    if any(same(item, other) for other in items):
        return True
    if items and item is not None and not any(other is None or kind_of(other) is kind for other in items):
        raise Refused(f"the list holds {kind_of(items[0])}, so it cannot contain {describe(item)}")
    return False


def lacks(item: Value, container: Value) -> bool:
    return not contains(item, container)


ARITHMETIC: dict[str, Callable[[Value, Value], Value]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "//": floor_divide,
    "%": remainder,
    "**": power,
}
"""Operators by the sign that Jinja's nodes carry."""

COMPARISONS: dict[str, Callable[[Value, Value], bool]] = {
    "eq": equal,
    "ne": unequal,
    "lt": less,
    "lteq": less_or_equal,
    "gt": greater,
    "gteq": greater_or_equal,
    "in": contains,
    "notin": lacks,
}
"""Comparisons by the name that Jinja's nodes carry."""
