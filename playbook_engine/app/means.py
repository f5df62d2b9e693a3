"""What loading an inventory needs of the outside: files, a clock, programs, passwords of vaults."""

import json
import os
import time
from pathlib import Path

from playbook_engine.app import vaults
from playbook_engine.diagnostics import Problems, Source
from playbook_engine.errors import UsageError
from playbook_engine.inventory import load as loading
from playbook_engine.inventory.files import ReadFile
from playbook_engine.inventory.reading import Programs
from playbook_engine.inventory.vault import Vault
from playbook_engine.language import reader, text
from playbook_engine.language.scalars import JSON, YAML_1_1
from playbook_engine.model.document import Document
from playbook_engine.model.inventory import Inventory
from playbook_engine.model.sources import InventorySources
from playbook_engine.values import Duration

_TIME = Duration(10_000)
TIME_LIMIT = "RUNBOOK_INVENTORY_TIMEOUT"
"""The environment variable that says how long an executable inventory may take."""


def load(sources: InventorySources, environment: ReadFile, problems: Problems) -> Inventory | None:
    """Load an inventory; None when too much is wrong to go on."""
    patience = _patience()

    def runner(hidden: frozenset[str]) -> Programs:
        from playbook_engine.inventory.process import Limits, Runner  # noqa: PLC0415  most inventories have no program

        env = {name: value for name, value in os.environ.items() if name not in hidden}
        return Runner(Limits(time=patience), env, time.monotonic)

    unlock = vaults.unlock(sources.vault, runner) if sources.vault else None
    means = loading.Means(text=read_text, yaml=read_yaml, environment=environment, runner=runner, vault=Vault(unlock))
    return loading.inventory(sources, means, problems)


def read_text(path: Path, shown: str, problems: Problems) -> Source | None:
    """Read one of Ansible's files as text."""
    data = text.read_bytes(path, shown, problems, text.INVENTORY_BOUNDS.size)
    return None if data is None else text.decode(shown, data, problems, text.INVENTORY_BOUNDS.size)


def read_yaml(source: Source, problems: Problems) -> Document | None:
    """Read text as Ansible does: as JSON if it is JSON, else as YAML 1.1."""
    return reader.read(
        source, problems, scalars=JSON if _is_json(source.text) else YAML_1_1, bounds=text.INVENTORY_BOUNDS
    )


def _is_json(content: str) -> bool:
    if content.lstrip()[:1] != "{":
        return False
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True


def _patience() -> Duration:
    given = os.environ.get(TIME_LIMIT)
    if not given:
        return _TIME
    try:
        return Duration.parse(given)
    except ValueError as error:
        raise UsageError(f"{TIME_LIMIT}: {error}") from None
