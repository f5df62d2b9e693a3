"""Host patterns as files write them: a name or a range, and perhaps a port: `web[1:3]:2222`, `[::1]:22`."""

import re
from typing import Final

from playbook_engine.diagnostics import Problems
from playbook_engine.inventory import names, ranges
from playbook_engine.inventory.ranges import MAX_NAMES, RangeFault
from playbook_engine.model.document import Scalar

_BRACKETED: Final = re.compile(r"\[(.+)\]:([0-9]{1,9})")
_WITH_PORT: Final = re.compile(r"((?:[^:\[\]]|\[[^\]]*\])*):([0-9]{1,9})")
_HOST: Final = re.compile(r"(?:[\w.-]|\[[^\[\]]*\])+")


def split_port(text: str) -> tuple[str, str | None]:
    """Return the name and the port of a pattern; what cannot be taken apart so is a name as a whole."""
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed and (names.is_ipv6(bracketed[1]) or _HOST.fullmatch(bracketed[1])):
        return bracketed[1], bracketed[2]
    plain = _WITH_PORT.fullmatch(text)
    return (plain[1], plain[2]) if plain and _HOST.fullmatch(plain[1]) else (text, None)


def expand(key: Scalar, known: int, problems: Problems) -> tuple[tuple[str, ...], str | None]:
    """Return the hosts that a pattern stands for, none when it is faulty, and its port.

    `known` is how many hosts there are already.
    """
    text, port = split_port(key.text)
    try:
        found = (text,) if names.is_ipv6(text) else ranges.expand(text)
    except RangeFault as fault:
        problems.error("invalid-range", fault.message, key.at(fault.start, fault.length), fault.hint)
        return (), None
    wrong = names.fault_of_host(found[0])
    if wrong is None and known + len(found) > MAX_NAMES:
        wrong = f"the inventory would have more than {MAX_NAMES:,} hosts"
    if wrong:
        problems.error("invalid-name", f"'{key.text}' cannot be the name of a host: {wrong}", key.span)
        return (), None
    return found, port
