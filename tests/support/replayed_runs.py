"""Runs that were played in memory, put on record as they were, and what is written from the record."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from rehearsing import HEADER, RUN, Rehearsal

from playbook_engine.app import replaying
from playbook_engine.app.config import Config
from playbook_engine.app.rehearsing import from_record
from playbook_engine.app.rehearsing.from_record import Written
from playbook_engine.audit.redact import Redactor
from playbook_engine.audit.writer import RunRecorder
from playbook_engine.model.events import Recorded
from playbook_engine.values import Secret


class AsItWas:
    """A clock that tells the times of events that have happened."""

    def __init__(self, events: Sequence[Recorded]) -> None:
        self._events = list(events)
        self.at = 0

    def now(self) -> datetime:
        return self._events[min(self.at, len(self._events) - 1)].at

    def monotonic_ms(self) -> int:
        return self._events[min(self.at, len(self._events) - 1)].mono_ms

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("the record never sleeps")


def on_record(
    state: Path, events: Sequence[Recorded], *, answers: bool = False, secrets: Sequence[Secret] = ()
) -> Path:
    """Put a run on record, each event with its own time."""
    clock = AsItWas(events)
    with RunRecorder.open(state, RUN, clock, Redactor(secrets)) as recorder:
        if answers:
            recorder.keep_answers()
        for clock.at, recorded in enumerate(events):
            recorder.record(recorded.event)
        recorder.seal()
        return recorder.path


def write_playbooks(folder: Path, text: str, others: Mapping[str, str]) -> None:
    """Write a test's playbook as `test.yml`, and those that it plays beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, each in {"test": text, **others}.items():
        header = HEADER.replace("name: test", f"name: {name}")
        (folder / f"{name}.yml").write_text(header + each, encoding="utf-8")


def rehearsed(folder: Path, run: Rehearsal, *, answers: bool = False, secrets: Sequence[Secret] = ()) -> Written:
    """Return what is written from a run that was played."""
    write_playbooks(folder / "playbooks", run.text, run.others)
    on_record(folder / "state", run.recorder.events, answers=answers, secrets=secrets)
    config = Config(playbooks=folder / "playbooks")
    return from_record.rehearsal_of(replaying.load(folder / "state", RUN), None, config)
