"""Host patterns: `web*,db,&prod,!canary`.

A pattern is a list of terms between commas. A term is the name of a group or host, `all`, `*`, or a glob over both
groups and hosts. Whatever the order in which they are written, plain terms are added up first (all hosts when there
are none), then `&` terms keep what they share, then `!` terms take away. A term that means no host is an error: a
mistyped exclusion must never widen what a step acts on. Only a group that is declared and empty may be taken away:
`all,!maintenance` holds on the days without maintenance too.
"""

import re
from collections.abc import Iterator
from enum import Enum
from fnmatch import translate
from typing import assert_never

from playbook_engine.diagnostics import Problems, Span, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.inventory.family import ALL
from playbook_engine.inventory.names import is_ipv6
from playbook_engine.model.inventory import Inventory
from playbook_engine.values import TargetName

_SUBSCRIPT = re.compile(r".+\[(-?\d+|-?\d*[:-]-?\d*)\]")
_EVERY_TERM = "Every term means some, but not together."
_GLOB = re.compile(r"[*?\[]")


class _Role(Enum):
    """What a term does to the selection."""

    ADD = ""
    KEEP = "&"
    DROP = "!"


@dataclass(frozen=True, slots=True)
class _Term:
    """One term: its role, its name without the sign, and where name and sign stand in the pattern."""

    role: _Role
    text: str
    start: int
    length: int


def select(inventory: Inventory, pattern: str, span: Span | None, problems: Problems) -> tuple[TargetName, ...]:
    """Return the hosts that the pattern means, in the inventory's order; () when something is wrong with it.

    `span` is where the pattern stands in a file, None when it comes from the command line.
    """
    query = _Query(inventory, pattern, span, problems)
    terms = tuple(_terms(pattern))
    if not terms:
        query.error("unknown-host-pattern", "the pattern is empty", None, "Name hosts or groups, or write 'all'.")
        return ()
    meant = [(term.role, query.hosts(term)) for term in terms]
    if any(hosts is None for _, hosts in meant):
        return ()
    chosen = _combined([(role, hosts or set()) for role, hosts in meant], set(inventory.groups.get(ALL, ())))
    if not chosen:
        query.error("empty-host-pattern", "no hosts are left", None, _EVERY_TERM)
    return tuple(host.name for host in inventory.hosts if host.name in chosen)


def _terms(pattern: str) -> Iterator[_Term]:
    for match in re.finditer(r"[^,]+", pattern):
        text = match[0].strip()
        if text:
            start = match.start() + match[0].index(text)
            role = next((role for role in (_Role.KEEP, _Role.DROP) if text.startswith(role.value)), _Role.ADD)
            yield _Term(role, text[len(role.value) :].strip(), start, len(text))


def _combined(meant: list[tuple[_Role, set[TargetName]]], everyone: set[TargetName]) -> set[TargetName]:
    added = [hosts for role, hosts in meant if role is _Role.ADD]
    chosen = set().union(*added) if added else everyone
    for role, hosts in sorted(meant, key=lambda pair: pair[0] is _Role.DROP):
        match role:
            case _Role.ADD:
                pass
            case _Role.KEEP:
                chosen = chosen & hosts
            case _Role.DROP:
                chosen = chosen - hosts
            case _:
                assert_never(role)
    return chosen


class _Query:
    """Finds what terms mean in one inventory, and says what is wrong with them."""

    def __init__(self, inventory: Inventory, pattern: str, span: Span | None, problems: Problems) -> None:
        self.inventory = inventory
        self.pattern = pattern
        self.span = span
        self.problems = problems
        self.names = {host.name for host in inventory.hosts}

    def hosts(self, term: _Term) -> set[TargetName] | None:
        """Return the hosts of a term; None when it means none, which has been reported."""
        text = term.text
        if text in self.inventory.groups:
            members = set(self.inventory.groups[text])
            return members if term.role is _Role.DROP else self.found(term, members, f"group '{text}' has no hosts")
        if text in self.names:
            return {TargetName(text)}
        if self.unsupported(term):
            return None
        if _GLOB.search(text):
            return self.found(term, self.matching(text), f"nothing matches '{text}'")
        return self.found(term, set(), f"there is no host or group '{text}'")

    def matching(self, glob: str) -> set[TargetName]:
        matches = re.compile(translate(glob)).match
        hosts = {name for name in self.names if matches(name)}
        for group, members in self.inventory.groups.items():
            if matches(group):
                hosts.update(members)
        return hosts

    def found(self, term: _Term, hosts: set[TargetName], fault: str) -> set[TargetName] | None:
        if hosts:
            return hosts
        if not self.names:
            fault = "the inventory has no hosts"
        hint = None if term.text in self.inventory.groups else did_you_mean(term.text, self.known())
        self.error("unknown-host-pattern", fault, term, hint)
        return None

    def known(self) -> tuple[str, ...]:
        return (*self.inventory.groups, *self.names)

    def unsupported(self, term: _Term) -> bool:
        """Report what Ansible's patterns have and these do not."""
        text = term.text
        if text.startswith("~"):
            self.error(
                "not-yet-supported", "regular expressions are not yet supported in patterns", term, "Use a glob."
            )
        elif _SUBSCRIPT.fullmatch(text):
            message = f"'{text}': choosing hosts by number is not yet supported in patterns"
            self.error("not-yet-supported", message, term, "Name the hosts, or use a glob such as web-?.")
        elif ":" in text and not is_ipv6(text):
            wanted = ",".join(part for part in text.split(":") if part)
            message = f"'{text}': terms are separated by commas, not by colons"
            self.error("unknown-host-pattern", message, term, f"Write '{term.role.value}{wanted}'.")
        else:
            return False
        return True

    def error(self, code: str, message: str, term: _Term | None, hint: str | None) -> None:
        if self.span is None and (term is None or term.text not in {self.pattern, ""}):
            message = f"host pattern '{self.pattern}': {message}"
        self.problems.error(code, message, self.place(term), hint)

    def place(self, term: _Term | None) -> Span | None:
        """Return where the term stands when the source shows the pattern character by character."""
        if term is None or self.span is None:
            return self.span
        offset = self.shown().find(self.pattern)
        return self.span if offset < 0 else self.span.within(offset + term.start, term.length)

    def shown(self) -> str:
        """Return what the source shows at the pattern's place, or "" when that is more than a line."""
        span = self.span
        if span is None or span.line != span.end_line:
            return ""
        lines = span.source.text.split("\n")
        return lines[span.line - 1][span.column - 1 : span.end_column - 1] if span.line <= len(lines) else ""
