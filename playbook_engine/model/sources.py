"""Where an inventory comes from, in the words of the command line."""

from pathlib import Path

from playbook_engine.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One `-i`: a file or folder that people know as `shown`, or a list of hosts (`web1,web2,`) without a path."""

    shown: str
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class VaultId:
    """A file with the password of vaulted values; the label says for which, None for all."""

    label: str | None
    file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class InventorySources:
    """All that makes up one inventory: later places win over earlier ones."""

    places: tuple[Place, ...]
    environment: Path | None = None
    """`--environment`: instead of the file that lies in or beside a place."""
    vault: tuple[VaultId, ...] = ()
