"""The table of filters, written `value | filter` or `value | filter(…)`."""

from collections.abc import Callable

from playbook_engine.language.expressions import converting, groups, lists, moments, patterns, texts
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


def _by_entry(name: str, run: Callable[..., Value], doc: str, example: str) -> Entry:
    """Return a filter on a list that can look at one entry of every item."""
    return _filter(name, run, doc, example, (), ("attribute",))


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
    _filter(
        "split",
        texts.split,
        "The parts between separators; without a separator, the words.",
        "'a,b' | split(',')",
        (),
        ("separator", "maximum"),
    ),
    _filter("title", texts.title, "Every word begins with a capital.", "'two words' | title"),
    _filter(
        "capitalize", texts.capitalized, "The first letter is a capital, the others are not.", "'oK' | capitalize"
    ),
    _filter(
        "truncate",
        texts.truncated,
        "Cut to a length (255), with `…` or another end where something is missing.",
        "'a long story' | truncate(7)",
        (),
        ("length", "end"),
    ),
    _filter(
        "b64decode",
        texts.from_base64,
        "The text that base64 stands for; an error when it is none.",
        "'b2s=' | b64decode",
    ),
    _filter("b64encode", texts.to_base64, "A text in base64.", "'ok' | b64encode"),
    _filter("sha256", texts.sha256, "The SHA-256 digest of a text, in hexadecimal.", "('ok' | sha256)[:12]"),
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
    _by_entry("unique", lists.unique, "Each value once, the first of equal ones.", "[1, 2, 1] | unique"),
    _by_entry(
        "min", lists.minimum, "The smallest number, the first text, or the item with such an entry.", "[2, 1] | min"
    ),
    _by_entry(
        "max",
        lists.maximum,
        "The largest number, the last text, or the item with such an entry.",
        "[{'n': 1}, {'n': 2}] | max('n')",
    ),
    _by_entry("sum", lists.total, "The sum of numbers; 0 for an empty list.", "[{'n': 1}, {'n': 2}] | sum('n')"),
    _by_entry("avg", lists.average, "The mean of numbers.", "[1, 2] | avg"),
    _filter(
        "percentile",
        lists.percentile,
        "The smallest number that so many percent of the numbers do not exceed.",
        "[10, 20, 30, 40] | percentile(50)",
        ("rank",),
    ),
)

_GROUPS = (
    _filter(
        "groupby",
        groups.grouped,
        "For every value of an entry a mapping with `grouper`, the value, and `list`, the items that have it.",
        "[{'n': 1}, {'n': 2}, {'n': 1}] | groupby('n') | map(attribute='list') | map('length')",
        ("attribute",),
    ),
    _filter("items", groups.entries, "A list with a list of key and value for every entry.", "{'a': 1} | items"),
    _filter(
        "dictsort",
        groups.entries_in_order,
        "A list with a list of key and value for every entry, sorted by key.",
        "{'b': 2, 'a': 1} | dictsort",
    ),
    _filter("flatten", groups.flattened, "The items of lists in lists as one list.", "[[1, 2], [3, [4]]] | flatten"),
    _filter("union", groups.united, "The items of both lists, each once.", "[1, 2] | union([2, 3])", ("other",)),
    _filter(
        "intersect",
        groups.shared,
        "The items that both lists have, each once.",
        "[1, 2] | intersect([2, 3])",
        ("other",),
    ),
    _filter(
        "difference",
        groups.missing,
        "The items that the other list does not have, each once.",
        "['api-1', 'api-2'] | difference(['api-2'])",
        ("other",),
    ),
)

_PATTERNS = (
    Entry(
        name="regex_search",
        run=patterns.found,
        doc="The first part of a text that matches, or a group of it by number or name; an error when there is none.",
        example="'load average: 0.52' | regex_search('average: ([0-9.]+)', 1) | float",
        required=("pattern",),
        optional=("group",),
        patterns=True,
    ),
    Entry(
        name="regex_findall",
        run=patterns.all_found,
        doc="All parts of a text that match, or the group of each, or a list of its groups when there are several.",
        example="'a=1 b=2' | regex_findall('[a-z]=([0-9])')",
        required=("pattern",),
        patterns=True,
    ),
    Entry(
        name="regex_replace",
        run=patterns.substituted,
        doc="With a text put in place of every match; `\\1` in it is a group.",
        example="'v1.2' | regex_replace('v(.*)', 'version \\1')",
        required=("pattern", "replacement"),
        patterns=True,
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
    _filter(
        "since",
        moments.since,
        "The seconds from a point in time to another one, or to `run.started`; negative when that is earlier.",
        "'2026-11-20T03:00:00Z' | since('2026-11-20T11:01:30+08:00')",
        (),
        ("moment",),
    ),
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

FILTERS = table(*_TEXT, *_LISTS, *_GROUPS, *_PATTERNS, *_NUMBERS, *_READING, *_SPECIAL)
"""All filters by name."""
