"""What the engine itself costs for a step on a target, record included, on targets that answer at once."""

import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure

# The tests' way of playing a playbook from text; shared, so that both play the same.
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from rehearsing import RUN, FrozenClock, Rehearsal, make_inventory

from playbook_engine.audit.redact import Redactor
from playbook_engine.audit.writer import RunRecorder
from playbook_engine.engine.carrying import ByTransport
from playbook_engine.model.replies import Answer
from playbook_engine.model.requests import Request
from playbook_engine.transports.fake import shell

STEPS = 5
RUNS = 7


class Instant:
    """A transport whose targets answer at once."""

    def __init__(self) -> None:
        self._answer = shell("x")

    async def perform(self, request: Request) -> Answer:
        del request
        return self._answer

    async def close(self) -> None:
        """Nothing is open."""


def measure() -> Iterator[Figure]:
    """Play five dependent steps on 100 and 1,000 targets."""
    for targets in (100, 1000):
        for recorded in (False, True):
            runs = [_once(targets, recorded=recorded) for _ in range(RUNS)]
            what = f"engine, step and target, {targets} x {STEPS}{', on disk' if recorded else ''}"
            yield Figure(what=what, unit="us", runs=runs, budget=100)


def _playbook() -> str:
    step = "  - check: S{n}\n    id: s{n}\n    ssh: echo {{{{ inventory_hostname }}}} {n}\n{when}"
    steps = (step.format(n=n, when=f"    when: s{n - 1}.passed\n" if n else "") for n in range(STEPS))
    return "hosts: all\nsteps:\n" + "".join(steps)


def _once(targets: int, *, recorded: bool) -> float:
    """Return microseconds for each step and target."""
    run = Rehearsal(_playbook(), inventory=make_inventory([f"h{number:04}" for number in range(targets)]))
    world = run.executor._world  # noqa: SLF001  the benchmark puts its own transport and record in
    instant = Instant()
    object.__setattr__(run.executor._tools, "carrier", ByTransport({"ssh": instant}))  # noqa: SLF001  as above
    with tempfile.TemporaryDirectory() as folder:
        if recorded:
            object.__setattr__(world, "recorder", RunRecorder.open(Path(folder), RUN, FrozenClock(), Redactor()))
        gc.collect()
        began = time.perf_counter()
        asyncio.run(run.play())
        return (time.perf_counter() - began) * 1e6 / (targets * STEPS)
