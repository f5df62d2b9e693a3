"""A pattern's text as terms.

Commas separate terms. Without any comma, colons and spaces do, as in Ansible: but not those within brackets, in an
IPv6 address, or before a port.
"""

import re
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Final

from playbook_engine.frozen import dataclass
from playbook_engine.inventory.names import is_ipv6
from playbook_engine.inventory.patterns.faults import INVALID, PatternFault

REGEX: Final = "~"
_BETWEEN_COMMAS = re.compile(r"[^,]+")
_BETWEEN_COLONS = re.compile(r"(?:[^\s:\[\]]|\[[^\]]*\])+")
_BRACKET = re.compile(r"\[[^\]]*\]|[\[\]]")
_ADDRESS = re.compile(r"(?<![\w.-])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w.-])")
_WITH_PORT = re.compile(r"[\w.-]+(?:\[[^\]]*\][\w.-]*)*:\d+")


class Role(Enum):
    """What a term does to the selection."""

    ADD = ""
    KEEP = "&"
    DROP = "!"


@dataclass(frozen=True, slots=True)
class Term:
    """One term: its role, its name without the sign, and where name and sign stand in the pattern."""

    role: Role
    text: str
    start: int
    length: int

    @property
    def is_regex(self) -> bool:
        return self.text.startswith(REGEX)

    def fault(self, code: str, message: str, hint: str | None = None) -> PatternFault:
        return PatternFault(code, message, hint, self.start, self.length)

    def fault_within(self, code: str, message: str, hint: str | None, offset: int) -> PatternFault:
        """Return a fault at one character of the term's text."""
        return PatternFault(code, message, hint, self.start + self.length - len(self.text) + offset, 1)


def split(pattern: str, is_name: Callable[[str], bool]) -> tuple[Term, ...]:
    """Split a pattern into terms; `is_name` tells the names of hosts and groups. PatternFault for an open bracket."""
    return tuple(_terms(pattern, is_name))


def _terms(pattern: str, is_name: Callable[[str], bool]) -> Iterator[Term]:
    for start, text in _pieces(pattern, is_name):
        role = next((role for role in (Role.KEEP, Role.DROP) if text.startswith(role.value)), Role.ADD)
        yield Term(role, text[len(role.value) :].strip(), start, len(text))


def _pieces(pattern: str, is_name: Callable[[str], bool]) -> Iterator[tuple[int, str]]:
    if "," not in pattern:
        whole = pattern.strip()
        if whole and _is_one_term(whole, is_name):
            yield pattern.index(whole), whole
            return
        if not whole.startswith(REGEX):
            _check_brackets(pattern)
            _check_addresses(pattern)
    for match in (_BETWEEN_COMMAS if "," in pattern else _BETWEEN_COLONS).finditer(pattern):
        text = match[0].strip()
        if text:
            start = match.start() + match[0].index(text)
            if not text.lstrip("&! ").startswith(REGEX):
                _check_brackets(text, start)
            yield start, text


def _is_one_term(text: str, is_name: Callable[[str], bool]) -> bool:
    bare = text.lstrip("&!")
    return is_name(bare) or is_ipv6(bare) or _WITH_PORT.fullmatch(text) is not None


def _check_brackets(text: str, start: int = 0) -> None:
    """Refuse a bracket without its other half: Ansible would drop it, and `web[1` would mean 'web' and '1'."""
    for match in _BRACKET.finditer(text):
        if len(match[0]) == 1:
            message = f"the bracket '{match[0]}' has no other half"
            raise PatternFault(INVALID, message, "Write web[0] or web[0:2].", start + match.start(), 1)


def _check_addresses(pattern: str) -> None:
    """Refuse an IPv6 address among terms between colons: Ansible would take it apart."""
    for match in _ADDRESS.finditer(pattern):
        if is_ipv6(match[0]) and len(match[0]) > len("::"):
            message = f"the colons of '{match[0]}' would separate terms"
            hint = "Separate the terms by commas: 'web,!2001:db8::7'."
            raise PatternFault(INVALID, message, hint, match.start(), len(match[0]))
