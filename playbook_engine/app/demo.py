"""The embedded stack: started, broken, and handed to whoever plays on it."""

import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from playbook_engine.resources import data_path
from playbook_engine.sandbox.faults import FAULTS
from playbook_engine.sandbox.stack import DemoStack

__all__ = ["PLAYBOOK", "DemoStack", "faults", "playbook", "scratch", "stack"]

PLAYBOOK = "jwks-outage.yml"


def faults() -> Mapping[str, str]:
    """Return what can be broken: names and titles."""
    return {fault.name: fault.title for fault in FAULTS.values()}


def playbook() -> Path:
    """Return the playbook that the demo plays: it travels with the program."""
    return data_path("playbooks") / PLAYBOOK


@contextmanager
def stack(folder: Path) -> Iterator[DemoStack]:
    """Have the demo stack up; on every way out all of it is closed, on SIGTERM too."""
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        with DemoStack.start(folder, data_path("inventories") / "demo") as running:
            yield running
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(number: int, frame: FrameType | None) -> None:
    del frame
    raise SystemExit(128 + number)


@contextmanager
def scratch() -> Iterator[Path]:
    """Have a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="runbook-demo-") as folder:
        yield Path(folder)
