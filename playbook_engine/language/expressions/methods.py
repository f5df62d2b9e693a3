"""The table of methods: what may be called on a text or a mapping, written `value.method(…)`."""

from collections.abc import Callable, Mapping

from playbook_engine.language.expressions.entries import simple, table
from playbook_engine.language.expressions.kinds import describe, need_text
from playbook_engine.language.expressions.limits import check_items, check_length
from playbook_engine.language.expressions.members import member
from playbook_engine.language.expressions.refusal import Refused
from playbook_engine.language.expressions.texts import joined, replaced, split
from playbook_engine.values import Value


def _text_only(name: str, change: Callable[[str], str]) -> Callable[[Value], Value]:
    def run(value: Value) -> Value:
        changed = change(need_text(value, f".{name}()"))
        check_length(len(changed))
        return changed

    return run


def _stripping(name: str, strip: Callable[[str, str | None], str]) -> Callable[..., Value]:
    def run(value: Value, characters: Value = None) -> Value:
        wanted = None if characters is None else need_text(characters, f".{name}()")
        return strip(need_text(value, f".{name}()"), wanted)

    return run


def _asking(name: str, ask: Callable[[str, str], bool | int]) -> Callable[[Value, Value], Value]:
    def run(value: Value, wanted: Value) -> Value:
        return ask(need_text(value, f".{name}()"), need_text(wanted, f".{name}()"))

    return run


def _splitlines(value: Value) -> Value:
    lines = need_text(value, ".splitlines()").splitlines()
    check_items(len(lines))
    return [*lines]


def _join(value: Value, items: Value) -> Value:
    return joined(items, need_text(value, ".join()"))


def _mapping(value: Value, name: str) -> Mapping[str, Value]:
    if isinstance(value, Mapping):
        return value
    raise Refused(f".{name}() needs a mapping, got {describe(value)}")


def _keys(value: Value) -> Value:
    return [*_mapping(value, "keys")]


def _values(value: Value) -> Value:
    return [*_mapping(value, "values").values()]


def _items(value: Value) -> Value:
    return [[key, item] for key, item in _mapping(value, "items").items()]


def _get(value: Value, key: Value, default: Value = None) -> Value:
    mapping = _mapping(value, "get")
    return member(mapping, key, "the mapping") if need_text(key, ".get()") in mapping else default


TEXT_METHODS = table(
    simple("upper", _text_only("upper", str.upper), "All letters in upper case.", "'ok'.upper()"),
    simple("lower", _text_only("lower", str.lower), "All letters in lower case.", "'OK'.lower()"),
    simple("title", _text_only("title", str.title), "Every word begins with a capital.", "'two words'.title()"),
    simple(
        "strip", _stripping("strip", str.strip), "Without blanks at both ends.", "' a '.strip()", (), ("characters",)
    ),
    simple(
        "lstrip",
        _stripping("lstrip", str.lstrip),
        "Without blanks at the beginning.",
        "' a '.lstrip()",
        (),
        ("characters",),
    ),
    simple(
        "rstrip",
        _stripping("rstrip", str.rstrip),
        "Without blanks at the end.",
        "' a '.rstrip()",
        (),
        ("characters",),
    ),
    simple(
        "startswith",
        _asking("startswith", str.startswith),
        "Whether the text begins so.",
        "'v1.2'.startswith('v')",
        ("prefix",),
    ),
    simple(
        "endswith",
        _asking("endswith", str.endswith),
        "Whether the text ends so.",
        "'a.log'.endswith('.log')",
        ("suffix",),
    ),
    simple("count", _asking("count", str.count), "How often a part occurs.", "'a-b-c'.count('-')", ("part",)),
    simple(
        "find",
        _asking("find", str.find),
        "Where a part first stands, counted from 0; -1 when it does not occur.",
        "'abc'.find('c')",
        ("part",),
    ),
    simple(
        "split",
        split,
        "The parts between separators; without a separator, the words.",
        "'a,b'.split(',')",
        (),
        ("separator", "maximum"),
    ),
    simple("splitlines", _splitlines, "The lines of the text.", "'a\\nb'.splitlines()"),
    simple("replace", replaced, "With one part put in place of another.", "'a-b'.replace('-', '_')", ("old", "new")),
    simple(
        "join",
        _join,
        "The items of a list as one text, with this text between them.",
        "', '.join(['a', 'b'])",
        ("items",),
    ),
)
"""Methods of a text."""

MAPPING_METHODS = table(
    simple("keys", _keys, "The keys as a list.", "{'a': 1}.keys()"),
    simple("values", _values, "The values as a list.", "{'a': 1}.values()"),
    simple("items", _items, "A list with a list of key and value for every entry.", "{'a': 1}.items()"),
    simple(
        "get",
        _get,
        "The value of a key, or a default when the key is not there.",
        "{'a': 1}.get('b', 0)",
        ("key",),
        ("default",),
    ),
)
"""Methods of a mapping."""

METHODS = {**TEXT_METHODS, **MAPPING_METHODS}
