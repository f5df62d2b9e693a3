"""Text to numbers, sizes, durations and JSON, and values to text; what does not convert is refused loudly."""

import json
import re
from typing import NoReturn
from urllib.parse import urlsplit

from playbook_engine.language.expressions.kinds import Kind, describe, kind_of, need_text
from playbook_engine.language.expressions.limits import check_items, check_length, check_value
from playbook_engine.language.expressions.refusal import Refused
from playbook_engine.values import Duration, Secret, SecretText, Text, Value, parse_percent, parse_size

_WHOLE = re.compile(r"[+-]?[0-9]{1,1000}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,3})?")


def to_text(value: Value) -> Text:
    """Return a value as it stands in a text; a secret stays a secret."""
    match value:
        case str() | SecretText():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case Secret():
            return SecretText((value,))
        case None:
            raise Refused("the expression has no value (none)", "Give one: {{ … | default('…') }}, or test for none.")
        case _:
            hint = "Write {{ … | tojson }}, or {{ … | join(', ') }} for a list."
            raise Refused(f"{describe(value)} cannot be put into a text as it is", hint)


def to_plain_text(value: Value) -> str:
    """Return a value as text; secrets are refused."""
    text = to_text(value)
    return text if isinstance(text, str) else need_text(text, "`string`")


def to_int(value: Value) -> int:
    """Read a whole number from text; a number must be whole already."""
    match value:
        case bool():
            pass
        case int():
            return value
        case float() if value.is_integer():
            return int(value)
        case float():
            raise Refused(f"{value!r} is not a whole number", "Say how to round it: | round.")
        case str() if _WHOLE.fullmatch(value.strip()):
            return int(value)
        case _:
            pass
    raise Refused(f"{describe(value)} is not a whole number")


def to_float(value: Value) -> float:
    """Read a decimal number from text."""
    match value:
        case bool():
            pass
        case int() | float():
            return _finite(value)
        case str() if _DECIMAL.fullmatch(value.strip()):
            return _finite(value)
        case _:
            pass
    raise Refused(f"{describe(value)} is not a number")


def _finite(value: float | str) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if number in (float("inf"), float("-inf")):
        raise Refused("the number would be too large")
    return number


def to_percent(value: Value) -> float:
    """Read the number in a text like `95.8%`."""
    try:
        return _finite(parse_percent(need_text(value, "`percent`").strip()))
    except ValueError:
        raise Refused(f"{describe(value)} is not a percentage; expected something like 95.8%") from None


def to_size(value: Value) -> int:
    """Read the bytes in a text like `10MiB`."""
    try:
        return parse_size(need_text(value, "`size`").strip())
    except ValueError:
        raise Refused(f"{describe(value)} is not a size; expected 512KiB, 10MiB or 1GB") from None


def to_duration(value: Value) -> float:
    """Read the seconds in a text like `1h30m`."""
    try:
        return Duration.parse(need_text(value, "`duration`").strip()).seconds
    except ValueError:
        raise Refused(f"{describe(value)} is not a duration; expected 500ms, 30s, 5m or 1h30m") from None


def to_lines(value: Value) -> Value:
    """Split a text into its lines; the line break at its end makes no empty line."""
    text = need_text(value, "`lines`")
    check_items(text.count("\n") + 1)
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def from_json(value: Value) -> Value:
    """Read a JSON text; says where it stops being JSON."""
    text = need_text(value, "`json`")
    check_length(len(text))
    try:
        read: Value = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        reason = f"{error.msg} at line {error.lineno}, column {error.colno}"
        raise Refused(f"{describe(value)} is not JSON: {reason}") from None
    except RecursionError:
        raise Refused("the JSON text is nested too deeply") from None
    except ValueError:
        raise Refused("the JSON text holds a number that is too large, NaN or Infinity") from None
    return read


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def to_json(value: Value) -> str:
    """Write a value as JSON text; secrets are refused."""
    check_value(value)
    try:
        text = json.dumps(value, ensure_ascii=False, default=_as_json)
    except RecursionError:
        raise Refused("the value is nested too deeply") from None
    check_length(len(text))
    return text


def _as_json(value: Value) -> Value:
    if kind_of(value) is Kind.MAPPING and not isinstance(value, Secret | SecretText):
        return dict(value)  # type: ignore[arg-type]  # a Mapping of another class than dict
    raise Refused(f"{describe(value)} cannot be written as JSON", "Join the text around the secret with ~ instead.")


def to_url_host(value: Value) -> str:
    """Take the host's name out of a URL."""
    text = need_text(value, "`url_host`")
    try:
        host = urlsplit(text.strip()).hostname
    except ValueError:
        host = None
    if not host:
        raise Refused(f"{describe(value)} is not a URL with a host; expected something like https://example.com/")
    return host
