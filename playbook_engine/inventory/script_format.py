"""Executable inventories: programs that print groups and hosts as JSON when they are called with `--list`.

    {"api": {"hosts": ["api-1"], "vars": {"x": 1}, "children": []}, "db": ["db-1"],
     "_meta": {"hostvars": {"api-1": {"ansible_host": "10.0.0.1"}}}}

Without `_meta` they are asked for each host with `--host NAME`. What they print is data: bounded, never evaluated.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from playbook_engine.diagnostics import Problems, Span
from playbook_engine.inventory import declared, names, nodes, printed
from playbook_engine.inventory.declared import Declared, DeclaredGroup
from playbook_engine.inventory.priority import PRIORITY, priority
from playbook_engine.inventory.process import ProgramFault
from playbook_engine.inventory.ranges import MAX_NAMES
from playbook_engine.inventory.variables import Reader
from playbook_engine.model.document import Entry, Scalar
from playbook_engine.visible import escape

_META: Final = "_meta"
_AT_ONCE: Final = 8
_PARTS: Final = ("hosts", "vars", "children")
_NO_META: Final = 'Print hostvars under \'_meta\': {"_meta": {"hostvars": {"web-1": {}}}}.'

Ask = Callable[[tuple[str, ...]], bytes]
"""Calls the program with arguments and returns what it printed; raises ProgramFault."""


class _Unusable(Exception):
    """The output cannot be understood; the text says why, the hint what to do."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def read(ask: Ask, span: Span, reader: Reader, found: Declared) -> bool:
    """Run the program and add what it declares; False comes back when that fails, with one problem on the list."""
    try:
        _ScriptFormat(span, reader, found).groups(_parsed(ask(("--list",))), ask)
    except ProgramFault as fault:
        _report(reader.problems, span, fault.message, fault.hint)
        return False
    except _Unusable as fault:
        _report(reader.problems, span, str(fault), fault.hint)
        return False
    return True


def _report(problems: Problems, span: Span, message: str, hint: str | None) -> None:
    problems.error("dynamic-inventory", f"the inventory {span.source.name} is of no use: {message}", span, hint)


def _parsed(data: bytes) -> dict[str, object]:
    try:
        return printed.parse(data)
    except ValueError as error:
        raise _Unusable(escape(str(error))) from None


class _ScriptFormat:
    """What one program says."""

    def __init__(self, span: Span, reader: Reader, found: Declared) -> None:
        self.span = span
        self.reader = reader
        self.problems = reader.problems
        self.found = found
        self.named: dict[str, None] = {}

    def groups(self, said: dict[str, object], ask: Ask) -> None:
        hostvars = _hostvars(said)
        for name, data in said.items():
            if name != _META:
                self.group(name, data)
        if hostvars is None:
            hostvars = _asked(list(self.named), ask)
        for name in self.named:
            self.variables(name, hostvars.get(name, {}))

    def group(self, name: str, data: object) -> None:
        fault = names.fault_of_group(name)
        if fault:
            raise _Unusable(f"'{escape(name)}' cannot be the name of a group: {fault}")
        group = self.found.group(name, self.span)
        if isinstance(data, list):
            data = {"hosts": data}
        if not isinstance(data, dict):
            raise _Unusable(f"group '{name}': expected an object or a list of hosts, found {printed.kind(data)}")
        if not any(part in data for part in _PARTS):
            # Ansible's oldest form: a group without any part is a host, and what stands there are its variables.
            message = f"group '{name}' has neither hosts, vars nor children, and so means a host of that name"
            self.problems.warning("ambiguous-name", message, self.span, 'Print an empty group as {"hosts": []}.')
            self.parts(name, group, {"hosts": [name], "vars": data})
        else:
            self.parts(name, group, data)

    def parts(self, name: str, group: DeclaredGroup, data: dict[str, object]) -> None:
        for host in _texts(data.get("hosts", []), f"group '{name}': hosts"):
            self.host(host, name)
        variables = data.get("vars", {})
        if not isinstance(variables, dict):
            raise _Unusable(f"group '{name}': vars: expected an object, found {printed.kind(variables)}")
        entries = {entry.key.text: entry for entry in self.entries(variables)}
        if PRIORITY in entries:
            group.priority = priority(entries.pop(PRIORITY).value, group.priority, self.problems)
        layer = self.reader.read(entries.values(), f"group {name}")
        declared.add(group.layers, layer, f"group '{name}'", self.span, self.problems)
        for child in _texts(data.get("children", []), f"group '{name}': children"):
            if fault := names.fault_of_group(child):
                raise _Unusable(f"'{escape(child)}' cannot be the name of a group: {fault}")
            self.found.group(child, self.span)
            self.found.link(name, child, self.span, self.problems)

    def host(self, name: str, group: str) -> None:
        fault = names.fault_of_host(name)
        if fault:
            raise _Unusable(f"'{escape(name[:80])}' cannot be the name of a host: {fault}")
        if name not in self.found.hosts and len(self.found.hosts) >= MAX_NAMES:
            raise _Unusable(f"the inventory would have more than {MAX_NAMES:,} hosts")
        self.found.host(name, group, self.span)
        self.named[name] = None

    def variables(self, name: str, said: object) -> None:
        if not isinstance(said, dict):
            raise _Unusable(f"host '{name}': expected an object with variables, found {printed.kind(said)}")
        layer = self.reader.read(self.entries(said), f"host {name}")
        declared.add(self.found.hosts[name].layers, layer, f"host '{name}'", self.span, self.problems)

    def entries(self, said: dict[str, object]) -> Iterable[Entry]:
        for name, value in said.items():
            yield Entry(Scalar(name, name, self.span), nodes.of(value, self.span))


def _hostvars(said: dict[str, object]) -> dict[str, object] | None:
    """Return the variables of the hosts; None when the program wants to be asked for each."""
    if _META not in said:
        return None
    meta = said[_META]
    hostvars = meta.get("hostvars") if isinstance(meta, dict) else None
    if not isinstance(hostvars, dict):
        raise _Unusable("'_meta' has no object 'hostvars'", _NO_META)
    return hostvars


def _asked(hosts: list[str], ask: Ask) -> dict[str, object]:
    """Ask for each host, several at a time; the first that goes wrong ends it."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            answers = list(pool.map(lambda name: ask(("--host", name)), hosts))
        except ProgramFault as fault:
            pool.shutdown(cancel_futures=True)
            message = f"{fault.message}, when it was asked for each host with --host"
            raise _Unusable(message, fault.hint or _NO_META) from None
    return {name: _parsed(data) if data.strip() else {} for name, data in zip(hosts, answers, strict=True)}


def _texts(value: object, what: str) -> list[str]:
    if not isinstance(value, list):
        raise _Unusable(f"{what}: expected a list of names, found {printed.kind(value)}")
    for item in value:
        if not isinstance(item, str):
            raise _Unusable(f"{what}: expected a list of names, found {printed.kind(item)} in it")
    return value
