"""The terms of a pattern put together: from text to hosts in order."""

from collections.abc import Iterable, Sequence
from typing import assert_never

from playbook_engine.diagnostics import Problems, Span
from playbook_engine.frozen import dataclass
from playbook_engine.inventory.family import ALL
from playbook_engine.inventory.patterns import terms
from playbook_engine.inventory.patterns.faults import EMPTY, UNKNOWN, PatternFault
from playbook_engine.inventory.patterns.matching import Matcher
from playbook_engine.inventory.patterns.terms import Role, Term
from playbook_engine.model.inventory import Inventory
from playbook_engine.values import TargetName

_EVERY_TERM = "Every term means some, but not together."


@dataclass(frozen=True, slots=True)
class Written:
    """A pattern as it was written; `span` is None when it comes from the command line."""

    text: str
    span: Span | None = None


_Meant = tuple[Role, Sequence[TargetName]]


def select(inventory: Inventory, pattern: str, span: Span | None, problems: Problems) -> tuple[TargetName, ...]:
    """Return the hosts that the pattern means, in Ansible's order; () when something is wrong with it.

    `span` is where the pattern stands in a file, None when it comes from the command line.
    """
    return select_written(inventory, (Written(pattern, span),), problems)


def select_written(inventory: Inventory, written: Sequence[Written], problems: Problems) -> tuple[TargetName, ...]:
    """Return the hosts that several patterns mean when their terms are taken together."""
    matcher = Matcher(inventory)
    meant: list[_Meant] = []
    sound = True
    for each in written:
        found = _Reading(each, problems).meant(matcher)
        sound = sound and found is not None
        meant.extend(found or ())
    if not sound:
        return ()
    whole = _Reading(written[0], problems)
    if not meant:
        whole.error(PatternFault(UNKNOWN, "the pattern is empty", "Name hosts or groups, or write 'all'."))
        return ()
    chosen = _combined(meant, everyone(inventory))
    if not chosen:
        whole.error(PatternFault(EMPTY, "no hosts are left", _EVERY_TERM))
    return chosen


def everyone(inventory: Inventory) -> tuple[TargetName, ...]:
    """Return all hosts in the order in which `all` means them."""
    return inventory.groups.get(ALL) or tuple(host.name for host in inventory.hosts)


def _combined(meant: list[_Meant], everyone: tuple[TargetName, ...]) -> tuple[TargetName, ...]:
    """Add up, keep, take away; the order is that of the terms that add."""
    added = [hosts for role, hosts in meant if role is Role.ADD] or [everyone]
    chosen = dict.fromkeys(host for hosts in added for host in hosts)
    for role, hosts in meant:
        match role:
            case Role.ADD:
                pass
            case Role.KEEP:
                chosen = _only(chosen, set(hosts))
            case Role.DROP:
                chosen = _only(chosen, chosen.keys() - set(hosts))
            case _:
                assert_never(role)
    return tuple(chosen)


def _only(hosts: Iterable[TargetName], wanted: set[TargetName]) -> dict[TargetName, None]:
    return dict.fromkeys(host for host in hosts if host in wanted)


class _Reading:
    """One pattern being read: finds what its terms mean, and says what is wrong with them."""

    def __init__(self, written: Written, problems: Problems) -> None:
        self.pattern = written.text
        self.span = written.span
        self.problems = problems

    def meant(self, matcher: Matcher) -> list[_Meant] | None:
        """Return the hosts of each term; None when a term is wrong. Every wrong term is reported."""
        try:
            split = terms.split(self.pattern, matcher.is_name)
        except PatternFault as fault:
            self.error(fault)
            return None
        found = [(term.role, self.hosts(term, matcher)) for term in split]
        return None if any(hosts is None for _, hosts in found) else [(role, hosts or ()) for role, hosts in found]

    def hosts(self, term: Term, matcher: Matcher) -> Sequence[TargetName] | None:
        try:
            return matcher.hosts(term)
        except PatternFault as fault:
            self.error(fault)
            return None

    def error(self, fault: PatternFault) -> None:
        message = fault.message
        if self.span is None and fault.length < len(self.pattern.strip()):
            message = f"host pattern '{self.pattern}': {message}"
        self.problems.error(fault.code, message, self.place(fault), fault.hint)

    def place(self, fault: PatternFault) -> Span | None:
        """Return where the fault is when the source shows the pattern character by character."""
        if fault.start is None or self.span is None:
            return self.span
        offset = self.shown().find(self.pattern)
        return self.span if offset < 0 else self.span.within(offset + fault.start, fault.length)

    def shown(self) -> str:
        """Return what the source shows at the pattern's place, or "" when that is more than a line."""
        span = self.span
        if span is None or span.line != span.end_line:
            return ""
        lines = span.source.text.split("\n")
        return lines[span.line - 1][span.column - 1 : span.end_column - 1] if span.line <= len(lines) else ""
