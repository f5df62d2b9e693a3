"""The table of filters, written `value | filter` or `value | filter(…)`."""

from collections.abc import Callable

from playbook_engine.language.expressions import converting, lists, texts
from playbook_engine.language.expressions.entries import Entry, table
from playbook_engine.values import Value


def _filter(
    name: str,
    run: Callable[..., Value] | None,
    doc: str,
    example: str,
    required: tuple[str, ...] = (),
    optional: tuple[str, ...] = (),
) -> Entry:
    return Entry(name=name, run=run, doc=doc, example=example, required=required, optional=optional)


_TEXT = (
    _filter("upper", texts.upper, "All letters in upper case.", "'ok' | upper"),
    _filter("lower", texts.lower, "All letters in lower case.", "'OK' | lower"),
    _filter(
        "trim",
        texts.trim,
        "Without blanks, or the given characters, at both ends. A secret stays a secret.",
        "' a ' | trim",
        (),
        ("characters",),
    ),
    _filter(
        "replace",
        texts.replaced,
        "With one part put in place of another.",
        "'a-b' | replace('-', '_')",
        ("old", "new"),
    ),
    _filter("join", texts.joined, "The items of a list as one text.", "['a', 'b'] | join(', ')", (), ("separator",)),
)

_LISTS = (
    _filter("length", lists.length, "The number of characters, items or keys.", "'four' | length"),
    _filter("count", lists.length, "The same as `length`.", "[1, 2] | count"),
    _filter("first", lists.first, "The first item; an error when there is none.", "[1, 2] | first"),
    _filter("last", lists.last, "The last item; an error when there is none.", "[1, 2] | last"),
    _filter("list", lists.as_list, "The items of a list, or the keys of a mapping, as a list.", "{'a': 1} | list"),
    _filter("reverse", lists.reverse, "In the opposite order.", "[1, 2] | reverse"),
    _filter(
        "sort",
        lists.sort,
        "Numbers or texts in order, or mappings by one of their entries.",
        "[2, 1] | sort",
        (),
        ("attribute", "reverse"),
    ),
    _filter("unique", lists.unique, "Each value once, the first of equal ones.", "[1, 2, 1] | unique"),
    _filter("min", lists.minimum, "The smallest number, or the first text.", "[2, 1] | min"),
    _filter("max", lists.maximum, "The largest number, or the last text.", "[2, 1] | max"),
    _filter("sum", lists.total, "The sum of numbers; 0 for an empty list.", "[1, 2] | sum"),
    _filter("avg", lists.average, "The mean of numbers.", "[1, 2] | avg"),
    _filter(
        "percentile",
        lists.percentile,
        "The smallest number that so many percent of the numbers do not exceed.",
        "[10, 20, 30, 40] | percentile(50)",
        ("rank",),
    ),
)

_NUMBERS = (
    _filter("abs", lists.absolute, "Without its sign.", "-3 | abs"),
    _filter(
        "round",
        lists.rounded,
        "A whole number, or a number with so many digits; `method` is common, floor or ceil.",
        "2.345 | round(1)",
        (),
        ("digits", "method"),
    ),
    _filter("int", converting.to_int, "Text to a whole number; an error when it is not one.", "' 42 ' | int"),
    _filter("float", converting.to_float, "Text to a number; an error when it is not one.", "'4.2' | float"),
    _filter("percent", converting.to_percent, "The number in a percentage.", "'95.8%' | percent"),
    _filter("size", converting.to_size, "The bytes in a size.", "'10MiB' | size"),
    _filter("duration", converting.to_duration, "The seconds in a duration.", "'1h30m' | duration"),
)

_READING = (
    _filter("string", converting.to_plain_text, "A number, a boolean or a text as text.", "42 | string"),
    _filter("lines", converting.to_lines, "The lines of a text as a list.", "'a\\nb\\n' | lines"),
    _filter(
        "json", converting.from_json, "What a JSON text means; an error when it is not JSON.", "'{\"a\": [1]}' | json"
    ),
    _filter("tojson", converting.to_json, "A value written as JSON text.", "{'a': [1]} | tojson"),
    _filter(
        "url_host", converting.to_url_host, "The host's name in a URL.", "'https://example.com:8443/x' | url_host"
    ),
)

_SPECIAL = (
    _filter(
        "default",
        None,
        "The value when its name, key or item exists and is not none, else the other one.",
        "missing | default('none')",
        ("other",),
    ),
    Entry(
        name="map",
        usage="map(attribute=…, default=…)` or `map(filter, …)",
        doc="One entry of every item, or a filter on every item.",
        example="['1', '2'] | map('int')",
        optional=("filter", "attribute", "default"),
        variadic=True,
    ),
    Entry(
        name="select",
        doc="The items for which a test holds.",
        example="[1, 2] | select('even')",
        required=("test",),
        variadic=True,
    ),
    Entry(
        name="reject",
        doc="The items for which a test does not hold.",
        example="[1, 2] | reject('even')",
        required=("test",),
        variadic=True,
    ),
    Entry(
        name="selectattr",
        doc="The items for whose entry a test holds, or is true.",
        example="[{'n': 1}, {'n': 2}] | selectattr('n', 'even')",
        required=("attribute",),
        optional=("test",),
        variadic=True,
    ),
    Entry(
        name="rejectattr",
        doc="The items for whose entry a test does not hold, or is false.",
        example="[{'n': 1}, {'n': 2}] | rejectattr('n', 'even')",
        required=("attribute",),
        optional=("test",),
        variadic=True,
    ),
    Entry(
        name="raw",
        doc="In a shell command: the value goes in without quotes. Last in `{{ … }}`, never for a secret.",
        example="",
    ),
)

FILTERS = table(*_TEXT, *_LISTS, *_NUMBERS, *_READING, *_SPECIAL)
"""All filters by name."""
