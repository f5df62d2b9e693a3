"""JSON that a program printed: data from outside, so its size and depth are bounded before anything is made of it."""

import json
from typing import Final, NoReturn

MAX_VALUES: Final = 2_000_000
MAX_DEPTH: Final = 50


class _Refused(ValueError):
    """What json itself would let pass."""


def parse(data: bytes) -> dict[str, object]:
    """Return the object that the bytes are.

    Raises:
        ValueError: they are not; the text says why, and may be shown.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"it printed the byte 0x{data[error.start]:02x}, which is not UTF-8") from None
    if not text.strip():
        raise ValueError("it printed nothing")
    if sum(map(text.count, ",[{")) > MAX_VALUES:
        raise ValueError(f"it printed more than {MAX_VALUES:,} values")
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        reason = f"{error.msg[:1].lower()}{error.msg[1:]}"
        raise ValueError(f"it did not print JSON (line {error.lineno}, column {error.colno}: {reason})") from None
    except _Refused:
        raise
    except ValueError:
        raise ValueError("it printed a number of more than 4,300 digits") from None
    except RecursionError:
        raise ValueError(f"it printed JSON that is nested more than {MAX_DEPTH} deep") from None
    if not isinstance(value, dict):
        raise ValueError(f"it printed {kind(value)}, not an object with groups")  # noqa: TRY004  bad data, not a bad call
    _check_depth(value)
    return value


def kind(value: object) -> str:
    """Return what JSON calls a value, for a message."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise _Refused(f"it printed the key {json.dumps(twice, ensure_ascii=False)[:80]} twice in one object")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise _Refused(f"it printed {name}, which is not a JSON value")


def _check_depth(value: object) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise ValueError(f"it printed JSON that is nested more than {MAX_DEPTH} deep")


def _inside(value: object) -> list[object]:
    """Return the lists and objects that stand directly in a value."""
    held = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [item for item in held if isinstance(item, dict | list)]
