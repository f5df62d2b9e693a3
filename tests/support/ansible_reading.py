"""An inventory as `runbook inventory` reads and lists it, and how two such lists differ."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playbook_engine.app import finding, viewing
from playbook_engine.app.config import Config
from playbook_engine.app.finding import InventoryWords
from playbook_engine.app.viewing import View
from playbook_engine.errors import InvalidInput
from playbook_engine.report import inventory_view

Json = Any


def read(typed: list[str], limit: str | None = None) -> View:
    """Read what is given to `-i`; InvalidInput when it is refused."""
    return viewing.view(finding.inventory(InventoryWords(names=tuple(typed)), Config(), Path("none")), limit)


def listed(typed: list[str], limit: str | None = None) -> Json | None:
    """Return what `runbook inventory list` prints; None when it refuses the inventory."""
    try:
        view = read(typed, limit)
    except InvalidInput:
        return None
    return json.loads(inventory_view.json_text(inventory_view.listing(view.inventory, view.selected), unicode=False))


def unlike(theirs: Json, ours: Json, place: str = "") -> Iterator[str]:
    """Yield the places in which two JSON values differ."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in (*theirs, *(key for key in ours if key not in theirs)):
            yield from unlike(theirs.get(key, ...), ours.get(key, ...), f"{place}/{key}")
    elif type(theirs) is not type(ours) or theirs != ours:
        yield place
