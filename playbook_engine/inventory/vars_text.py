"""One file of variables: its text, decrypted if need be, and what it defines."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from playbook_engine.diagnostics import Diagnostic, Problems, Severity, Source, Span
from playbook_engine.frozen import dataclass
from playbook_engine.inventory import vault
from playbook_engine.inventory.files import Files, Named, ReadText, ReadYaml
from playbook_engine.inventory.variables import EMPTY, Layer, Reader
from playbook_engine.inventory.vault import Vault
from playbook_engine.model.document import Entry, Mapping, Node, Scalar

_EDIT: Final = "Look at it with 'ansible-vault view'."


@dataclass(frozen=True, slots=True, kw_only=True)
class VarsText:
    """Reads files of variables."""

    read_text: ReadText
    read_yaml: ReadYaml
    vault: Vault

    def layer(self, path: Path, owner: str, files: Files) -> Layer:
        """Return what a file says of its owner: `group api`; what is wrong with it is on the list of problems."""
        named = files.text(path, self.read_text)
        if named is None:
            return EMPTY
        if named.source.text.startswith(vault.HEADER):
            return self._decrypted(named, owner, files.problems)
        return self._read(named.source, Reader(file=named.relative, problems=files.problems, vault=self.vault), owner)

    def _read(self, source: Source, reader: Reader, owner: str) -> Layer:
        document = self.read_yaml(source, reader.problems)
        return EMPTY if document is None else reader.read(_entries(document.root, reader.problems), owner)

    def _decrypted(self, named: Named, owner: str, problems: Problems) -> Layer:
        """Read an encrypted file; nothing that stands in it may get into a message."""
        name = named.source.name
        place = Span(Source(name, ""), 1, 1, 1, 2)
        text = self.vault.decrypt(named.source.text, name, place, problems)
        if text is None:
            return EMPTY
        own = Problems()
        reader = Reader(file=named.relative, problems=own, vault=self.vault, vaulted=True)
        layer = self._read(Source(name, text), reader, owner)
        problems.extend(_told(own, place))
        return layer


def _told(own: Problems, place: Span) -> tuple[Diagnostic, ...]:
    """Return problems as they may be told: what our own readers say of names, but nothing of the text."""
    found = own.sorted()
    unreadable = next((each for each in found if each.severity is Severity.ERROR and each.code not in _SAFE), None)
    if unreadable is not None:
        at = f"line {unreadable.span.line}" if unreadable.span else "unknown line"
        message = f"{place.source.name} was decrypted, and cannot be read as variables ({at})"
        return (Diagnostic("invalid-inventory", message, place, _EDIT),)
    return tuple(replace(each, span=place) for each in found)


_SAFE: Final = frozenset({"invalid-connection", "ignored-variable", "unusable-variable", "vaulted-value"})
"""Problems whose words name variables and never their values."""


def _entries(root: Node | None, problems: Problems) -> tuple[Entry, ...]:
    match root:
        case None | Scalar(value=None):
            return ()
        case Mapping():
            return root.entries
        case other:
            message = "expected variables: a mapping such as 'api_port: 8080'"
            problems.error("invalid-inventory", message, other.span)
    return ()
