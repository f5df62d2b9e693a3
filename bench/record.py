"""How many events a second the record takes, encoded, chained and written, without fsync."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rehearsing import RUN, FrozenClock

from bench.figures import Figure
from playbook_engine.audit.redact import Redactor
from playbook_engine.audit.writer import RunRecorder
from playbook_engine.model.events import AttemptFinished
from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.results import TargetResult
from playbook_engine.transports.fake import shell
from playbook_engine.values import Secret, StepPath, TargetName

EVENTS = 5000
RUNS = 5


def measure() -> Iterator[Figure]:
    """Record the commonest event, with and without secrets to look for."""
    secrets = [Secret(f"KEY_{number}", f"hunter2-{number:032}") for number in range(3)]
    for what, redactor in (("no secrets", Redactor()), ("3 secrets", Redactor(secrets))):
        runs = [_once(redactor) for _ in range(RUNS)]
        yield Figure(what=f"record, events a second, {what}", unit="/s", runs=runs, budget=20_000, at_least=True)


def _once(redactor: Redactor) -> float:
    result = TargetResult(
        target=TargetName("web-01"), outcome=Outcome.OK, reply=shell("200 OK in 12 ms\n" * 20), begun=True
    )
    event = AttemptFinished(path=StepPath("steps/1"), attempt=1, result=result, duration_ms=12)
    with tempfile.TemporaryDirectory() as folder:
        recorder = RunRecorder.open(Path(folder), RUN, FrozenClock(), redactor)
        began = time.perf_counter()
        for _ in range(EVENTS):
            recorder.record(event)
        rate = EVENTS / (time.perf_counter() - began)
        recorder.close()
    return rate
