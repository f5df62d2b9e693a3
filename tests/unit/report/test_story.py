"""Any events, in any order, at any width, are told in lines that fit and are safe."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_runs import every_event
from reported_runs import RUN, Run, result
from scenes import SCENES

from playbook_engine.model.events import (
    AnswersLost,
    ApprovalDeclined,
    ApprovalGranted,
    AttemptFinished,
    BranchTaken,
    EscalationAcknowledged,
    EscalationDelivered,
    EscalationFailed,
    EscalationIntended,
    EscalationUnacknowledged,
    Event,
    HostsRoad,
    PlayEnd,
    PlayFinished,
    PlayStarted,
    Recorded,
    RecordLost,
    RunFinished,
    RunInterrupted,
    RunPaused,
    StepFinished,
    StepStarted,
    TargetInput,
    UndoFinished,
    UndoStarted,
)
from playbook_engine.model.outcomes import Cause, Outcome, Verdict
from playbook_engine.model.plan import PlaybookRef
from playbook_engine.model.replies import HttpReply, KubectlReply, ManualReply, Output, ShellReply
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.report.pen import Pen
from playbook_engine.report.progress import Progress
from playbook_engine.report.running import running_lines
from playbook_engine.report.story import Storyteller
from playbook_engine.report.style import ASCII, UNICODE, Glyphs, plain
from playbook_engine.report.widths import display_width
from playbook_engine.values import StepPath, TargetName

TEXT = st.text(st.sampled_from("ab 1-é无\u0301\n\t\x1b\u202e\udc80[]"), max_size=50) | st.text(max_size=8)
PATHS = st.sampled_from(
    [StepPath(path) for path in ("health/1", "steps/1", "steps/2", "steps/1/else/1", "steps/2/case 1/play/finally/1")]
)
PLAYS = st.just(StepPath("steps/2/case 1/play"))
NAMES = st.builds(TargetName, st.from_regex(r"web-[0-9]{1,2}", fullmatch=True) | TEXT)
OUTPUTS = st.builds(lambda text: Output(head=text, size=len(text)), TEXT)
REPLIES = (
    st.none()
    | st.builds(ShellReply, rc=st.integers(0, 255), stdout=OUTPUTS, stderr=OUTPUTS)
    | st.builds(HttpReply, status=st.integers(100, 599), headers=st.just({}), body=OUTPUTS)
    | st.builds(KubectlReply, text=OUTPUTS, changed=st.none() | st.booleans())
    | st.builds(ManualReply, answer=TEXT, by=TEXT)
)
CAUSES = st.builds(
    Cause, st.sampled_from(["expect", "check", "when"]), TEXT | TEXT.map("would run: {}".format), st.none() | TEXT
)
RESULTS = st.builds(
    TargetResult,
    target=NAMES,
    outcome=st.sampled_from(Outcome),
    cause=st.none() | CAUSES,
    reply=REPLIES,
    attempts=st.integers(0, 4),
    begun=st.booleans(),
)
STEP_RESULTS = st.builds(
    lambda targets, cause: replace(StepResult.of(tuple(targets)), cause=cause),
    st.lists(RESULTS, max_size=6),
    st.none() | CAUSES,
)
VERBS = st.sampled_from(["check", "mitigate", "verify", "branch", "escalate"])
MS = st.integers(0, 10_000_000)
IDS = st.none() | TEXT
INPUTS = st.lists(
    st.builds(TargetInput, target=NAMES, transport=TEXT, address=TEXT, request=TEXT, timeout_ms=MS), max_size=8
).map(tuple)
WORDS = st.lists(TEXT, max_size=3).map(tuple)
ROADS = st.lists(
    st.builds(
        HostsRoad,
        taken=st.sampled_from(["case 1", "else", None]),
        hosts=st.lists(NAMES, min_size=1, max_size=4).map(tuple),
        trace=TEXT,
        failed=st.booleans(),
    ),
    max_size=5,
).map(tuple)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(StepStarted, path=PATHS, verb=VERBS, title=TEXT, id=IDS, inputs=INPUTS, changes=st.booleans()),
    st.builds(AttemptFinished, path=PATHS, attempt=st.integers(1, 4), result=RESULTS, duration_ms=MS),
    st.builds(StepFinished, path=PATHS, verb=VERBS, title=TEXT, id=IDS, result=STEP_RESULTS, duration_ms=MS),
    st.builds(
        BranchTaken,
        path=PATHS,
        title=TEXT,
        id=IDS,
        taken=TEXT,
        trace=TEXT,
        not_taken=WORDS,
        roads=st.just(()) | ROADS,
    ),
    st.builds(
        PlayStarted,
        path=PLAYS,
        playbook=st.builds(PlaybookRef, name=TEXT, version=TEXT, title=TEXT, path=TEXT, sha256=TEXT),
        inputs=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
        hosts=st.none() | st.lists(NAMES, max_size=3).map(tuple),
    ),
    st.builds(PlayFinished, path=PLAYS, name=TEXT, title=TEXT, ended=st.sampled_from(PlayEnd), duration_ms=MS),
    st.builds(EscalationAcknowledged, path=PATHS, contact=TEXT, by=TEXT, how=TEXT, note=TEXT, waited_ms=MS),
    st.builds(EscalationUnacknowledged, path=PATHS, contact=TEXT, reason=TEXT, waited_ms=MS),
    st.builds(ApprovalGranted, path=PATHS, by=TEXT, how=TEXT),
    st.builds(ApprovalDeclined, path=PATHS, by=TEXT, stop=st.booleans()),
    st.builds(EscalationIntended, path=st.none() | PATHS, contact=TEXT, reason=TEXT, message=TEXT, key=TEXT),
    st.builds(
        EscalationDelivered,
        path=st.none() | PATHS,
        contact=TEXT,
        channel=TEXT,
        address=TEXT,
        receipt=TEXT,
        tries=st.just(1),
        wait_ms=st.none() | MS,
    ),
    st.builds(EscalationFailed, path=st.none() | PATHS, contact=TEXT, reasons=WORDS),
    st.builds(UndoStarted, path=PATHS, title=TEXT, inputs=INPUTS),
    st.builds(UndoFinished, path=PATHS, title=TEXT, result=STEP_RESULTS, duration_ms=MS),
    st.builds(RunPaused, path=PATHS, reason=TEXT),
    st.builds(RunInterrupted, signal=TEXT, again=st.booleans()),
    st.builds(RecordLost, reason=TEXT),
    st.builds(AnswersLost, reason=TEXT),
    st.builds(RunFinished, verdict=st.sampled_from(Verdict), exit_code=st.integers(0, 255), reason=TEXT),
)
HARMFUL = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def assert_safe(line: str, width: int) -> None:
    assert not {unicodedata.category(char) for char in line} & HARMFUL
    assert display_width(line) <= width


@settings(deadline=None, max_examples=60)
@given(st.lists(EVENTS, max_size=6), st.integers(20, 200), st.sampled_from([UNICODE, ASCII]))
def test_any_events_are_told_in_lines_that_fit(events: list[Event], width: int, glyphs: Glyphs) -> None:
    """Neither hosts nor authors can break the screen."""
    story, progress, run = Storyteller(glyphs), Progress(), Run().begin()
    for recorded in run.add(*events).events:
        progress.take(recorded)
        for line in story.tell(recorded.event, width):
            assert_safe(plain(line), width)
        for step in progress.running.values():
            for line in running_lines(step, None, recorded.mono_ms, Pen(width, glyphs)):
                assert_safe(plain(line), width)


@pytest.mark.parametrize("width", [20, 40, 80, 200])
@pytest.mark.parametrize("scene", SCENES)
def test_runs_fit_at_every_width(scene: str, width: int) -> None:
    """Real stories do, too."""
    story = Storyteller()
    for recorded in SCENES[scene]().events:
        for line in story.tell(recorded.event, width):
            assert_safe(plain(line), width)


def test_every_type_of_event_is_known() -> None:
    """What is on record can be told and folded."""
    story, progress = Storyteller(), Progress()
    for number, event in enumerate(every_event(), 1):
        recorded = Recorded(seq=number, at=Run().begin().events[0].at, mono_ms=number, run=RUN, event=event)
        progress.take(recorded)
        story.tell(event, 80)
    assert progress.running == {}


def told(*events: Event, width: int = 80) -> list[str]:
    story = Storyteller()
    return [plain(line) for event in events for line in story.tell(event, width)]


def test_who_approved_is_told_with_the_mitigation() -> None:
    """And not once more with the next one."""
    path = StepPath("steps/1")
    end = StepFinished(path=path, verb="mitigate", title="Restart", id=None, result=StepResult.of((result("a"),)))
    assert told(ApprovalGranted(path=path, by="--yes", how="--yes"), end, end) == [
        "✓ mitigate Restart  changed",
        "    approved by --yes",
        "✓ mitigate Restart  changed",
    ]


def test_a_notice_is_told_by_its_reason() -> None:
    """Who, on which channel, or why on none."""
    intended = EscalationIntended(path=None, contact="cto", reason="Nothing helped", message="m", key="k")
    delivered = EscalationDelivered(path=None, contact="cto", channel="slack", address="@cto", receipt="", tries=1)
    failed = EscalationFailed(path=None, contact="cto", reasons=("slack: 503", "hook: timeout"))
    assert told(intended, delivered) == ["✓ escalate Nothing helped  told cto on slack @cto"]
    assert told(intended, failed) == [
        "✗ escalate Nothing helped  cto could not be told",
        "    slack: 503",
        "    hook: timeout",
    ]


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (RunInterrupted(signal="SIGINT"), "! SIGINT: stopping; what was changed is taken back"),
        (RunInterrupted(signal="SIGINT", again=True), "! SIGINT: again: ending now"),
        (RecordLost(reason="disk full"), "! no record: disk full; nothing will be changed"),
        (AnswersLost(reason="disk full"), "! full answers are no longer kept: disk full; the run goes on"),
        (ApprovalDeclined(path=StepPath("steps/1"), by="ana", stop=False), "! ana said no"),
        (ApprovalDeclined(path=StepPath("steps/1"), by="ana", stop=True), "! ana said no and ends the run"),
        (RunPaused(path=StepPath("steps/1"), reason="a yes is needed"), "! waiting: a yes is needed"),
    ],
)
def test_signs(event: Event, line: str) -> None:
    """What a person must not miss."""
    assert told(event) == [line]


def test_a_road_is_told_with_its_reason_where_there_is_room() -> None:
    """Else the reason stands below, whole."""
    event = BranchTaken(path=StepPath("s"), title="Where?", id=None, taken="case 1", trace="a (a = 1)", not_taken=())
    assert told(event) == ["→ branch   Where?  → case 1: a (a = 1)"]
    assert told(event, width=32) == ["→ branch   Where?  → case 1", "    a (a = 1)"]


def test_many_reasons_for_one_road_are_told_together() -> None:
    """A road that a hundred hosts take, each with a value of its own, is one line and not a hundred."""
    roads = tuple(
        HostsRoad(taken="case 1", hosts=(TargetName(f"web-{n:03d}"),), trace=f"cpu > 80 (cpu = {n})")
        for n in range(90, 190)
    )
    event = BranchTaken(
        path=StepPath("steps/1"), title="Busy?", id=None, taken="case 1", trace="", not_taken=("else",), roads=roads
    )
    lines = told(event, width=100)
    assert lines == [
        "→ branch   Busy?  each of 100 hosts its own",
        "    case 1  web-[090:189]: 100 reasons, on web-090: cpu > 80 (cpu = 90)",
    ]
