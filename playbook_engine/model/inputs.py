"""What fits a declared input: the one judge of defaults, of an inventory's values and of what people give."""

import math
import re
from collections.abc import Mapping

from playbook_engine.model.formats import FORMATS
from playbook_engine.model.playbook import InputSpec
from playbook_engine.values import Duration, Value

TYPES: dict[str, str] = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "duration": "a duration such as 30s",
}
"""The types, each with the words for a value of it."""
LIMITED = ("integer", "number", "duration")
"""The types that have an order, and so a minimum and a maximum."""

ENVIRONMENT_PREFIX = "RUNBOOK_INPUT_"


def environment_name(name: str) -> str:
    """Return the environment variable that gives an input its value: `RUNBOOK_INPUT_CACHE_TTL`."""
    return f"{ENVIRONMENT_PREFIX}{name.upper()}"


def has_type(kind: str, value: Value) -> bool:
    """Tell whether a value is of a declared type; nothing is converted."""
    match kind:
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        case "boolean":
            return isinstance(value, bool)
        case "array":
            return isinstance(value, list | tuple)
        case "object":
            return isinstance(value, Mapping)
        case "duration":
            return isinstance(value, str) and duration_of(value) is not None
        case _:
            return isinstance(value, str)


def duration_of(text: str) -> Duration | None:
    """Return the duration that a text means, if it means one."""
    try:
        return Duration.parse(text)
    except ValueError:
        return None


def objection(spec: InputSpec, value: Value) -> str | None:
    """Return what speaks against a value of the declared type, to be read behind it: `is below the minimum of 60`."""
    if spec.enum and value not in spec.enum:
        return f"is not one of {', '.join(str(item) for item in spec.enum)}"
    if isinstance(value, str) and spec.pattern is not None and not re.search(spec.pattern, value):
        return f"does not match the pattern {spec.pattern}"
    if isinstance(value, str) and spec.format is not None and not FORMATS[spec.format].fits(value):
        wanted = FORMATS[spec.format]
        return f"is not {wanted.words} such as {wanted.example}"
    if spec.minimum is not None and _order(spec.minimum, value) > 0:
        return f"is below the minimum of {spec.minimum}"
    if spec.maximum is not None and _order(spec.maximum, value) < 0:
        return f"is above the maximum of {spec.maximum}"
    return None


def _order(limit: float | Duration, value: Value) -> int:
    """Return 1 when the limit is above the value, -1 when it is below, 0 when neither is."""
    match limit, value:
        case Duration(), str(text):
            length = duration_of(text)
            return 0 if length is None else (limit > length) - (limit < length)
        case int() | float(), int(number) | float(number):
            return (limit > number) - (limit < number)
        case _:
            return 0
