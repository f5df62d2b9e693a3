"""Which hosts of an inventory a term means, in which order.

A plain name means the host of that name, else the group's hosts. Behind `&` and `!`, before a subscript and as a
glob, groups come first: all groups that match, in the inventory's order, each with its hosts; then the hosts that
match themselves. A host that comes again keeps its first place.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from fnmatch import translate
from typing import Final

from playbook_engine.diagnostics import did_you_mean
from playbook_engine.inventory.names import is_ipv6
from playbook_engine.inventory.patterns import subscript
from playbook_engine.inventory.patterns.faults import INVALID, UNKNOWN, PatternFault
from playbook_engine.inventory.patterns.terms import Role, Term
from playbook_engine.model.inventory import Inventory
from playbook_engine.regex import RegexFault, compile_regex, effort
from playbook_engine.values import TargetName

LOCALHOST: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""What Ansible calls this machine where no inventory does."""
MAX_EFFORT: Final = 1_000_000
_GLOB = re.compile(r"[*?\[]")
_WIDENS = re.compile(r"[.*?\[]")
"""A dot makes Ansible look for hosts as well where a group has matched: it is common in the names of hosts."""

Matches = Callable[[str], object]


class Matcher:
    """Finds what terms mean in one inventory."""

    def __init__(self, inventory: Inventory) -> None:
        self.groups = inventory.groups
        self.names = {str(host.name): host.name for host in inventory.hosts}

    def is_name(self, text: str) -> bool:
        return text in self.names or text in self.groups

    def hosts(self, term: Term) -> Sequence[TargetName]:
        """Return the hosts of a term; PatternFault when it means none."""
        if term.role is Role.ADD and term.text in self.names:
            return (self.names[term.text],)
        base, chosen = (term.text, None) if self.is_name(term.text) else subscript.parse(term)
        if chosen and base in self.names and base not in self.groups:
            message = f"'{base}' is a host and no group: it cannot be counted"
            raise term.fault(INVALID, message, f"Write '{term.role.value}{base}'.")
        found = self.enumerated(base, term)
        if not found:
            if term.role is Role.DROP and (base in LOCALHOST or any(self.matching_groups(base, term))):
                return ()
            raise self.nothing(base, term)
        return subscript.apply(chosen, found, base, term) if chosen else found

    def enumerated(self, base: str, term: Term) -> tuple[TargetName, ...]:
        groups = tuple(self.matching_groups(base, term))
        found = dict.fromkeys(host for group in groups for host in self.groups[group])
        if not groups or term.is_regex or _WIDENS.search(base):
            found.update(dict.fromkeys(self.matching_hosts(base, term)))
        return tuple(found)

    def matching_groups(self, base: str, term: Term) -> Iterator[str]:
        matches = self.matches(base, term)
        if matches is None:
            return iter((base,) if base in self.groups else ())
        return (group for group in self.groups if matches(group))

    def matching_hosts(self, base: str, term: Term) -> Iterator[TargetName]:
        matches = self.matches(base, term)
        if matches is None:
            return iter((self.names[base],) if base in self.names else ())
        return (host for name, host in self.names.items() if matches(name))

    def matches(self, base: str, term: Term) -> Matches | None:
        """Return what tells whether a name is meant; None when only the name itself is."""
        if term.is_regex:
            return self.regex(term).match
        return re.compile(translate(base)).match if _GLOB.search(base) else None

    def regex(self, term: Term) -> re.Pattern[str]:
        text = term.text[1:]
        if not text:
            raise term.fault(INVALID, "there is no regular expression behind '~'", "To mean all hosts, write 'all'.")
        try:
            compiled = compile_regex(text)
        except RegexFault as fault:
            message = f"'{text}' {fault.message}"
            if fault.position is None:
                raise term.fault(INVALID, message, fault.hint) from None
            hint = fault.hint or "A pattern is cut at its commas; without commas, at its colons."
            raise term.fault_within(INVALID, message, hint, min(fault.position + 1, len(term.text) - 1)) from None
        longest = max(map(len, (*self.names, *self.groups)), default=0)
        if effort(text, longest) > MAX_EFFORT:
            message = f"'{text}' could take too long: there are too many ways in which it can match"
            raise term.fault(INVALID, message, "Repeat less, and write [ab] for (a|b).")
        return compiled

    def nothing(self, base: str, term: Term) -> PatternFault:
        """Return the fault of a term that means no host."""
        if not self.names:
            return term.fault(UNKNOWN, "the inventory has no hosts")
        if base in self.groups:
            return term.fault(UNKNOWN, f"group '{base}' has no hosts")
        if not base:
            return term.fault(INVALID, f"there is no name behind '{term.role.value}'", "Write '!NAME' or '&NAME'.")
        if term.is_regex or _GLOB.search(base):
            return term.fault(UNKNOWN, f"nothing matches '{base}'")
        return term.fault(UNKNOWN, f"there is no host or group '{base}'", self.hint(base, term))

    def hint(self, base: str, term: Term) -> str | None:
        sign, tail = term.role.value, term.text[len(base) :]
        if base in LOCALHOST:
            return "This machine is no host of this inventory; steps that run here are written with 'local:'."
        if base.startswith("@"):
            return "Only --limit reads files, and '@' has to be the first character of a term."
        if base[:1] in ("!", "&"):
            return f"Write '{sign}{base[1:]}': a term has one sign."
        separators = r"[:\s]" if not is_ipv6(base) else r"\s"
        if len(parts := [part for part in re.split(separators, base) if part]) > 1:
            return f"Terms are separated by commas. Write '{sign}{','.join(parts)}'."
        if tail and any(name.startswith(base) for name in self.names):
            return f"{tail} at the end chooses by number; for characters write '{sign}~{base}{tail}$'."
        return did_you_mean(base, (*self.groups, *self.names))
