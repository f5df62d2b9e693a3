"""A run as a reader of another language sees it: events with their prose in that language, nothing else changed.

What is recorded and what machines read never goes through here.
"""

from dataclasses import replace

from playbook_engine.model.events import (
    ApprovalRequested,
    AttemptFinished,
    BranchTaken,
    EscalationIntended,
    EscalationUnacknowledged,
    Event,
    PlayFinished,
    PlayStarted,
    Recorded,
    RecordLost,
    RunFinished,
    RunPaused,
    RunStarted,
    StepFinished,
    StepStarted,
    TargetInput,
    UndoFinished,
    UndoStarted,
)
from playbook_engine.model.outcomes import Cause, Verdict
from playbook_engine.model.plan import PlaybookRef
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.model.translations import UNTRANSLATED, Reader
from playbook_engine.phrases.recorded import Ending
from playbook_engine.ports import EventSink
from playbook_engine.report.style import VERDICT_WORDS


def told_to(reader: Reader, sink: EventSink) -> EventSink:
    """Return a sink that shows a reader what the given one would show."""
    return sink if reader == UNTRANSLATED else _Retelling(sink, reader)


class _Retelling:
    """Hands events on in the reader's language."""

    def __init__(self, sink: EventSink, reader: Reader) -> None:
        self._sink = sink
        self._reader = reader

    def emit(self, recorded: Recorded) -> None:
        self._sink.emit(replace(recorded, event=retold(recorded.event, self._reader)))


def retold(event: Event, reader: Reader) -> Event:
    """Return an event with its prose for a reader."""
    match event:
        case RunStarted() | PlayStarted():
            return replace(event, playbook=_ref(event.playbook, reader))
        case StepStarted() | ApprovalRequested() | UndoStarted() | BranchTaken() | PlayFinished():
            return replace(event, title=reader.text(event.title))
        case StepFinished() | UndoFinished():
            return replace(event, title=reader.text(event.title), result=step_result(event.result, reader))
        case AttemptFinished():
            probe = None if event.probe is None else reader.text(event.probe)
            return replace(event, probe=probe, result=_target(event.result, reader))
        case EscalationIntended() | EscalationUnacknowledged() | RunPaused() | RecordLost():
            return replace(event, reason=reader.sentence(event.reason))
        case RunFinished():
            return finished(event, reader)
        case _:
            return event


def finished(event: RunFinished, reader: Reader) -> RunFinished:
    """Return how a run ended, for a reader."""
    return replace(
        event,
        reason=reader.sentence(event.reason),
        changed=tuple(map(reader.text, event.changed)),
        undone=tuple(map(reader.text, event.undone)),
        not_undone=tuple(map(reader.text, event.not_undone)),
    )


def step_result(result: StepResult, reader: Reader) -> StepResult:
    """Return the result of a step with its reasons for a reader."""
    targets = tuple(_target(target, reader) for target in result.targets)
    return replace(result, targets=targets, cause=_cause(result.cause, reader))


def _ref(ref: PlaybookRef, reader: Reader) -> PlaybookRef:
    return replace(ref, title=reader.text(ref.title))


def _target(target: TargetResult, reader: Reader) -> TargetResult:
    return target if target.cause is None else replace(target, cause=_cause(target.cause, reader))


def _cause(cause: Cause | None, reader: Reader) -> Cause | None:
    if cause is None:
        return None
    # A verify that repeats several health checks puts the title of the one before its reason.
    title, colon, rest = cause.message.partition(": ")
    if colon and reader.text(title) != title:
        return replace(cause, message=f"{reader.text(title)}: {reader.sentence(rest)}")
    return replace(cause, message=reader.sentence(cause.message))


def ways_back(inputs: tuple[TargetInput, ...], reader: Reader) -> tuple[TargetInput, ...]:
    """Return what would be done on each target, with the way back in the reader's words."""
    return tuple(each if each.undo is None else replace(each, undo=_way_back(each.undo, reader)) for each in inputs)


def _way_back(undo: str, reader: Reader) -> str:
    # `irreversible` is a word of the record, which the question has its own words for.
    return undo if undo == "irreversible" else reader.sentence(undo)


def ending(title: str, verdict: Verdict, reason: str, reader: Reader) -> str:
    """Return how a run ended in one sentence, as its last notice says it."""
    values = {"title": reader.text(title), "verdict": reader.words(VERDICT_WORDS[verdict])}
    return reader.words(Ending.ENDED, **values, reason=reader.sentence(reason))
