"""Points in time as hosts and servers write them."""

import re
from datetime import UTC, datetime

from playbook_engine.language.expressions.kinds import describe, need_number
from playbook_engine.language.expressions.refusal import Refused
from playbook_engine.values import Value

_HTTP_DATE = re.compile(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|[+-]\d{4})", re.ASCII)
_FORMS = "2026-11-20T03:00:00Z, Fri, 20 Nov 2026 03:00:00 GMT, or the seconds since 1970"


def since(value: Value, moment: Value = None) -> float:
    """Return the seconds from one point in time to another; negative when the other one comes first."""
    if moment is None:
        raise Refused("`since` needs the other point in time here", "Write since(run.started).")
    return (_moment(moment) - _moment(value)).total_seconds()


def _moment(value: Value) -> datetime:
    if isinstance(value, str):
        return _read(value.strip(), value)
    seconds = need_number(value, "`since`")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        raise Refused(f"{describe(value)} is not a point in time; expected {_FORMS}") from None


def _read(text: str, value: Value) -> datetime:
    try:
        if _HTTP_DATE.fullmatch(text):
            from email.utils import parsedate_to_datetime  # noqa: PLC0415  few playbooks read such a header

            found = parsedate_to_datetime(text)
        else:
            found = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"{describe(value)} is not a point in time; expected {_FORMS}") from None
    if found.tzinfo is None:
        hint = "Let the program that writes it add the zone, such as Z or +08:00."
        raise Refused(f"{describe(value)} does not say in which time zone it is", hint)
    return found
