"""What was written is read again as the events that it was."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from recorded_runs import RUN, every_event, result, whole_run

from playbook_engine.audit.decode_v1 import decode
from playbook_engine.audit.jsontext import one_line
from playbook_engine.audit.record_v1 import encode
from playbook_engine.model.events import AttemptFinished, Event, PlayStarted, Recorded, RecordLost, StepFinished
from playbook_engine.model.outcomes import Cause
from playbook_engine.model.replies import (
    Certificate,
    HttpReply,
    KubectlReply,
    ManualReply,
    NoticeReply,
    Output,
    Reply,
    ShellReply,
)
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.values import StepPath

AT = datetime(2026, 11, 23, 19, 4, 5, 123456, UTC)


def through_disk(*events: Event) -> list[Event]:
    """Return events as they come back."""
    recorded = [Recorded(seq=n, at=AT, mono_ms=77, run=RUN, event=event) for n, event in enumerate(events, 1)]
    lines = [json.loads(one_line(encode(each))) for each in recorded]
    found = list(decode(lines))
    assert [(each.seq, each.at, each.mono_ms, each.run) for each in found] == [
        (each.seq, each.at, each.mono_ms, each.run) for each in recorded
    ]
    return [each.event for each in found]


def kept(event: Event) -> Event:
    """Return an event without what is never on disk: places in files, answers at the end of a step."""
    match event:
        case AttemptFinished():
            return replace(event, result=_kept(event.result))
        case StepFinished():
            targets = tuple(replace(_kept(each), reply=None) for each in event.result.targets)
            return replace(event, result=replace(event.result, targets=targets))
        case PlayStarted():
            return replace(event, inputs=tuple((name, str(value)) for name, value in event.inputs))
        case _:
            return event


def _kept(target: TargetResult) -> TargetResult:
    cause = target.cause
    return replace(target, cause=None if cause is None else Cause(cause.kind, cause.message, cause.hint))


@pytest.mark.parametrize(
    "event", [event for event in every_event() if not isinstance(event, RecordLost)], ids=lambda event: event.type
)
def test_every_event_comes_back(event: Event) -> None:
    assert through_disk(event) == [kept(event)]


@pytest.mark.parametrize(
    "reply",
    [
        ShellReply(
            rc=3, stdout=Output("out", size=3), stderr=Output("a", "z", 90_000, truncated=True), signal="TERM"
        ),
        HttpReply(status=503, headers={}, body=Output("busy", size=4), duration_ms=12),
        HttpReply(
            status=200,
            headers={},
            duration_ms=12,
            connect_ms=1,
            tls_ms=4,
            ttfb_ms=9,
            certificate=Certificate(
                names=("a.example", "b.example"),
                subject="CN=a.example",
                issuer="CN=Example CA",
                not_after="2027-01-31T12:00:00Z",
                days_left=-3,
            ),
        ),
        KubectlReply(text=Output("set", size=3), changed=True, before={"replicas": 2}),
        ManualReply(answer="done", by="ana", note="slowly"),
        NoticeReply(delivered=True, acknowledged=True, by="bob"),
    ],
    ids=lambda reply: type(reply).__name__,
)
def test_every_answer_comes_back_with_its_attempt_and_with_the_end_of_its_step(reply: Reply) -> None:
    """The end of a step has no answers on disk; they are those of its last attempts."""
    target = replace(result(reply=reply), captured={"used": 95, "names": ["a", None]})
    first = AttemptFinished(path=StepPath("steps/1"), attempt=1, result=result(), duration_ms=1, settled=False)
    last = replace(first, attempt=2, result=target, settled=True)
    end = StepFinished(path=StepPath("steps/1"), verb="check", title="A", id="a", result=StepResult.of((target,)))
    assert through_disk(first, last, end)[1:] == [last, end]


def test_a_type_that_a_later_version_added_is_left_out() -> None:
    lines = [{"type": "moon.risen", "seq": 1}]
    assert list(decode(lines)) == []


@pytest.mark.parametrize("event", whole_run(), ids=lambda event: event.type)
def test_what_is_none_of_ours_is_a_value_error(event: Event) -> None:
    """Whatever field is missing or of another type; nothing else is raised."""
    fields = encode(Recorded(seq=1, at=AT, mono_ms=77, run=RUN, event=event))
    for name in set(fields) - {"v", "type"}:
        for broken in ({k: v for k, v in fields.items() if k != name}, {**fields, name: 3.5}):
            try:
                list(decode([broken]))
            except ValueError:
                continue
