"""The table of filters, written `value | filter` or `value | filter(…)`."""

from playbook_engine.language.expressions import converting, lists, moments
from playbook_engine.language.expressions.entries import Entry, simple, table
from playbook_engine.language.expressions.list_filters import GROUPS, LISTS
from playbook_engine.language.expressions.text_filters import PATTERNS, READING, TEXTS

_NUMBERS = (
    simple("abs", lists.absolute, "Without its sign.", "-3 | abs"),
    simple(
        "round",
        lists.rounded,
        "A whole number, or a number with so many digits; `method` is common, floor or ceil.",
        "2.345 | round(1)",
        (),
        ("digits", "method"),
    ),
    simple("int", converting.to_int, "Text to a whole number; an error when it is not one.", "' 42 ' | int"),
    simple("float", converting.to_float, "Text to a number; an error when it is not one.", "'4.2' | float"),
    simple("percent", converting.to_percent, "The number in a percentage.", "'95.8%' | percent"),
    simple("size", converting.to_size, "The bytes in a size.", "'10MiB' | size"),
    simple(
        "since",
        moments.since,
        "The seconds from a point in time to another one, or to `run.started`; negative when that is earlier.",
        "'2026-11-20T03:00:00Z' | since('2026-11-20T11:01:30+08:00')",
        (),
        ("moment",),
    ),
    simple("duration", converting.to_duration, "The seconds in a duration.", "'1h30m' | duration"),
)

_SPECIAL = (
    simple(
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

FILTERS = table(*TEXTS, *LISTS, *GROUPS, *PATTERNS, *_NUMBERS, *READING, *_SPECIAL)
"""All filters by name."""
