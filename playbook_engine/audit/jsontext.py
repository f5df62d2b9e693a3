"""JSON texts: on one line for the record, canonical for values that came from a host."""

import json
import math
import re
from collections.abc import Mapping
from typing import TypeAlias

from playbook_engine.values import Secret, SecretText, Value

Json: TypeAlias = "str | int | bool | Mapping[str, Json] | list[Json] | None"
"""What a record is made of: no floats, so nobody can argue about their digits."""

JsonObject: TypeAlias = dict[str, Json]

_compact = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":"))
_canonical = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":"), sort_keys=True
)

# Line ends and direction marks that editors and terminals obey, C1 controls, and halves of surrogate pairs, which
# have no bytes in UTF-8. C0 controls are escaped by JSON itself.
_TREACHEROUS = re.compile("[\x80-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")

_MOST_BITS = 4096
"""Python refuses to write much longer integers in decimal."""

_COMMON = 2**63
"""Most numbers are smaller than this and need no encoder, which takes its time to set up."""


def one_line(fields: Mapping[str, Json]) -> str:
    """Return the fields as compact JSON that every tool takes for one line and that has bytes in UTF-8."""
    return _safe(_compact.encode(fields))


def canonical(value: Value) -> str:
    """Return any plain value as JSON with sorted keys; secrets are masked, infinite numbers become strings."""
    if type(value) is int and -_COMMON < value < _COMMON:
        return str(value)
    return _canonical.encode(_plain(value))  # escaping for one line is up to the line that it becomes part of


def _safe(text: str) -> str:
    return text if text.isascii() else _TREACHEROUS.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _plain(value: Value) -> object:
    match value:
        case None | bool() | str():
            return str(value) if isinstance(value, str) else value
        case int():
            return int(value) if value.bit_length() <= _MOST_BITS else f"an integer of {value.bit_length()} bits"
        case float():
            return value if math.isfinite(value) else str(value)
        case Secret() | SecretText():
            return str(value)
        case Mapping():
            return {_key(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            # Fail closed: what nobody has thought of could carry a secret in its text.
            raise TypeError(f"a {type(value).__name__} cannot be put on record")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key of type {type(key).__name__} cannot be put on record")
    return key
