"""The groups, hosts and variables that an Ansible inventory in YAML declares.

The file is a mapping of groups; each may have `hosts`, `vars` and `children`, and children are groups again:

    all:
      children:
        api:
          hosts:
            api-[1:3]:
            api-4: {ansible_port: 2222}
          vars: {api_log: /var/log/api.log}
"""

from collections.abc import Iterable
from dataclasses import field

from playbook_engine.diagnostics import Problems, Span, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.inventory import names, ranges, variables
from playbook_engine.inventory.family import ALL, UNGROUPED
from playbook_engine.inventory.ranges import MAX_NAMES, RangeFault
from playbook_engine.inventory.variables import EMPTY, Layer
from playbook_engine.model.document import Document, Entry, Mapping, Node, Scalar
from playbook_engine.model.targets import Control, Person

_SECTIONS = ("hosts", "vars", "children")
_PRIORITY = "ansible_group_priority"
_OWN_NAMES = {Control().name, Person().name}


@dataclass(slots=True)
class DeclaredGroup:
    """A group as far as it has been read; `children` have the place that says so."""

    span: Span | None
    layer: Layer = EMPTY
    priority: int = 1
    children: dict[str, Span | None] = field(default_factory=dict)


@dataclass(slots=True)
class DeclaredHost:
    """A host as far as it has been read, with the groups that list it."""

    span: Span
    layer: Layer = EMPTY
    groups: dict[str, None] = field(default_factory=dict)


@dataclass(slots=True)
class Declared:
    """All that hosts.yml says, in its order."""

    groups: dict[str, DeclaredGroup] = field(default_factory=dict)
    hosts: dict[str, DeclaredHost] = field(default_factory=dict)


def read(document: Document, file: str, problems: Problems) -> Declared:
    """Read hosts.yml; `file` is its name in the origins of variables."""
    reader = _Reader(file, problems)
    match document.root:
        case None | Scalar(value=None):
            pass
        case Mapping() as root:
            reader.root(root)
        case other:
            message = "expected groups: a mapping such as 'all: …'"
            problems.error("invalid-inventory", message, other.span, "INI inventories are not yet supported.")
    return reader.finish()


class _Reader:
    """One pass over hosts.yml."""

    def __init__(self, file: str, problems: Problems) -> None:
        self.file = file
        self.problems = problems
        self.found = Declared({ALL: DeclaredGroup(None), UNGROUPED: DeclaredGroup(None)})

    def root(self, root: Mapping) -> None:
        plugin = root.entry("plugin")
        if plugin and isinstance(plugin.value, Scalar) and plugin.value.value is not None:
            self.problems.error("not-yet-supported", "inventory plugins are not yet supported", plugin.key.span)
            return
        for entry in root:
            self.group(entry, parent=None)

    def finish(self) -> Declared:
        """Settle who is ungrouped, and point at hosts and groups of the same name."""
        for name, host in self.found.hosts.items():
            if not set(host.groups) - {ALL, UNGROUPED}:
                host.groups[UNGROUPED] = None
            elif UNGROUPED in host.groups:
                del host.groups[UNGROUPED]
            if name in self.found.groups:
                message = f"'{name}' is a host and a group; patterns will mean the group"
                self.problems.warning("ambiguous-name", message, host.span, "Give one of them another name.")
            if name in _OWN_NAMES:
                message = f"'{name}' is what records call {_meaning(name)}; a host of that name is easily mistaken"
                self.problems.warning("ambiguous-name", message, host.span, "Give the host another name.")
        return self.found

    def group(self, entry: Entry, parent: str | None) -> None:
        name, span = entry.key.text, entry.key.span
        fault = names.fault_of_group(name)
        if fault:
            self.problems.error("invalid-name", f"'{name}' cannot be the name of a group: {fault}", span)
            return
        group = self.found.groups.setdefault(name, DeclaredGroup(span))
        if parent is not None:
            self.link(parent, name, span)
        match entry.value:
            case Scalar(value=None):
                pass
            case Mapping() as sections:
                for section in sections:
                    self.section(name, group, section)
            case other:
                message = f"group '{name}': expected hosts, vars or children"
                self.problems.error(
                    "invalid-inventory", message, other.span, "Write 'hosts:' below the group's name."
                )

    def link(self, parent: str, child: str, span: Span) -> None:
        if child == ALL:
            message = "'all' holds every group and cannot be the child of one"
            self.problems.error("group-cycle", message, span, "Remove it.")
        elif child == parent:
            self.problems.error(
                "group-cycle", f"the groups contain each other: {child} → {child}", span, "Remove it."
            )
        elif not (child == UNGROUPED and parent == ALL):
            self.found.groups[parent].children.setdefault(child, span)

    def section(self, name: str, group: DeclaredGroup, section: Entry) -> None:
        match section.key.text:
            case "hosts":
                for entry in self.listed(section.value, "hosts"):
                    self.host(entry, name)
            case "children":
                for entry in self.listed(section.value, "children"):
                    self.group(entry, parent=name)
            case "vars":
                self.vars(name, group, section)
            case other:
                message = f"'{other}' is not a part of a group"
                near = did_you_mean(other, _SECTIONS)
                hint = near or "A group has hosts, vars and children; groups inside a group stand under children."
                self.problems.error("unknown-key", message, section.key.span, hint)

    def listed(self, node: Node, what: str) -> Iterable[Entry]:
        """Return the entries of a `hosts` or `children` section; a single name may stand alone, as in Ansible."""
        match node:
            case Mapping():
                return node.entries
            case Scalar(value=None):
                return ()
            case Scalar():
                return (Entry(node, Scalar(None, "", node.span)),)
            case other:
                hint = "Write each name on a line of its own with a colon behind it: 'web-1:'."
                message = f"{what}: expected a mapping of names, found a list"
                self.problems.error("invalid-inventory", message, other.span, hint)
                return ()

    def vars(self, name: str, group: DeclaredGroup, section: Entry) -> None:
        entries = []
        for entry in self.mapping(section.value, "vars"):
            if entry.key.text == _PRIORITY:
                group.priority = self.priority(entry.value, group.priority)
            else:
                entries.append(entry)
        layer = variables.read(entries, self.file, f"group {name}", self.problems)
        group.layer = self.joined(group.layer, layer, f"group '{name}'", section.key.span)

    def priority(self, node: Node, default: int) -> int:
        text = node.text if isinstance(node, Scalar) else ""
        try:
            return int(text)
        except ValueError:
            self.problems.error("invalid-inventory", f"{_PRIORITY}: expected a whole number", node.span)
            return default

    def mapping(self, node: Node, what: str) -> Iterable[Entry]:
        match node:
            case Mapping():
                return node.entries
            case Scalar(value=None):
                return ()
            case other:
                message = f"{what}: expected variables, a mapping such as 'api_port: 8080'"
                self.problems.error("invalid-inventory", message, other.span)
                return ()

    def host(self, entry: Entry, group: str) -> None:
        written = entry.key.text
        layer = EMPTY
        if not (isinstance(entry.value, Scalar) and entry.value.value is None):
            own = self.mapping(entry.value, f"host '{written}'")
            layer = variables.read(own, self.file, f"host {written}", self.problems)
        for name in self.expanded(entry.key):
            host = self.found.hosts.get(name)
            if host is None:
                host = self.found.hosts[name] = DeclaredHost(entry.key.span)
            host.groups[group] = None
            if layer is not EMPTY:
                host.layer = self.joined(host.layer, layer, f"host '{name}'", entry.key.span)

    def expanded(self, key: Scalar) -> tuple[str, ...]:
        """Return the names that a key under `hosts` stands for, none when it is faulty."""
        try:
            found = ranges.expand(key.text)
        except RangeFault as fault:
            place = key.at(fault.start, fault.length)
            self.problems.error("invalid-range", fault.message, place, fault.hint)
            return ()
        wrong = names.fault_of_host(found[0])
        if wrong is None and len(self.found.hosts) + len(found) > MAX_NAMES:
            wrong = f"the inventory would have more than {MAX_NAMES:,} hosts"
        if wrong:
            self.problems.error("invalid-name", f"'{key.text}' cannot be the name of a host: {wrong}", key.span)
            return ()
        return found

    def joined(self, old: Layer, new: Layer, owner: str, span: Span) -> Layer:
        """Put new variables over those that an earlier place of the file gave the same host or group."""
        for name in old.variables.keys() & new.variables.keys():
            before, after = old.variables[name], new.variables[name]
            if before.value != after.value:
                message = f"{owner} gets '{name}' twice; this one counts, not {before.origin}"
                self.problems.warning("variable-twice", message, span, "Keep one of them.")
        return variables.stack((old, new))


def _meaning(name: str) -> str:
    return "the machine that runbook runs on" if name == Control().name else "whoever sits at the terminal"
