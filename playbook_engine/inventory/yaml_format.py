"""The groups, hosts and variables that an Ansible inventory in YAML declares; JSON is read as YAML.

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

from playbook_engine.diagnostics import did_you_mean
from playbook_engine.inventory import addresses, declared, names
from playbook_engine.inventory.declared import Declared, DeclaredGroup
from playbook_engine.inventory.family import ALL, UNGROUPED
from playbook_engine.inventory.priority import PRIORITY, priority
from playbook_engine.inventory.variables import EMPTY, Reader
from playbook_engine.model.document import Document, Entry, Mapping, Node, Scalar

_SECTIONS = ("hosts", "vars", "children")
_GROUPS = "A YAML inventory is a mapping of groups. INI inventories have no suffix or .ini."
_PLUGINS = "Save what it says with 'ansible-inventory --list', or give a script that prints it with --list."


def read(document: Document, reader: Reader, found: Declared) -> None:
    """Add what a file declares."""
    match document.root:
        case None | Scalar(value=None):
            pass
        case Mapping() as root:
            _YamlFormat(reader, found).root(root)
        case other:
            message = "expected groups: a mapping such as 'all: …'"
            reader.problems.error("invalid-inventory", message, other.span, _GROUPS)


class _YamlFormat:
    """One pass over a file."""

    def __init__(self, reader: Reader, found: Declared) -> None:
        self.reader = reader
        self.problems = reader.problems
        self.found = found

    def root(self, root: Mapping) -> None:
        plugin = root.entry("plugin")
        if plugin and isinstance(plugin.value, Scalar) and plugin.value.value is not None:
            message = f"the inventory plugin '{plugin.value.text}' cannot be run here"
            self.problems.error("inventory-plugin", message, plugin.key.span, _PLUGINS)
            return
        for entry in root:
            self.group(entry, parent=None)

    def group(self, entry: Entry, parent: str | None) -> None:
        name, span = entry.key.text, entry.key.span
        fault = names.fault_of_group(name)
        if fault:
            self.problems.error("invalid-name", f"'{name}' cannot be the name of a group: {fault}", span)
            return
        group = self.found.group(name, span)
        if parent is not None and (parent, name) != (ALL, UNGROUPED):
            self.found.link(parent, name, span, self.problems)
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
        """Return the entries of a section; a single name may stand alone, as in Ansible."""
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
        alone = isinstance(section.value, Scalar) and isinstance(section.value.value, str)
        for entry in self.listed(section.value, "vars") if alone else self.mapping(section.value, "vars"):
            if entry.key.text == PRIORITY:
                group.priority = priority(entry.value, group.priority, self.problems)
            else:
                entries.append(entry)
        layer = self.reader.read(entries, f"group {name}")
        declared.add(group.layers, layer, f"group '{name}'", section.key.span, self.problems)

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
        key = entry.key
        found, port = addresses.expand(key, len(self.found.hosts), self.problems)
        own = self.mapping(entry.value, f"host '{key.text}'")
        layer = self.reader.read(own, f"host {key.text}") if own else EMPTY
        from_port = self.reader.port(port, key) if port else EMPTY
        for name in found:
            new = name not in self.found.hosts
            host = self.found.host(name, group, key.span)
            if new:
                # Ansible takes the port from the first place that names the host, and only from there.
                declared.add(host.layers, from_port, f"host '{name}'", key.span, self.problems)
            declared.add(host.layers, layer, f"host '{name}'", key.span, self.problems)
