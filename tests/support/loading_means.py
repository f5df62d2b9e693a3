"""What loading an inventory needs, as it is for real: readers, programs, and inventories that need no file."""

import os
import time
from pathlib import Path

from playbook_engine.app import means as real
from playbook_engine.diagnostics import Problems
from playbook_engine.inventory import load
from playbook_engine.inventory.process import Limits, Runner
from playbook_engine.inventory.reading import RunnerFor
from playbook_engine.inventory.vault import Vault
from playbook_engine.language import reader
from playbook_engine.model.document import Document
from playbook_engine.values import Duration


def _read_environment(path: Path, shown: str, problems: Problems) -> Document | None:
    return reader.read_file(path, shown, problems)


def runner(hidden: frozenset[str]) -> Runner:
    """Return a runner that is patient enough for a busy machine."""
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    return Runner(Limits(time=Duration(20_000)), env, time.monotonic)


def means(vault: Vault | None = None, run: RunnerFor = runner) -> load.Means:
    """Return the real readers."""
    return load.Means(
        text=real.read_text,
        yaml=real.read_yaml,
        environment=_read_environment,
        runner=run,
        vault=vault or Vault(),
    )
