"""Variables as one place defines them: a `vars` section, a host's own mapping, a file under group_vars.

Inventory variables are data. Ansible would evaluate `{{ … }}` in them. In files that people write it is an error
here, because sending the braces to a host as they stand would be worse than not starting. In what a program prints it
stays the text that it is, with a warning: whoever may set a tag in a cloud must not be able to keep an incident from
being worked on.
"""

import re
from collections.abc import Iterable
from dataclasses import field
from typing import Any

from playbook_engine.diagnostics import Problems, Source, Span
from playbook_engine.frozen import dataclass
from playbook_engine.inventory import connection
from playbook_engine.inventory.connection import NOTHING, PASSWORDS, Settings
from playbook_engine.inventory.vault import Vault
from playbook_engine.model.document import UNSAFE, VAULTED, Entry, Mapping, Node, Scalar, Sequence
from playbook_engine.model.inventory import Variable
from playbook_engine.model.targets import SecretName
from playbook_engine.values import Secret, Value

_PORT = "ansible_port"
_TEMPLATE = re.compile(r"\{\{|\{%")
_NO_TEMPLATES = "Write the value itself: variables of an inventory are data. Templates belong in the playbook."
_USE_SECRETS = "Declare it under 'secrets:' in the environment file and write \"{{ secret.NAME }}\", or vault it."
_NOT_VAULTED = "Move it to a file that is not encrypted."
_JSON_MARKS = {"__ansible_vault": VAULTED, "__ansible_unsafe": UNSAFE}
"""How JSON writes `!vault` and `!unsafe`, which only YAML has."""


@dataclass(frozen=True, slots=True)
class Layer:
    """The variables of one place, or of several put on top of each other; do not change the dict."""

    variables: dict[str, Variable] = field(default_factory=dict)
    settings: Settings = NOTHING
    file: str = ""


EMPTY = Layer()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads the variables of one file.

    `file` is its name in origins. What a program printed has no lines (`printed`) and keeps its braces. Everything in
    a `vaulted` file is secret.
    """

    file: str
    problems: Problems
    vault: Vault
    printed: bool = False
    vaulted: bool = False

    def read(self, entries: Iterable[Entry], owner: str) -> Layer:
        """Read what the file defines for `owner`: `group api`, `host web-1`."""
        variables: dict[str, Variable] = {}
        passwords: dict[str, Any] = {}
        special = []
        for entry in entries:
            name = entry.key.text
            if name in PASSWORDS:
                self._password(entry, owner, variables, passwords)
                continue
            variables[name] = self._variable(entry, owner)
            if connection.speaks_of(name) and self._secret(entry.value):
                message = f"{name} cannot be a vaulted value: it is shown in plans and records"
                self.problems.error("invalid-connection", message, entry.key.span, _NOT_VAULTED)
            elif name.startswith("ansible_") or connection.speaks_of(name):
                special.append(entry)
        settings = connection.read(special, self.problems)
        if self.printed:
            settings = self._harmless(settings, owner)
        if passwords:
            settings = connection.Settings(**passwords).over(settings)
        return Layer(variables, settings, self.file) if variables else EMPTY

    def port(self, text: str, key: Scalar) -> Layer:
        """Return what the port behind a host's name says: `web-1:2222`; port 0 says nothing, as in Ansible."""
        if not int(text):
            return EMPTY
        name, number = Scalar(_PORT, _PORT, key.span), Scalar(int(text), text, key.span)
        return self.read((Entry(name, number),), f"host {key.text}")

    def _secret(self, node: Node) -> bool:
        return self.vaulted or _mark(node)[0] == VAULTED

    def _password(
        self,
        entry: Entry,
        owner: str,
        variables: dict[str, Variable],
        passwords: dict[str, Any],
    ) -> None:
        """Take a password that is vaulted, or names a secret; one that anybody can read is refused.

        What a program prints may not name secrets: it would choose to whom they are sent.
        """
        name = entry.key.text
        named = None if self.printed or self._secret(entry.value) else connection.secret_name(entry.value)
        if named is None and not self._secret(entry.value):
            message = f"'{name}' is not taken from an inventory in clear text"
            self.problems.error("password-in-inventory", message, _hidden(entry), _USE_SECRETS)
            return
        if named is None:
            variables[name] = self._variable(entry, owner)
            value = variables[name].value
            found: Secret | SecretName | None = value if isinstance(value, Secret) else None
        else:
            place = f"{self.file}:{entry.key.span.line}:{entry.key.span.column}"
            variables[name] = Variable(value=f"{{{{ secret.{named} }}}}", origin=f"{place} ({owner})")
            found = named
        setting = PASSWORDS[name]
        if setting is None:
            self.problems.warning("ignored-variable", f"'{name}' is not honoured: su is not used", entry.key.span)
        elif isinstance(found, Secret):
            passwords[setting] = Secret(name, found.reveal().removesuffix("\n").removesuffix("\r"))
        elif found is not None:
            passwords[setting] = found

    def _harmless(self, settings: Settings, owner: str) -> Settings:
        """Return what a program printed without what would run a command here, or trust a key unseen."""
        kept, refused = connection.without_reach(settings)
        for option in refused:
            message = f"{self.file}: {option} is not taken from what a program prints ({owner})"
            self.problems.warning("ignored-ssh-args", message, None, "Write it into ~/.ssh/config, or a file.")
        return kept

    def _variable(self, entry: Entry, owner: str) -> Variable:
        span, name = entry.key.span, entry.key.text
        if not name.isidentifier():
            message = f"'{name}' cannot be used in a playbook: it is not a name"
            self.problems.warning("unusable-variable", message, span, "Names have letters, digits and underscores.")
        place = self.file if self.printed else f"{self.file}:{span.line}:{span.column}"
        return Variable(value=self._value(entry.value, name), origin=f"{place} ({owner})")

    def _value(self, node: Node, name: str) -> Value:
        mark, text, span = _mark(node)
        if mark == VAULTED:
            return self._decrypted(text, span, name)
        if mark == UNSAFE:
            return text
        match node:
            case Scalar():
                return self._secret_of(node, name) if self.vaulted else self._plain(node, name)
            case Sequence():
                return [self._value(item, name) for item in node.items]
            case Mapping():
                return {entry.key.text: self._value(entry.value, name) for entry in node.entries}

    def _plain(self, node: Scalar, name: str) -> Value:
        if isinstance(node.value, str) and (template := _TEMPLATE.search(node.value)):
            if self.printed:
                message = f"'{template[0]}' in the value of '{name}' stays as it is: nothing is evaluated"
                self.problems.warning("template-in-variable", message, node.span)
            else:
                place = node.at(template.start(), len(template[0]))
                message = f"'{template[0]}' is not evaluated here"
                self.problems.error("template-in-variable", message, place, _NO_TEMPLATES)
        return node.value

    def _secret_of(self, node: Scalar, name: str) -> Value:
        """Return a value of an encrypted file; yes, no and nothing give nothing away, and stay what they are."""
        if node.value is None or isinstance(node.value, bool) or node.text == "":
            return node.value
        return Secret(name, node.text)

    def _decrypted(self, ciphertext: str, span: Span, name: str) -> Value:
        text = self.vault.decrypt(ciphertext, f"the value of '{name}'", span, self.problems)
        return Secret(name, text if text is not None else "")


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


def _mark(node: Node) -> tuple[str | None, str, Span]:
    """Return the tag that a value keeps (None: none) with its text, in either way to write it."""
    if isinstance(node, Scalar):
        return node.tag, node.text, node.span
    if isinstance(node, Mapping) and len(node.entries) == 1:
        (entry,) = node.entries
        mark = _JSON_MARKS.get(entry.key.text)
        if mark and isinstance(entry.value, Scalar) and isinstance(entry.value.value, str):
            return mark, entry.value.text, entry.value.span
    return None, "", node.span


def _hidden(entry: Entry) -> Span:
    """Return the place of the key in a copy of the source that shows nothing but the key.

    Diagnostics are shown with the line they speak of; a password must not get on the screen that way.
    """
    span = entry.key.span
    shown = "\n" * (span.line - 1) + " " * (span.column - 1) + f"{entry.key.text}: ********"
    return Span(Source(span.source.name, shown), span.line, span.column, span.end_line, span.end_column)
