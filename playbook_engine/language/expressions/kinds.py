"""What kinds of values there are, and how a value is shown to a person."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from playbook_engine.language.expressions.refusal import Refused
from playbook_engine.values import Secret, SecretText, Value

BRIEF = 80
"""Characters of a value that a message shows."""


class Kind(StrEnum):
    """A kind of value; the words are the ones that messages use."""

    NOTHING = "nothing"
    BOOLEAN = "true or false"
    NUMBER = "a number"
    TEXT = "text"
    LIST = "a list"
    MAPPING = "a mapping"
    SECRET = "a secret"  # noqa: S105 -- a word, not a password


_KINDS: dict[type, Kind] = {
    type(None): Kind.NOTHING,
    bool: Kind.BOOLEAN,
    int: Kind.NUMBER,
    float: Kind.NUMBER,
    str: Kind.TEXT,
    list: Kind.LIST,
    tuple: Kind.LIST,
    dict: Kind.MAPPING,
    Secret: Kind.SECRET,
    SecretText: Kind.SECRET,
}


def kind_of(value: Value) -> Kind:
    """Return the kind of a value; an object that is not plain data is refused."""
    found = _KINDS.get(type(value))
    if found is not None:
        return found
    if isinstance(value, Mapping):
        return Kind.MAPPING
    for base, kind in _KINDS.items():
        if isinstance(value, base):
            return kind
    raise Refused("the value is not plain data, so an expression cannot use it")


def describe(value: Value) -> str:
    """Return a value with its kind, for the middle of a sentence: `the text 'false'`."""
    match kind_of(value):
        case Kind.NOTHING:
            return "nothing (none)"
        case Kind.SECRET:
            return str(value)
        case Kind.BOOLEAN:
            return brief(value)
        case kind:
            return f"the {kind.removeprefix('a ')} {brief(value)}"


def brief(value: Value, limit: int = BRIEF) -> str:
    """Return a value on one line: cut to `limit`, control characters escaped, secrets masked."""
    if isinstance(value, str):
        shown = repr(value[: limit + 1])
        return shown if len(value) <= limit and len(shown) <= limit else f"{shown[: limit - 2]}…{shown[0]}"
    shown = ""
    for piece in _pieces(value, limit):
        shown += piece
        if len(shown) > limit:
            return f"{shown[: limit - 1]}…"
    return shown


def _pieces(value: Value, limit: int) -> Iterator[str]:
    match value:
        case None:
            yield "none"
        case bool():
            yield "true" if value else "false"
        case int() if value.bit_length() > 8 * limit:
            yield f"a number of {value.bit_length()} bits"
        case int() | float():
            yield repr(value)
        case str():
            yield repr(value[: limit + 1])
        case Secret() | SecretText():
            yield str(value)
        case Mapping():
            yield from _mapping_pieces(value, limit)
        case list() | tuple():
            yield from _list_pieces(value, limit)


def _mapping_pieces(mapping: Mapping[str, Value], limit: int) -> Iterator[str]:
    yield "{"
    for number, (key, item) in enumerate(mapping.items()):
        yield ", " if number else ""
        yield f"{key[: limit + 1]!r}: "
        yield from _pieces(item, limit)
    yield "}"


def _list_pieces(items: Sequence[Value], limit: int) -> Iterator[str]:
    yield "["
    for number, item in enumerate(items):
        yield ", " if number else ""
        yield from _pieces(item, limit)
    yield "]"


def need_text(value: Value, what: str) -> str:
    """Return a text; `what` names who needs it."""
    if isinstance(value, str):
        return value
    raise wrong_kind(value, what, "text")


def need_number(value: Value, what: str) -> int | float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise wrong_kind(value, what, "a number")


def need_whole(value: Value, what: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise wrong_kind(value, what, "a whole number")


def need_list(value: Value, what: str) -> Sequence[Value]:
    if isinstance(value, list | tuple):
        return value
    raise wrong_kind(value, what, "a list")


def need_boolean(value: Value) -> bool:
    """Return a condition's value; text and numbers are not conditions."""
    if isinstance(value, bool):
        return value
    raise Refused(f"expected true or false, got {describe(value)}", _as_condition(kind_of(value)))


def wrong_kind(value: Value, what: str, wanted: str) -> Refused:
    """Return the refusal of a value of the wrong kind."""
    hint = None
    if kind_of(value) is Kind.SECRET:
        hint = "A secret can be compared with ==, joined with ~, or put into a command or a request."
    elif wanted == "a number" and isinstance(value, str):
        hint = "Turn the text into a number: | int, | float or | percent."
    elif wanted == "a list" and isinstance(value, str):
        hint = "Turn the text into a list: | lines or .split()."
    return Refused(f"{what} needs {wanted}, got {describe(value)}", hint)


def _as_condition(kind: Kind) -> str:
    match kind:
        case Kind.TEXT:
            return "Compare it: … == 'true', or … | length > 0."
        case Kind.LIST | Kind.MAPPING:
            return "Ask for what you mean: … | length > 0."
        case Kind.NUMBER:
            return "Compare it with a number: … != 0."
        case Kind.NOTHING | Kind.SECRET | Kind.BOOLEAN:
            return "Ask for what you mean: … is none, or … is not none."
