"""The groups and hosts of an inventory as far as its files have been read.

Every format adds to the same value, file after file, so that a later file goes on where an earlier one stopped.
"""

from dataclasses import field

from playbook_engine.diagnostics import Problems, Span
from playbook_engine.frozen import dataclass
from playbook_engine.inventory.family import ALL, UNGROUPED
from playbook_engine.inventory.priority import DEFAULT_PRIORITY
from playbook_engine.inventory.variables import EMPTY, Layer
from playbook_engine.model.targets import Control, Person

_OWN_NAMES = {Control().name, Person().name}
_REMOVE = "Remove it."


@dataclass(slots=True)
class DeclaredGroup:
    """A group as far as it has been read; `children` have the place that says so, `hosts` are those it lists."""

    span: Span | None
    layers: list[Layer] = field(default_factory=list)
    priority: int = DEFAULT_PRIORITY
    children: dict[str, Span | None] = field(default_factory=dict)
    hosts: dict[str, None] = field(default_factory=dict)


@dataclass(slots=True)
class DeclaredHost:
    """A host as far as it has been read, with the groups that list it."""

    span: Span | None
    layers: list[Layer] = field(default_factory=list)
    groups: dict[str, None] = field(default_factory=dict)


@dataclass(slots=True)
class Declared:
    """All that has been said by now, in the order in which it was."""

    groups: dict[str, DeclaredGroup] = field(
        default_factory=lambda: {
            ALL: DeclaredGroup(None, children={UNGROUPED: None}),
            UNGROUPED: DeclaredGroup(None),
        }
    )
    hosts: dict[str, DeclaredHost] = field(default_factory=dict)
    sources: dict[str, int] = field(default_factory=dict)
    """The files that say who is whose child, numbered as they were read."""

    def group(self, name: str, span: Span | None) -> DeclaredGroup:
        return self.groups.setdefault(name, DeclaredGroup(span))

    def host(self, name: str, group: str, span: Span | None) -> DeclaredHost:
        """Return a host, which is a member of the group from now on."""
        host = self.hosts.get(name)
        if host is None:
            host = self.hosts[name] = DeclaredHost(span)
        host.groups[group] = None
        self.groups[group].hosts[name] = None
        return host

    def link(self, parent: str, child: str, span: Span | None, problems: Problems) -> None:
        """Make a group the child of another; longer cycles are found when all files have been read."""
        if child == ALL:
            message = "'all' holds every group and cannot be the child of one"
            problems.error("group-cycle", message, span, _REMOVE)
        elif child == parent:
            problems.error("group-cycle", f"the groups contain each other: {child} → {child}", span, _REMOVE)
        else:
            self.groups[parent].children.setdefault(child, span)
            if span is not None:
                self.sources.setdefault(span.source.name, len(self.sources))

    def finish(self, problems: Problems) -> None:
        """Settle who is ungrouped, and point at hosts and groups of the same name."""
        for name, host in self.hosts.items():
            if not host.groups.keys() - {ALL, UNGROUPED}:
                host.groups[UNGROUPED] = None
                self.groups[UNGROUPED].hosts[name] = None
            elif UNGROUPED in host.groups:
                del host.groups[UNGROUPED]
                del self.groups[UNGROUPED].hosts[name]
            if name in self.groups:
                message = f"'{name}' is a host and a group: a pattern means the host, but '!{name}' the group's hosts"
                problems.warning("ambiguous-name", message, host.span, "Give one of them another name.")
            if name in _OWN_NAMES:
                message = f"'{name}' is what records call {_meaning(name)}; a host of that name is easily mistaken"
                problems.warning("ambiguous-name", message, host.span, "Give the host another name.")


def add(layers: list[Layer], new: Layer, owner: str, span: Span | None, problems: Problems) -> None:
    """Put new variables over those of earlier places; two values from one file are rarely meant."""
    if new is EMPTY:
        return
    for old in layers:
        if old.file != new.file:
            continue
        for name in old.variables.keys() & new.variables.keys():
            before, after = old.variables[name], new.variables[name]
            if before.value != after.value:
                message = f"{owner} gets '{name}' twice; this one counts, not {before.origin}"
                problems.warning("variable-twice", message, span, "Keep one of them.")
    layers.append(new)


def _meaning(name: str) -> str:
    return "the machine that runbook runs on" if name == Control().name else "whoever sits at the terminal"
