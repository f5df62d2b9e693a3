"""Variables as one place defines them: a `vars` section, a host's own mapping, a file under group_vars.

Inventory variables are data. Ansible would evaluate `{{ … }}` in them; here that is an error, because sending the
braces to a host as they stand would be worse than not starting.
"""

import re
from collections.abc import Iterable
from dataclasses import field

from playbook_engine.diagnostics import Problems, Source, Span
from playbook_engine.frozen import dataclass
from playbook_engine.inventory import connection
from playbook_engine.inventory.connection import NOTHING, PASSWORDS, Settings
from playbook_engine.model.document import Entry, Mapping, Node, Scalar, Sequence
from playbook_engine.model.inventory import Variable
from playbook_engine.values import Value

_TEMPLATE = re.compile(r"\{\{|\{%")
_NO_TEMPLATES = "Write the value itself: variables of an inventory are data. Templates belong in the playbook."
_USE_SECRETS = "Use keys or an agent; other secrets belong under 'secrets:' in the environment file."


@dataclass(frozen=True, slots=True)
class Layer:
    """The variables of one place, or of several put on top of each other; do not change the dict."""

    variables: dict[str, Variable] = field(default_factory=dict)
    settings: Settings = NOTHING


EMPTY = Layer()


def read(entries: Iterable[Entry], file: str, owner: str, problems: Problems) -> Layer:
    """Read the variables that a file defines for `owner`: `group api`, `host web-1`."""
    variables: dict[str, Variable] = {}
    special = []
    for entry in entries:
        name = entry.key.text
        if name in PASSWORDS:
            problems.error(
                "password-in-inventory", f"'{name}' is not taken from an inventory", _hidden(entry), _USE_SECRETS
            )
            continue
        variables[name] = _variable(entry, file, owner, problems)
        if name.startswith("ansible_"):
            special.append(entry)
    return Layer(variables, connection.read(special, problems))


def stack(layers: Iterable[Layer]) -> Layer:
    """Put layers on top of each other, the most general first."""
    used = [layer for layer in layers if layer is not EMPTY]
    if len(used) < 2:
        return used[0] if used else EMPTY
    variables: dict[str, Variable] = {}
    settings = NOTHING
    for layer in used:
        variables.update(layer.variables)
        settings = layer.settings.over(settings)
    return Layer(variables, settings)


def _variable(entry: Entry, file: str, owner: str, problems: Problems) -> Variable:
    span = entry.key.span
    if not entry.key.text.isidentifier():
        message = f"'{entry.key.text}' cannot be used in a playbook: it is not a name"
        problems.warning("unusable-variable", message, span, "Names have letters, digits and underscores.")
    return Variable(value=_value(entry.value, problems), origin=f"{file}:{span.line}:{span.column} ({owner})")


def _value(node: Node, problems: Problems) -> Value:
    match node:
        case Scalar():
            if isinstance(node.value, str) and (template := _TEMPLATE.search(node.value)):
                place = node.at(template.start(), len(template[0]))
                problems.error("template-in-variable", f"'{template[0]}' is not evaluated here", place, _NO_TEMPLATES)
            return node.value
        case Sequence():
            return [_value(item, problems) for item in node.items]
        case Mapping():
            return {entry.key.text: _value(entry.value, problems) for entry in node.entries}


def _hidden(entry: Entry) -> Span:
    """Return the place of the key in a copy of the source that shows nothing but the key.

    Diagnostics are shown with the line they speak of; a password must not get on the screen that way.
    """
    span = entry.key.span
    shown = "\n" * (span.line - 1) + " " * (span.column - 1) + f"{entry.key.text}: ********"
    return Span(Source(span.source.name, shown), span.line, span.column, span.end_line, span.end_column)
