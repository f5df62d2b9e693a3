"""What holds for every playbook: it ends, its events give its state again, in memory and from disk."""

import asyncio
import json
import random  # noqa: TID251  seeded
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from generated import Choose, Whole, playbook, playbooks
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recorded_runs import StepClock
from rehearsing import RUN, Rehearsal, ScriptedAcks, ScriptedTeller, make_inventory

from playbook_engine.audit.decode_v1 import decode
from playbook_engine.audit.jsontext import one_line
from playbook_engine.audit.reader import read
from playbook_engine.audit.record_v1 import encode
from playbook_engine.audit.redact import Redactor
from playbook_engine.audit.writer import RunRecorder
from playbook_engine.engine.conductor import advance, begin
from playbook_engine.engine.state import Phase, RunState
from playbook_engine.model.events import (
    BranchTaken,
    Event,
    PlayFinished,
    PlayStarted,
    Recorded,
    RecordLost,
    RunFinished,
    RunInterrupted,
    RunPaused,
    StepStarted,
    UndoStarted,
)
from playbook_engine.model.replies import Answer, Fault, FaultKind, ShellReply
from playbook_engine.model.requests import Request
from playbook_engine.transports.fake import Computed, FakeTransport, shell

MOST_REQUESTS = 2_000
ANSWERS: tuple[Answer, ...] = (
    shell(),
    shell('{"a": 1}'),
    shell(rc=1),
    Fault(kind=FaultKind.UNREACHABLE, message="no route"),
    Fault(kind=FaultKind.LOST, message="reset", begun=True),
    Fault(kind=FaultKind.TIMEOUT, message="too late", begun=True, may_live=True),
)


@dataclass(frozen=True)
class Fate:
    """What happens in a run besides what its playbook says."""

    answers: tuple[Answer, ...]
    signals: frozenset[int]
    """The requests at which a signal comes."""
    taken_at: int | None
    deaf: frozenset[str]
    yes: bool
    lost_at: int | None
    """The event at which the disk is full."""


FATES = st.builds(
    Fate,
    answers=st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=9).map(tuple),
    signals=st.frozensets(st.integers(1, 12), max_size=2) | st.just(frozenset()),
    taken_at=st.integers(1, 3) | st.none(),
    deaf=st.frozensets(st.sampled_from(("ana", "bob"))),
    yes=st.booleans(),
    lost_at=st.none() | st.none() | st.integers(1, 30),
)
EVERY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def played(whole: Whole, fate: Fate) -> Rehearsal:
    """Play a playbook under a fate to its end."""
    text, others = whole
    seen = 0
    events = 0

    def answer(request: Request) -> Answer:
        nonlocal seen
        del request
        seen += 1
        assert seen < MOST_REQUESTS
        if seen in fate.signals:
            run.executor.interrupt("SIGINT")
        return fate.answers[seen % len(fate.answers)]

    def full(event: Event) -> bool:
        nonlocal events
        del event
        events += 1
        return fate.lost_at is not None and events >= fate.lost_at

    run = Rehearsal(
        text,
        others=others,
        inventory=make_inventory(rules=("cto",)),
        fake=FakeTransport(default=Computed(answer)),
        teller=ScriptedTeller(deaf=fate.deaf),
        acks=ScriptedAcks(taken_at=fate.taken_at),
        yes=fate.yes,
        fails_at=full,
    )
    asyncio.run(run.play())
    return run


def folded(run: Rehearsal, events: list[Recorded]) -> RunState:
    """Return the state that the events give, with nobody carrying anything out."""
    state = begin(run.executor.state.plan, RUN)
    for recorded in events:
        state, _ = advance(state, recorded)
    return state


@pytest.mark.no_cover  # the same lines thousands of times
@given(playbooks(), FATES)
@EVERY
def test_every_run_ends_and_its_events_give_its_state_again(whole: Whole, fate: Fate) -> None:
    """Under any answers, signals and full disks; no step runs twice, and every play that began has an end."""
    run = played(whole, fate)
    state = run.executor.state
    assert (state.phase, state.open) == (Phase.DONE, frozenset())
    assert folded(run, run.recorder.events) == state
    _check_story([recorded.event for recorded in run.recorder.events])


def _check_story(events: list[Event]) -> None:
    """Look at what must be true of every story."""
    assert [event for event in events if isinstance(event, RunFinished)] == events[-1:]
    begun = [event.path for event in events if isinstance(event, StepStarted)]
    assert len(begun) == len(set(begun))
    undone = [event.path for event in events if isinstance(event, UndoStarted)]
    assert undone == sorted(undone, key=begun.index, reverse=True)
    open_plays: list[str] = []
    for event in events:
        if isinstance(event, PlayStarted):
            open_plays.append(event.path)
        elif isinstance(event, PlayFinished):
            assert open_plays.pop() == event.path
    assert not open_plays or any(isinstance(event, RunPaused | RunInterrupted) for event in events)


@pytest.mark.no_cover  # the same lines thousands of times
@given(playbooks(), FATES)
@EVERY
def test_every_moment_of_a_run_can_be_folded_from_its_record(whole: Whole, fate: Fate) -> None:
    """What was written and read back leads through the same phases, frames and facts as what really happened."""
    run = played(whole, replace(fate, lost_at=None))
    lines = [json.loads(one_line(encode(recorded))) for recorded in run.recorder.events]
    live = disk = begin(run.executor.state.plan, RUN)
    for real, reread in zip(run.recorder.events, decode(lines), strict=True):
        assert type(real.event) is type(reread.event)
        live, _ = advance(live, real)
        disk, _ = advance(disk, reread)
        assert (disk.phase, disk.frames, disk.open, disk.facts) == (live.phase, live.frames, live.open, live.facts)
        assert [planned.path for planned in disk.undo] == [planned.path for planned in live.undo]
        assert _outcomes(disk) == _outcomes(live)


def _outcomes(state: RunState) -> dict[str, dict[str, list[str]]]:
    return {
        scope: {name: [t.outcome.value for t in result.targets] for name, result in results.items()}
        for scope, results in state.results.items()
    }


def test_a_record_on_disk_gives_the_state_again(tmp_path: Path) -> None:
    """By the writer and the reader that a run really uses."""
    whole = (
        """
hosts: all
steps:
  - {check: Disk, id: disk, ssh: df, capture: {used: json.a}}
  - branch: Where?
    for: host
    cases: [{when: disk.failed, play: {playbook: b, inputs: {given: "{{ run.id }}"}}}]
    else: [{escalate: Look, id: look, to: ana, wait_for_ack: 5s}]
""",
        {"b": "hosts: all\ninputs: {given: {type: string, required: true}}\nsteps: [{verify: V, ssh: v}]\n"},
    )
    answers = (shell('{"a": 1}'), shell('{"a": 2}'), Fault(kind=FaultKind.UNREACHABLE, message="gone"))
    fate = Fate(answers, frozenset(), taken_at=2, deaf=frozenset(), yes=True, lost_at=None)
    run = played(whole, fate)
    with RunRecorder.open(tmp_path, RUN, StepClock(), Redactor()) as recorder:
        for recorded in run.recorder.events:
            recorder.record(recorded.event)
    state = folded(run, list(decode(read(recorder.path).events)))
    real = run.executor.state
    assert (state.phase, state.facts.told, state.facts.verified) == (real.phase, ("ana", "cto"), False)
    assert _outcomes(state) == _outcomes(real)
    seen = state.results[""]  # type: ignore[index]  # the scope of the run's own playbook
    assert isinstance(seen["disk"].targets[0].reply, ShellReply)
    assert seen["look"].targets[0].outcome.value == "ok"


@pytest.mark.no_cover  # the same lines thousands of times
def test_what_the_properties_speak_of_happens() -> None:
    """The same for runs that are full of it: roads, other playbooks, undo, signals, waiting, full disks."""
    found: set[str] = set()
    for seed in range(100):
        choose = random.Random(seed).choice  # noqa: S311  the same runs every time
        run = played(playbook(choose), _fate(choose))
        assert folded(run, run.recorder.events) == run.executor.state
        _check_story([recorded.event for recorded in run.recorder.events])
        found.update(recorded.event.type for recorded in run.recorder.events)
        if any(isinstance(r.event, BranchTaken) and r.event.roads for r in run.recorder.events):
            found.add("roads")
    wanted = {"roads", "play.started", "play.finished", "undo.finished", "run.interrupted", "run.paused"}
    assert wanted | {"escalation.acknowledged", "escalation.unacknowledged", RecordLost.type} <= found


def _fate(choose: Choose) -> Fate:
    return Fate(
        answers=tuple(choose(ANSWERS) for _ in range(7)),
        signals=frozenset(choose(((), (), (), (3,), (5,), (4, 6)))),
        taken_at=choose((None, 2)),
        deaf=frozenset(choose(((), (), ("ana",)))),
        yes=choose((True, True, False)),
        lost_at=choose((None, None, None, None, 12)),
    )
