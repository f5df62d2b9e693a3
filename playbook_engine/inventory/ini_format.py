"""The groups, hosts and variables that an Ansible inventory in INI declares.

    lone.example.com ansible_port=2222

    [api]
    api-[1:3]

    [prod:children]
    api

    [prod:vars]
    api_log = /var/log/api.log

Hosts at the top belong to no group. A group may be a child before it is declared, but it must be declared, in this
file or an earlier one.
"""

import re
from typing import Final

from playbook_engine.diagnostics import Source, Span, did_you_mean
from playbook_engine.inventory import addresses, declared, ini_values, names, nodes
from playbook_engine.inventory.declared import Declared
from playbook_engine.inventory.family import UNGROUPED
from playbook_engine.inventory.ini_values import Word
from playbook_engine.inventory.priority import PRIORITY, priority
from playbook_engine.inventory.variables import EMPTY, Reader
from playbook_engine.model.document import Entry, Node, Scalar

_SECTION: Final = re.compile(r"\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?")
_CHILD: Final = re.compile(r"([^:\]\s]+)\s*(?:#.*)?")
_KINDS: Final = ("hosts", "children", "vars")
_KEY_VALUE: Final = "Write name=value; a value with blanks stands in quotes: note='a b'."
_SECTIONS: Final = "Write [group], [group:children] or [group:vars], without blanks in the brackets."


def read(source: Source, reader: Reader, found: Declared) -> None:
    """Add what a file declares."""
    format_ = _IniFormat(source, reader, found)
    for number, line in enumerate(source.text.split("\n"), 1):
        format_.line(number, line)
    format_.finish()


class _IniFormat:
    """One pass over a file, line by line."""

    def __init__(self, source: Source, reader: Reader, found: Declared) -> None:
        self.source = source
        self.reader = reader
        self.problems = reader.problems
        self.found = found
        self.group = UNGROUPED
        self.kind: str | None = "hosts"
        self.waiting: dict[str, list[tuple[str, Span]]] = {}
        """Groups that are to be children and are not declared yet, with their parents."""
        self.only_vars: dict[str, Span] = {}
        """Groups of which only variables are known."""
        self.variables: list[Entry] = []
        """What the section has said by now."""

    def line(self, number: int, line: str) -> None:
        text = line.strip()
        if not text or text[0] in "#;":
            return
        at = len(line) - len(line.lstrip())
        span = Span(self.source, number, at + 1, number, at + 1 + len(text))
        if self.section(text, span):
            return
        match self.kind:
            case "hosts":
                self.hosts(text, span)
            case "children":
                self.child(text, span)
            case "vars":
                self.variable(text, span)
            case _:  # a section that was refused: its lines would only be refused too
                pass

    def section(self, text: str, span: Span) -> bool:
        """Begin a section if the line does; one that is faulty is reported, and its lines are passed over."""
        match = _SECTION.fullmatch(text)
        if match is None:
            if not (text.startswith("[") and text.endswith("]")):
                return False
            self.problems.error("invalid-inventory", f"'{text}' is not a section", span, _SECTIONS)
            self.kind = None
            return True
        self.close()
        self.group, self.kind = match[1], match[2] or "hosts"
        if self.kind not in _KINDS:
            hint = did_you_mean(self.kind, _KINDS) or _SECTIONS
            message = f"'{self.kind}' is not a kind of section"
            self.problems.error("invalid-inventory", message, span.within(match.start(2), len(match[2])), hint)
            self.kind = None
        elif fault := names.fault_of_group(self.group):
            message = f"'{self.group}' cannot be the name of a group: {fault}"
            self.problems.error("invalid-name", message, span.within(1, len(self.group)))
            self.kind = None
        else:
            self.declare(span.within(1, len(self.group)))
        return True

    def declare(self, span: Span) -> None:
        new = self.group not in self.found.groups
        self.found.group(self.group, span)
        if self.kind == "vars":
            if new and self.group not in self.waiting:
                self.only_vars[self.group] = span
            return
        self.only_vars.pop(self.group, None)
        for parent, place in self.waiting.pop(self.group, ()):
            self.found.link(parent, self.group, place, self.problems)

    def child(self, text: str, span: Span) -> None:
        match = _CHILD.fullmatch(text)
        if match is None:
            message = f"expected the name of a group, found '{text}'"
            self.problems.error("invalid-inventory", message, span, "Write each group on a line of its own.")
            return
        name, place = match[1], span.within(0, len(match[1]))
        if name in self.found.groups:
            self.found.link(self.group, name, place, self.problems)
        else:
            self.waiting.setdefault(name, []).append((self.group, place))

    def hosts(self, text: str, span: Span) -> None:
        try:
            key, *rest = ini_values.words(text)
        except ValueError as error:
            message = f"this line cannot be split into words: {_lower(error)}"
            self.problems.error("invalid-inventory", message, span, "Close the quote, or put a backslash before it.")
            return
        pattern = _scalar(key.text, text, span, key.start, key.end)
        found, port = addresses.expand(pattern, len(self.found.hosts), self.problems)
        entries = [entry for word in rest if (entry := self.assignment(word, text, span))]
        layer = self.reader.read(_last(entries), f"host {pattern.text}")
        from_port = self.reader.port(port, pattern) if port else EMPTY
        for name in found:
            new = name not in self.found.hosts
            host = self.found.host(name, self.group, pattern.span)
            if new:
                declared.add(host.layers, from_port, f"host '{name}'", pattern.span, self.problems)
            declared.add(host.layers, layer, f"host '{name}'", pattern.span, self.problems)

    def assignment(self, word: Word, line: str, span: Span) -> Entry | None:
        name, equals, value = word.text.partition("=")
        if not equals or not name:
            message = f"expected name=value, found '{word.text}'"
            self.problems.error(
                "invalid-inventory", message, span.within(word.start, word.end - word.start), _KEY_VALUE
            )
            return None
        middle = min(word.start + len(name), word.end)
        key = _scalar(name, line, span, word.start, middle)
        return self.entry(key, _scalar(value, line, span, min(middle + 1, word.end), word.end))

    def variable(self, text: str, span: Span) -> None:
        left, equals, right = text.partition("=")
        name, value = left.strip(), right.strip()
        if not equals or not name:
            self.problems.error("invalid-inventory", f"expected name=value, found '{text}'", span, _KEY_VALUE)
            return
        start = len(left) + 1 + len(right) - len(right.lstrip())
        key = _scalar(name, text, span, 0, len(name))
        entry = self.entry(key, _scalar(value, text, span, start, start + len(value)))
        group = self.found.groups[self.group]
        if entry is None:
            return
        if name == PRIORITY:
            group.priority = priority(entry.value, group.priority, self.problems)
            return
        self.variables.append(entry)

    def entry(self, key: Scalar, value: Scalar) -> Entry | None:
        node: Node = value
        try:
            plain = ini_values.literal(value.text)
            if not isinstance(plain, str) or plain != value.text:
                node = nodes.of(plain, value.span)
        except TypeError as error:
            self.problems.error("invalid-inventory", f"'{key.text}': {error}", value.span, "Use texts as keys.")
            return None
        return Entry(key, node)

    def close(self) -> None:
        """End a section of variables."""
        if not self.variables:
            return
        layer = self.reader.read(_last(self.variables), f"group {self.group}")
        span = self.variables[0].key.span
        self.variables = []
        declared.add(self.found.groups[self.group].layers, layer, f"group '{self.group}'", span, self.problems)

    def finish(self) -> None:
        self.close()
        for name, parents in self.waiting.items():
            for parent, span in parents:
                message = f"[{parent}:children] names the group '{name}', which is not declared"
                near = did_you_mean(name, self.found.groups.keys() - {parent})
                hint = near or f"Add a section [{name}], in this file or in one that is read before it."
                self.problems.error("unknown-group", message, span, hint)
        for name, span in self.only_vars.items():
            message = f"[{name}:vars]: there is no group '{name}'"
            near = did_you_mean(name, self.found.groups.keys() - self.only_vars.keys())
            self.problems.error("unknown-group", message, span, near or f"Add a section [{name}].")


def _scalar(value: str, line: str, span: Span, start: int, end: int) -> Scalar:
    place = span.within(start, end - start)
    return Scalar(value, value, place, literal=line[start:end] == value, content=place)


def _last(entries: list[Entry]) -> list[Entry]:
    """Return the entries; of those that give the same variable, the last."""
    return list({entry.key.text: entry for entry in entries}.values())


def _lower(error: ValueError) -> str:
    text = str(error)
    return text[:1].lower() + text[1:]
