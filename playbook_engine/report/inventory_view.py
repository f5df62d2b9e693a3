"""An inventory as Ansible shows it: its groups and variables as JSON, its tree as text. Secrets are masked."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from playbook_engine.model.inventory import Inventory, InventoryHost, Variable
from playbook_engine.values import Secret, SecretText, TargetName, Value
from playbook_engine.visible import escape, is_harmless

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

ALL = "all"


def listing(inventory: Inventory, selected: frozenset[TargetName]) -> dict[str, Json]:
    """Return all groups with their hosts and children, and the variables of each selected host under `_meta`.

    A group without hosts and children is left out, but its parent names it: so does Ansible.
    """
    groups = {group: _group(group, inventory, selected) for group in inventory.children}
    hosts = {str(host.name): variables(host) for host in inventory.hosts if host.name in selected}
    hostvars: dict[str, Json] = {name: found for name, found in hosts.items() if found}
    return {"_meta": {"hostvars": hostvars}, **{group: parts for group, parts in groups.items() if parts}}


def _group(group: str, inventory: Inventory, selected: frozenset[TargetName]) -> dict[str, Json]:
    hosts: list[Json] = [str(host) for host in inventory.listed.get(group, ()) if host in selected]
    children: list[Json] = list(inventory.children[group])
    parts: dict[str, Json] = {"children": children, "hosts": [] if group == ALL else hosts}
    return {part: found for part, found in parts.items() if found}


def variables(host: InventoryHost) -> dict[str, Json]:
    """Return a host's variables, those of its groups included."""
    return {name: shown(variable.value) for name, variable in host.variables.items()}


def origins(host: InventoryHost) -> dict[str, Json]:
    """Return a host's variables with the place that each comes from, and what it overrode, the weakest first."""
    return {name: _with_origin(variable, host.history(name)) for name, variable in host.variables.items()}


def _with_origin(variable: Variable, history: tuple[Variable, ...]) -> Json:
    found: dict[str, Json] = {"value": shown(variable.value), "origin": variable.origin}
    if len(history) > 1:
        found["overrode"] = [{"value": shown(each.value), "origin": each.origin} for each in history[:-1]]
    return found


def graph(inventory: Inventory, top: str, selected: frozenset[TargetName], *, with_variables: bool) -> Iterator[str]:
    """Yield the lines of a group's tree: its children, then its own hosts, then its own variables."""
    return _Tree(inventory, selected, with_variables=with_variables).lines(top)


class _Tree:
    """Draws groups."""

    def __init__(self, inventory: Inventory, selected: frozenset[TargetName], *, with_variables: bool) -> None:
        self.inventory = inventory
        self.selected = selected
        self.with_variables = with_variables
        self.hosts = {host.name: host for host in inventory.hosts} if with_variables else {}

    def lines(self, top: str) -> Iterator[str]:
        """Go through the tree; groups may lie deeper than functions may call each other."""
        waiting = [(top, 0, True)]
        while waiting:
            name, depth, begins = waiting.pop()
            if begins:
                yield _line(f"@{name}:", depth)
                waiting.append((name, depth, False))
                waiting.extend((child, depth + 1, True) for child in reversed(self.inventory.children[name]))
            else:
                yield from self.contents(name, depth + 1)

    def contents(self, name: str, depth: int) -> Iterator[str]:
        for host in self.inventory.listed.get(name, ()) if name != ALL else ():
            if host in self.selected:
                yield _line(host, depth)
                if self.with_variables:
                    yield from _variables(self.hosts[host].variables, depth + 1)
        if self.with_variables:
            yield from _variables(self.inventory.group_variables.get(name, {}), depth)


def _variables(found: Mapping[str, Variable], depth: int) -> Iterator[str]:
    for name, variable in sorted(found.items()):
        yield _line(f"{{{name} = {shown(variable.value)}}}", depth)


def _line(text: str, depth: int) -> str:
    return f"{'  |' * depth}{'--' if depth else ''}{escape(text)}"


def shown(value: Value) -> Json:
    """Return a value as data for JSON: secrets masked, and numbers that JSON lacks as YAML writes them."""
    match value:
        case Secret() | SecretText():
            return str(value)
        case float() if not math.isfinite(value):
            return ".nan" if math.isnan(value) else f"{'-' if value < 0 else ''}.inf"
        case Mapping():
            return {key: shown(item) for key, item in value.items()}
        case list() | tuple():
            return [shown(item) for item in value]
        case _:
            return value


def json_text(document: Mapping[str, Json], *, unicode: bool) -> str:
    """Return JSON for a person or a program, sorted as Ansible sorts it; nothing in it moves a terminal's cursor."""
    text = json.dumps(document, sort_keys=True, indent=4, ensure_ascii=not unicode)
    if text.isascii() and "\x7f" not in text:
        return text
    return "".join(char if char == "\n" or is_harmless(char) else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return json.dumps(char)[1:-1] if char != "\x7f" else "\\u007f"
