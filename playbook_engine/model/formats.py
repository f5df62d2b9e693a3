"""The closed set of formats that a text input can be declared with; the standard library judges."""

import re
from collections.abc import Callable, Mapping

from playbook_engine.frozen import dataclass
from playbook_engine.values import parse_percent, parse_size

MAX_HOSTNAME = 253
MAX_MAILBOX = 64


@dataclass(frozen=True, slots=True)
class Format:
    """A form that a text may have to have: its name, what a person is told, one that fits, and the judge."""

    name: str
    words: str
    example: str
    fits: Callable[[str], bool]


def _raises_nothing(read: Callable[[str], object]) -> Callable[[str], bool]:
    """Make a judge of a reader that raises ValueError."""

    def fits(text: str) -> bool:
        try:
            read(text)
        except ValueError:
            return False
        return True

    return fits


def _is_visible(text: str) -> bool:
    return text.isprintable() and not any(char.isspace() for char in text)


def _url(text: str) -> bool:
    from urllib.parse import urlsplit  # noqa: PLC0415  few playbooks declare formats, and --help must be quick

    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port  # a port that is no number is noticed when it is asked for
    except ValueError:
        return False
    return bool(parts.scheme and host) and _is_visible(text)


def _hostname(text: str) -> bool:
    """Tell whether it is a name of RFC 1123; digits and dots alone are an address or a mistake."""
    label = r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)"
    named = re.fullmatch(rf"{label}(?:\.{label})*", text) is not None
    return named and len(text) <= MAX_HOSTNAME and not text.replace(".", "").isdigit()


def _ipv4(text: str) -> None:
    from ipaddress import IPv4Address  # noqa: PLC0415  as above

    IPv4Address(text)


def _ipv6(text: str) -> None:
    from ipaddress import IPv6Address  # noqa: PLC0415  as above

    if IPv6Address(text).scope_id is not None:
        raise ValueError("the name of an interface means nothing on another machine")


def _email(text: str) -> bool:
    mailbox, at, domain = text.rpartition("@")
    plain = re.fullmatch(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+", mailbox) is not None
    dots = mailbox.startswith(".") or mailbox.endswith(".") or ".." in mailbox
    return bool(at) and plain and not dots and len(mailbox) <= MAX_MAILBOX and _hostname(domain)


def _date(text: str) -> None:
    from datetime import date  # noqa: PLC0415  as above

    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError(text)  # Python takes 20261120 and 2026-W47-5 as well
    date.fromisoformat(text)


def _date_time(text: str) -> None:
    from datetime import datetime  # noqa: PLC0415  as above

    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)", text, re.ASCII):
        raise ValueError(text)  # a time without its zone means something else on every machine
    datetime.fromisoformat(text)


def _uuid(text: str) -> bool:
    return re.fullmatch(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text) is not None


def _path(text: str) -> bool:
    """Tell whether it is an absolute path: a relative one means something else on every host."""
    return text.startswith("/") and text.isprintable()


_is_ipv4, _is_ipv6 = _raises_nothing(_ipv4), _raises_nothing(_ipv6)

FORMATS: Mapping[str, Format] = {
    each.name: each
    for each in (
        Format("url", "a URL", "https://example.com/health", _url),
        Format("hostname", "the name of a host", "db-1.example.com", _hostname),
        Format("ipv4", "an IPv4 address", "192.0.2.7", _is_ipv4),
        Format("ipv6", "an IPv6 address", "2001:db8::7", _is_ipv6),
        Format("ip", "an IP address", "192.0.2.7", lambda text: _is_ipv4(text) or _is_ipv6(text)),
        Format("email", "an e-mail address", "oncall@example.com", _email),
        Format("date", "a day", "2026-11-20", _raises_nothing(_date)),
        Format("date-time", "a time with its zone", "2026-11-20T03:00:00Z", _raises_nothing(_date_time)),
        Format("uuid", "a UUID", "0b6f1c9e-5d0a-4a53-9d1e-2f3b8a7c4d10", _uuid),
        Format("path", "an absolute path", "/var/log/api.log", _path),
        Format("size", "a size", "10MiB", _raises_nothing(parse_size)),
        Format("percent", "a percentage", "25%", _raises_nothing(parse_percent)),
    )
}
"""All formats by name."""
