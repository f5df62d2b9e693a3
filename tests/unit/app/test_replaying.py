"""A recorded run is shown again as it was shown."""

import asyncio
import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from generated import Whole, playbooks
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recorded_runs import RUN, StepClock, put_on_record, rolled_run, whole_run
from rehearsing import Rehearsal, ScriptedAcks
from reported_runs import Run
from scenes import SCENES

from playbook_engine.app import replaying
from playbook_engine.app.replaying import Recording, Stage
from playbook_engine.audit.chain import GENESIS, Domain, link
from playbook_engine.audit.redact import Redactor
from playbook_engine.audit.writer import RunRecorder
from playbook_engine.errors import UsageError
from playbook_engine.model.events import Event, Recorded
from playbook_engine.model.replies import Answer, Fault, FaultKind
from playbook_engine.report.lines import PlainLines
from playbook_engine.report.pace import AT_ONCE, Pace, RunTime
from playbook_engine.transports.fake import Computed, FakeTransport, shell

ANSWERS: tuple[Answer, ...] = (
    shell("well\n"),
    shell('{"a": 1}'),
    shell("坏了\n", stderr="\x1b[2Jno\n", rc=3),
    Fault(kind=FaultKind.UNREACHABLE, message="no route", hint="Is it up?"),
    Fault(kind=FaultKind.LOST, message="reset", begun=True),
)


@dataclass
class Watching:
    """An event sink and a clock: what was shown, and when."""

    lines: list[str] = field(default_factory=list)
    shown: list[Recorded] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    seen_at: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.time = RunTime(lambda: 0.0)
        self._plain = PlainLines(self.lines.append)

    def emit(self, recorded: Recorded) -> None:
        self.shown.append(recorded)
        self.seen_at.append(self.time.now_ms())
        self._plain.emit(recorded)

    def watch(self, recording: Recording, pace: Pace) -> "Watching":
        replaying.show(recording, pace, [self], Stage(self.time, self.slept.append))
        return self


def shown_live(state: Path, events: list[Event]) -> list[str]:
    """Record events, and return what a screen showed of them while they came."""
    live = Watching()
    with RunRecorder.open(state, RUN, StepClock(), Redactor()) as recorder:
        for event in events:
            live.emit(recorder.record(event))
        recorder.seal()
    return live.lines


def shown_again(state: Path) -> list[str]:
    return Watching().watch(replaying.load(state, RUN), AT_ONCE).lines


@pytest.mark.parametrize("scene", SCENES)
def test_it_tells_what_was_told(scene: str, tmp_path: Path) -> None:
    events = [recorded.event for recorded in SCENES[scene]().events]
    assert shown_live(tmp_path, events) == shown_again(tmp_path)


@given(playbooks(), st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=9), st.none() | st.integers(1, 3))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_it_tells_what_was_told_of_any_run(whole: Whole, answers: list[Answer], taken_at: int | None) -> None:
    run = Rehearsal(
        whole[0],
        others=whole[1],
        fake=FakeTransport(default=Computed(lambda _: answers[len(run.fake.requests) % len(answers)])),
        acks=ScriptedAcks(taken_at=taken_at),
    )
    asyncio.run(run.play())
    with tempfile.TemporaryDirectory() as folder:
        live = shown_live(Path(folder), [recorded.event for recorded in run.recorder.events])
        assert live == shown_again(Path(folder))
    assert len(live) > 3


def recorded_with_pauses(state: Path) -> list[int]:
    """Put a run on record whose events come after 0, 100, 5,000 and 60,000 ms; return its times."""

    class Clock(StepClock):
        def monotonic_ms(self) -> int:
            return times[min(len(asked), len(times) - 1)]

    times, asked = [84_000, 84_100, 89_100, 149_100], list[Event]()
    with RunRecorder.open(state, RUN, Clock(), Redactor()) as recorder:
        for event in (*whole_run()[:3], whole_run()[-1]):
            recorder.record(event)
            asked.append(event)
        recorder.seal()
    return times


def test_silences_are_kept_as_the_pace_says(tmp_path: Path) -> None:
    """And the run's own clock stands at the time of each event when it is shown."""
    times = recorded_with_pauses(tmp_path)
    recording = replaying.load(tmp_path, RUN)

    watching = Watching().watch(recording, Pace(10))

    assert watching.slept == [0.01, 0.5, 6.0]
    assert watching.seen_at == times
    assert Watching().watch(recording, Pace(1, 2_000)).slept == [0.1, 2.0, 2.0]
    assert Watching().watch(recording, AT_ONCE).slept == []


def test_a_clock_that_went_back_is_no_silence(tmp_path: Path) -> None:
    class Clock(StepClock):
        def monotonic_ms(self) -> int:
            return next(ticks)

    ticks = iter([90_000, 10, 500])
    with RunRecorder.open(tmp_path, RUN, Clock(), Redactor()) as recorder:
        for event in whole_run()[:3]:
            recorder.record(event)
    assert replaying.load(tmp_path, RUN).silences_ms == [0, 490]


def test_steps_that_polled_are_known(tmp_path: Path) -> None:
    """From their answers: none of them is settled. A step that was tried again is none."""
    resolved = SCENES["resolved"]()
    put_on_record(tmp_path, tuple(recorded.event for recorded in resolved.events))
    assert dict(replaying.load(tmp_path, RUN).polls()) == {"steps/5": None}

    put_on_record(tmp_path / "rolled", rolled_run())
    assert dict(replaying.load(tmp_path / "rolled", RUN).polls()) == {}


def test_what_cannot_be_read_is_left_out_and_named(tmp_path: Path) -> None:
    """A line that is no JSON, one that is no event of ours, and a piece of a line at the end."""
    path = put_on_record(tmp_path, whole_run())
    lines = path.read_bytes().splitlines(keepends=True)
    strange = link(Domain.RECORD, '{"v":1,"seq":2,"type":"step.started","path":7}', GENESIS).line + b"\n"
    path.write_bytes(b"".join((lines[0], b"\x00\xff\n", strange, *lines[3:], b'{"v":1,')))

    recording = replaying.load(tmp_path, RUN)

    assert recording.unreadable == (
        "line 2 cannot be read and is left out",
        "path: expected a text, found int; it is left out",
    )
    assert len(recording.events) == len(lines) - 2
    assert not recording.verification.sealed or recording.verification.problems
    assert recording.finished is not None


def test_a_type_of_a_later_version_is_left_out(tmp_path: Path) -> None:
    path = put_on_record(tmp_path, whole_run())
    fields = json.dumps({"v": 1, "seq": 99, "type": "moon.risen"}, separators=(",", ":"))
    path.write_bytes(path.read_bytes() + link(Domain.RECORD, fields, GENESIS).line + b"\n")
    assert len(replaying.load(tmp_path, RUN).events) == len(whole_run())


def test_a_run_that_is_not_there(tmp_path: Path) -> None:
    put_on_record(tmp_path, whole_run())
    with pytest.raises(UsageError, match="there is no run 'nobody' on record"):
        replaying.load(tmp_path, "nobody")


def test_a_run_without_an_end_has_none(tmp_path: Path) -> None:
    run = Run().begin().start("steps/1", "mitigate", "Restart", ("api-1",))
    shown_live(tmp_path, [recorded.event for recorded in run.events])
    assert replaying.load(tmp_path, RUN).finished is None
