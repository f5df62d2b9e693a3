"""Which names hosts and groups may have: whatever a pattern can still tell apart."""

import re
from ipaddress import IPv6Address

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_FORBIDDEN = re.compile(r"[\s\x00-\x1f\x7f-\x9f,*?\[\]{}'\"\\]")
_HOST_AND_PORT = re.compile(r"[^:]+:\d+")


def fault_of_group(name: str) -> str | None:
    """Return what is wrong with a group's name, or None."""
    if _PLAIN.fullmatch(name):
        return None
    return "it has a ':'" if ":" in name else _fault(name)


def fault_of_host(name: str) -> str | None:
    """Return what is wrong with a host's name, or None; IPv6 addresses are names too."""
    if _PLAIN.fullmatch(name):
        return None
    if _HOST_AND_PORT.fullmatch(name):
        return "it ends in a port; say that with ansible_port"
    if ":" in name and not is_ipv6(name):
        return "it has a ':'"
    return _fault(name)


def is_ipv6(text: str) -> bool:
    """Tell whether the text is an IPv6 address, with or without a zone."""
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


def _fault(name: str) -> str | None:
    if not name:
        return "it is empty"
    if name[0] in "!&~@-":
        return f"it begins with '{name[0]}'"
    forbidden = _FORBIDDEN.search(name)
    return f"it has the character {forbidden[0]!r}" if forbidden else None
