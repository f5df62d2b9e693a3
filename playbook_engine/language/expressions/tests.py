"""The table of tests, written `value is test` or `value is test(…)`."""

from collections.abc import Callable, Mapping

from playbook_engine.language.expressions import groups, operators, patterns, versions
from playbook_engine.language.expressions.entries import Entry, table
from playbook_engine.language.expressions.kinds import Kind, kind_of, need_boolean, need_text, need_whole
from playbook_engine.language.expressions.refusal import Refused
from playbook_engine.values import Value


def _of_kind(*kinds: Kind) -> Callable[[Value], bool]:
    return lambda value: kind_of(value) in kinds


def _is_integer(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_float(value: Value) -> bool:
    return isinstance(value, float)


def _is_false(value: Value) -> bool:
    return not need_boolean(value)


def _is_iterable(value: Value) -> bool:
    return isinstance(value, str | list | tuple | Mapping)


def _is_even(value: Value) -> bool:
    return need_whole(value, "`even`") % 2 == 0


def _is_odd(value: Value) -> bool:
    return need_whole(value, "`odd`") % 2 == 1


def _is_divisible(value: Value, number: Value) -> bool:
    divisor = need_whole(number, "`divisibleby`")
    if divisor == 0:
        raise Refused("nothing is divisible by zero")
    return need_whole(value, "`divisibleby`") % divisor == 0


def _is_lower(value: Value) -> bool:
    return need_text(value, "`lower`").islower()


def _is_upper(value: Value) -> bool:
    return need_text(value, "`upper`").isupper()


def _test(
    name: str,
    run: Callable[..., bool] | None,
    doc: str,
    example: str,
    required: tuple[str, ...] = (),
    optional: tuple[str, ...] = (),
) -> Entry:
    searches = required == ("pattern",)
    return Entry(
        name=name, run=run, doc=doc, example=example, required=required, optional=optional, patterns=searches
    )


TESTS = table(
    _test("defined", None, "Whether the name, key or item exists.", "missing is defined"),
    _test("undefined", None, "Whether the name, key or item does not exist.", "missing is undefined"),
    _test("none", _of_kind(Kind.NOTHING), "Whether it is none (null in JSON).", "none is none"),
    _test("boolean", _of_kind(Kind.BOOLEAN), "Whether it is true or false.", "false is boolean"),
    _test("number", _of_kind(Kind.NUMBER), "Whether it is a number.", "'1' is number"),
    _test("integer", _is_integer, "Whether it is a whole number without a point.", "1 is integer"),
    _test("float", _is_float, "Whether it is a number with a point.", "1.0 is float"),
    _test("string", _of_kind(Kind.TEXT, Kind.SECRET), "Whether it is text; a secret is.", "'a' is string"),
    _test("sequence", _of_kind(Kind.LIST), "Whether it is a list.", "[1] is sequence"),
    _test("mapping", _of_kind(Kind.MAPPING), "Whether it is a mapping.", "{'a': 1} is mapping"),
    _test("iterable", _is_iterable, "Whether it is a list, a mapping or text.", "[1] is iterable"),
    _test(
        "in",
        operators.contains,
        "Whether it is an item of a list, a key, or a part of a text.",
        "1 is in [1, 2]",
        ("container",),
    ),
    _test(
        "contains",
        groups.holds_item,
        "Whether a list has the item, a mapping the key, or a text the part: `in` the other way round.",
        "[{'tags': ['a']}, {'tags': []}] | selectattr('tags', 'contains', 'a') | length",
        ("item",),
    ),
    _test("true", need_boolean, "Whether it is true; only true and false can be asked.", "(1 < 2) is true"),
    _test("false", _is_false, "Whether it is false; only true and false can be asked.", "(1 < 2) is false"),
    _test(
        "all",
        groups.all_true,
        "Whether every item of a list is true; so it is of an empty one.",
        "[true, false] is all",
    ),
    _test("any", groups.any_true, "Whether at least one item of a list is true.", "[true, false] is any"),
    _test("lower", _is_lower, "Whether a text has small letters and no capitals.", "'ok' is lower"),
    _test("upper", _is_upper, "Whether a text has capitals and no small letters.", "'ok' is upper"),
    _test(
        "version",
        versions.compares,
        "How a version stands to another one (`==`, `!=`, `<`, `<=`, `>`, `>=`); `2.0-rc.1` comes before `2.0`.",
        "'1.10.0' is version('1.9', '>=')",
        ("other",),
        ("operator",),
    ),
    _test("eq", operators.equal, "The same as `==`.", "1 is eq 1", ("other",)),
    _test("ne", operators.unequal, "The same as `!=`.", "1 is ne 1", ("other",)),
    _test("lt", operators.less, "The same as `<`.", "1 is lt 2", ("other",)),
    _test("le", operators.less_or_equal, "The same as `<=`.", "1 is le 1", ("other",)),
    _test("gt", operators.greater, "The same as `>`.", "1 is gt 2", ("other",)),
    _test("ge", operators.greater_or_equal, "The same as `>=`.", "1 is ge 1", ("other",)),
    _test("even", _is_even, "Whether a whole number is even.", "2 is even"),
    _test("odd", _is_odd, "Whether a whole number is odd.", "2 is odd"),
    _test("divisibleby", _is_divisible, "Whether a whole number divides it.", "9 is divisibleby 3", ("number",)),
    _test(
        "match",
        patterns.matches,
        "Whether a regular expression matches at the beginning of the text.",
        "'v1.2' is match('v\\d')",
        ("pattern",),
    ),
    _test(
        "search",
        patterns.searches,
        "Whether a regular expression matches anywhere in the text.",
        "'on fire' is search('fire|smoke')",
        ("pattern",),
    ),
)
"""All tests by name."""
