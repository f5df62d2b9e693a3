"""Where the files are that travel with the program: schemas, playbooks, inventories."""

from pathlib import Path
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["schemas", "playbooks", "inventories"]

_PACKAGE = Path(__file__).resolve().parent


def data_path(kind: Kind) -> Path:
    """Return the folder: inside the installed package, or at the top of the repository while developing."""
    installed = _PACKAGE / "data" / kind
    return installed if installed.is_dir() else _PACKAGE.parent / kind


def schema_text(name: str) -> str:
    """Return the text of a schema by its name without suffix: `playbook.v1`."""
    return (data_path("schemas") / f"{name}.json").read_text(encoding="utf-8")
