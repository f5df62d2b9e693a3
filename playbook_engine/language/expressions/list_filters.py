"""The filters on lists and mappings, for the table of filters."""

from collections.abc import Callable

from playbook_engine.language.expressions import groups, lists
from playbook_engine.language.expressions.entries import Entry, simple
from playbook_engine.values import Value


def _by_entry(name: str, run: Callable[..., Value], doc: str, example: str) -> Entry:
    """Return a filter that can look at one entry of every item."""
    return simple(name, run, doc, example, (), ("attribute",))


LISTS = (
    simple("length", lists.length, "The number of characters, items or keys.", "'four' | length"),
    simple("count", lists.length, "The same as `length`.", "[1, 2] | count"),
    simple("first", lists.first, "The first item; an error when there is none.", "[1, 2] | first"),
    simple("last", lists.last, "The last item; an error when there is none.", "[1, 2] | last"),
    simple("list", lists.as_list, "The items of a list, or the keys of a mapping, as a list.", "{'a': 1} | list"),
    simple("reverse", lists.reverse, "In the opposite order.", "[1, 2] | reverse"),
    simple(
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
    simple(
        "percentile",
        lists.percentile,
        "The smallest number that so many percent of the numbers do not exceed.",
        "[10, 20, 30, 40] | percentile(50)",
        ("rank",),
    ),
)

GROUPS = (
    simple(
        "groupby",
        groups.grouped,
        "For every value of an entry a mapping with `grouper`, the value, and `list`, the items that have it.",
        "[{'n': 1}, {'n': 2}, {'n': 1}] | groupby('n') | map(attribute='list') | map('length')",
        ("attribute",),
    ),
    simple("items", groups.entries, "A list with a list of key and value for every entry.", "{'a': 1} | items"),
    simple(
        "dictsort",
        groups.entries_in_order,
        "A list with a list of key and value for every entry, sorted by key.",
        "{'b': 2, 'a': 1} | dictsort",
    ),
    simple("flatten", groups.flattened, "The items of lists in lists as one list.", "[[1, 2], [3, [4]]] | flatten"),
    simple("union", groups.united, "The items of both lists, each once.", "[1, 2] | union([2, 3])", ("other",)),
    simple(
        "intersect",
        groups.shared,
        "The items that both lists have, each once.",
        "[1, 2] | intersect([2, 3])",
        ("other",),
    ),
    simple(
        "difference",
        groups.missing,
        "The items that the other list does not have, each once.",
        "['api-1', 'api-2'] | difference(['api-2'])",
        ("other",),
    ),
)
