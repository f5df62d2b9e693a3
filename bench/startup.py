"""How long people wait before anything happens."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure
from playbook_engine.resources import data_path

RUNS = 11


def measure() -> Iterator[Figure]:
    """Time the whole process, wall clock."""
    runbook = str(Path(sys.executable).with_name("runbook"))
    playbook = str(data_path("playbooks") / "jwks-outage.yml")
    yield Figure(what="runbook --help", unit="ms", runs=_times([runbook, "--help"]), budget=150)
    yield Figure(what="runbook lint, one playbook", unit="ms", runs=_times([runbook, "lint", playbook]), budget=250)


def _times(command: list[str]) -> list[float]:
    # Installed programs have their bytecode cached; a shell that forbids that would measure the compiler.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    times = []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True, env=environment)
        times.append((time.perf_counter() - began) * 1000)
    return times[1:]  # the first run fills the caches
