"""What an unquoted word means.

YAML 1.2 core knows null, booleans, integers and floats; `yes`, `on`, dates and `12:30:45` are texts. Where that
core would quietly drop a leading zero (`0755` is 755 there, and was octal in YAML 1.1) the word stays a text:
whoever writes it means neither.

Ansible's files are YAML 1.1 as PyYAML's safe loader reads it, so that a team's inventory means the same here.
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

from playbook_engine.frozen import dataclass
from playbook_engine.values import Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalarRules:
    """How plain scalars get their types, and which habits of YAML 1.1 a file may have."""

    resolve: Callable[[str], Scalar]
    merge_keys: bool = False
    """Whether `<<` takes over the entries of another mapping."""
    ansible_tags: bool = False
    """Whether `!unsafe` and `!vault` are known."""


# The patterns are compiled when the first word needs them: many files have no number at all.
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_CORE_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WORDS_1_1 = {"yes": True, "on": True, "no": False, "off": False}
_BOOLEANS_1_1 = _CORE_BOOLEANS | {
    spelling: value for word, value in _WORDS_1_1.items() for spelling in (word, word.capitalize(), word.upper())
}

_CORE_INTEGER = r"[-+]?(?:0|[1-9][0-9]*)"
_CORE_BASES = ((r"0o[0-7]+", 8), (r"0x[0-9a-fA-F]+", 16))
_CORE_FLOAT = r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
_SPECIAL = r"([-+]?)\.(?:inf|Inf|INF)|(\.(?:nan|NaN|NAN))"

_INTEGERS_1_1 = (
    (r"[-+]?0b[0-1_]+", 2),
    (r"[-+]?0x[0-9a-fA-F_]+", 16),
    (r"[-+]?0[0-7_]+", 8),
    (r"[-+]?(?:0|[1-9][0-9_]*)", 10),
)
_FLOAT_1_1 = r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
_BASE_60_1_1 = r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"

_DATE_1_1 = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME_1_1 = (
    r"(?P<date>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2})(?:[Tt]|[ \t]+)"
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]*))?"
    r"(?:[ \t]*(?:(?P<utc>Z)|(?P<sign>[-+])(?P<hours>[0-9]{1,2})(?::(?P<minutes>[0-9]{2}))?))?"
)

_FIRST_OF_NUMBER = frozenset("+-.0123456789")


def _core_1_2(text: str) -> Scalar:
    if text in _NULLS:
        return None
    if text in _CORE_BOOLEANS:
        return _CORE_BOOLEANS[text]
    return _number(text, _core_number) if text[0] in _FIRST_OF_NUMBER else text


def _yaml_1_1(text: str) -> Scalar:
    if text in _NULLS:
        return None
    if text in _BOOLEANS_1_1:
        return _BOOLEANS_1_1[text]
    if text[0] not in _FIRST_OF_NUMBER:
        return text
    number = _number(text, _number_1_1)
    return _time(text) if isinstance(number, str) and text[4:5] == "-" and ":" in text else number


def _time(text: str) -> str:
    """Return a point in time as Ansible prints it; a date alone is printed as it is written."""
    match = re.fullmatch(_TIME_1_1, text)
    if match is None:
        return text
    fraction = (match["fraction"] or "")[:6].ljust(6, "0")
    year, month, day = (int(part) for part in match["date"].split("-"))
    offset = timedelta(hours=int(match["hours"] or 0), minutes=int(match["minutes"] or 0))
    zone = UTC if match["utc"] else timezone(-offset if match["sign"] == "-" else offset) if match["sign"] else None
    clock = (int(match["hour"]), int(match["minute"]), int(match["second"]), int(fraction))
    try:
        return datetime(year, month, day, *clock, tzinfo=zone).isoformat()
    except ValueError:
        return text


def _json(text: str) -> Scalar:
    words = {"true": True, "false": False, "null": None, "NaN": math.nan, "Infinity": math.inf}
    if text in words:
        return words[text]
    if text == "-Infinity":
        return -math.inf
    try:
        return int(text) if re.fullmatch(r"-?[0-9]+", text) else float(text)
    except ValueError:
        return text


def _number(text: str, parse: Callable[[str], int | float | None]) -> Scalar:
    """Return the number that the text is, or the text: also when it is too long or too large to be one."""
    special = re.fullmatch(_SPECIAL, text)
    if special:
        return math.nan if special[2] else math.copysign(math.inf, -1 if special[1] == "-" else 1)
    try:
        number = parse(text)
    except (ValueError, OverflowError):
        return text
    return text if number is None or number in (math.inf, -math.inf) else number


def _core_number(text: str) -> int | float | None:
    if re.fullmatch(_CORE_INTEGER, text):
        return int(text)
    if re.fullmatch(_CORE_FLOAT, text):
        return float(text)
    return next((int(text[2:], base) for form, base in _CORE_BASES if re.fullmatch(form, text)), None)


def _number_1_1(text: str) -> int | float | None:
    digits = text.replace("_", "")
    base = next((base for form, base in _INTEGERS_1_1 if re.fullmatch(form, text)), None)
    if base is not None:
        return int(digits, base)
    if re.fullmatch(_FLOAT_1_1, text):
        return float(digits)
    if re.fullmatch(_BASE_60_1_1, text):
        return _base_60(digits)
    return None


def _base_60(digits: str) -> int | float | None:
    whole = "." not in digits
    if whole and digits.lstrip("+-").startswith("0"):
        return None
    sign = -1 if digits.startswith("-") else 1
    total: int | float = 0
    for part in digits.lstrip("+-").split(":"):
        total = total * 60 + (int(part) if whole else float(part))
    return sign * total


CORE_1_2 = ScalarRules(resolve=_core_1_2)
"""For playbooks and environment files."""

YAML_1_1 = ScalarRules(resolve=_yaml_1_1, merge_keys=True, ansible_tags=True)
"""For Ansible's files."""

JSON = ScalarRules(resolve=_json, ansible_tags=True)
"""For those of Ansible's files that are JSON, which Ansible tries first: `1e3` is a number there, not a text."""
