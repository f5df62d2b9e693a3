"""Files beside a playbook that an action reads when the playbook is loaded."""

from typing import Protocol, runtime_checkable

from playbook_engine.diagnostics import Span
from playbook_engine.frozen import dataclass
from playbook_engine.model.document import Node


@dataclass(frozen=True, slots=True)
class Manifests:
    """A file's YAML documents with their positions, empty ones left out, and the sha256 of its bytes."""

    documents: tuple[Node, ...]
    sha256: str


@runtime_checkable
class ReadsManifests(Protocol):
    """A compiler that can also read the files that a playbook names."""

    def manifests(self, name: str, span: Span) -> Manifests | None:
        """Read a file, its path relative to the playbook; None when it cannot be (the problems are on the list)."""
        ...
