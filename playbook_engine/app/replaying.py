"""A recorded run, shown again from the events of its record."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from playbook_engine.audit import paths, reader, verify
from playbook_engine.audit.answers import whole_answers, with_answers
from playbook_engine.audit.decode_v1 import Decoder
from playbook_engine.audit.findings import Verification
from playbook_engine.frozen import dataclass
from playbook_engine.model.events import PlayStarted, Recorded, RunFinished, RunStarted
from playbook_engine.model.repeating import Poll
from playbook_engine.ports import EventSink
from playbook_engine.report.pace import Pace, RunTime
from playbook_engine.report.polls import seen_polling
from playbook_engine.values import RunId, StepPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A run as its record tells it, and what can be said of the record.

    `unreadable` has a sentence for each line that cannot be shown.
    """

    run: RunId
    events: tuple[Recorded, ...]
    verification: Verification
    unreadable: tuple[str, ...]

    @property
    def silences_ms(self) -> Sequence[int]:
        """Return the time between each two events; a clock that went backwards counts as none."""
        return [max(later.mono_ms - before.mono_ms, 0) for before, later in pairwise(self.events)]

    @property
    def finished(self) -> RunFinished | None:
        """Return how the run ended; None when its record has no end."""
        return next((each.event for each in self.events if isinstance(each.event, RunFinished)), None)

    def playbooks(self) -> Sequence[str]:
        """Return the files of the playbooks that were played, as the record names them."""
        begun = (each.event for each in self.events if isinstance(each.event, RunStarted | PlayStarted))
        return [event.playbook.path for event in begun]

    def polls(self) -> Mapping[StepPath, Poll | None]:
        """Return the steps that asked in rounds; for how long they may, is not on record."""
        return seen_polling(each.event for each in self.events)


def load(state: Path, wanted: str) -> Recording:
    """Read and verify the record of a run; raises UsageError when there is no such run."""
    path = reader.find(state, wanted)
    record = reader.read(path)
    unreadable = [f"line {number} cannot be read and is left out" for number in record.unreadable]
    decoder, events, answers = Decoder(), list[Recorded](), whole_answers(path)
    for fields in record.events:
        try:
            event = decoder.take(with_answers(fields, answers))
        except ValueError as error:
            unreadable.append(f"{error}; it is left out")
            continue
        events += [event] if event is not None else []
    return Recording(
        run=RunId(path.name.removesuffix(paths.SUFFIX)),
        events=tuple(events),
        verification=verify.verify(path, paths.ledger_file(state)),
        unreadable=tuple(unreadable),
    )


@dataclass(frozen=True, slots=True)
class Stage:
    """How time passes while a run is shown again: its own time, and how we wait."""

    time: RunTime
    sleep: Callable[[float], object]


def show(recording: Recording, pace: Pace, sinks: Sequence[EventSink], stage: Stage) -> None:
    """Hand the events to the sinks, with pauses between them."""
    for recorded, silence_ms in _with_silences(recording):
        pause_ms = pace.pause_ms(silence_ms)
        if pause_ms > 0:
            stage.time.runs_to(recorded.mono_ms, pause_ms)
            stage.sleep(pause_ms / 1000)
        stage.time.set(recorded.mono_ms)
        for sink in sinks:
            sink.emit(recorded)


def _with_silences(recording: Recording) -> Iterator[tuple[Recorded, int]]:
    """Yield each event with the silence before it."""
    yield from zip(recording.events, (0, *recording.silences_ms), strict=False)
