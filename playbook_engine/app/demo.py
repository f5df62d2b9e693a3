"""The embedded stack: started, broken, and handed to whoever plays on it."""

import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from playbook_engine.resources import data_path
from playbook_engine.sandbox.faults import FAULTS, Fault
from playbook_engine.sandbox.stack import DemoStack

__all__ = ["DemoStack", "Fault", "fault", "faults", "playbook", "scratch", "stack"]


def faults() -> tuple[Fault, ...]:
    """Return what can be broken and healed, those of one playbook beside each other."""
    order = dict.fromkeys(fault.playbook for fault in FAULTS.values())
    return tuple(one for name in order for one in FAULTS.values() if one.playbook == name)


def fault(name: str) -> Fault:
    """Return the fault of this name."""
    return FAULTS[name]


def playbook(name: str) -> Path:
    """Return a playbook that travels with the program."""
    return data_path("playbooks") / f"{name}.yml"


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
