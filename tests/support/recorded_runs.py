"""One event of every type, a clock that stands still unless told, and a run put on record."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playbook_engine.audit.redact import Redactor
from playbook_engine.audit.writer import RunRecorder
from playbook_engine.diagnostics import Source, Span
from playbook_engine.model.events import (
    Actor,
    AnswersLost,
    ApprovalDeclined,
    ApprovalGranted,
    ApprovalRequested,
    AttemptFinished,
    BatchFinished,
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
    RecordLost,
    RunFinished,
    RunInterrupted,
    RunPaused,
    RunStarted,
    StepFinished,
    StepStarted,
    TargetInput,
    UndoFinished,
    UndoStarted,
)
from playbook_engine.model.outcomes import Cause, Outcome, Verdict
from playbook_engine.model.plan import InventoryRef, PlaybookRef
from playbook_engine.model.replies import HttpReply, KubectlReply, ManualReply, Output, Reply, ShellReply
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.model.rolling import Batches
from playbook_engine.values import RunId, StepPath, TargetName

RUN = RunId("01JDB8Z5Q2V7N9M4K6T3R1W0XY")
MAIN = TargetName("main")
SPAN = Span(Source("playbooks/jwks-outage.yml", "runbook: v1\n"), 31, 9, 31, 12)


class StepClock:
    """A clock that goes on by a fixed step each time it is asked."""

    def __init__(self, step_ms: int = 250) -> None:
        self._ticks = itertools.count()
        self._step_ms = step_ms

    def now(self) -> datetime:
        return datetime(2026, 11, 23, 19, 4, 5, 123456, UTC) + timedelta(
            milliseconds=next(self._ticks) * self._step_ms
        )

    def monotonic_ms(self) -> int:
        return 84_000

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("the record never sleeps")


def run_started(title: str = "JWKS cannot be fetched") -> RunStarted:
    return RunStarted(
        mode="play",
        playbook=PlaybookRef(
            name="jwks-outage",
            version="1.2.0",
            title=title,
            path="playbooks/jwks-outage.yml",
            sha256="ab" * 32,
            git="9f2c1d4+dirty",
        ),
        inventory=InventoryRef(
            name="demo",
            path="inventories/demo",
            sha256="cd" * 32,
            hosts=2,
            limit=None,
            selected=(TargetName("api-1"), TargetName("api-2")),
        ),
        environment="demo",
        actor=Actor(kind="user", user="ana", uid=1000, host="bastion1", tty="pts/3"),
        tool="runbook 0.1.0",
        inputs=(("cache_ttl", "3600"),),
    )


def target_input(target: TargetName = MAIN) -> TargetInput:
    return TargetInput(
        target=target,
        transport="kubectl",
        address="context demo",
        request="set env deployment/api SUPABASE_JWK=<secret SUPABASE_JWK>",
        timeout_ms=30_000,
        undo="set env deployment/api SUPABASE_JWK-",
    )


def result(
    outcome: Outcome = Outcome.OK, reply: Reply | None = None, *, target: str = "main", cause: Cause | None = None
) -> TargetResult:
    return TargetResult(
        target=TargetName(target), outcome=outcome, cause=cause, reply=reply, attempts=1, begun=reply is not None
    )


def attempt(reply: Reply | None, outcome: Outcome = Outcome.OK, path: str = "steps/1") -> AttemptFinished:
    return AttemptFinished(path=StepPath(path), attempt=1, result=result(outcome, reply), duration_ms=412)


def intent(path: str = "steps/2", title: str = "Serve the pinned key") -> StepStarted:
    return StepStarted(
        path=StepPath(path), verb="mitigate", title=title, id="pin", inputs=(target_input(),), changes=True
    )


def step_finished(path: str = "steps/2", title: str = "Serve the pinned key") -> StepFinished:
    return StepFinished(
        path=StepPath(path),
        verb="mitigate",
        title=title,
        id="pin",
        result=StepResult.of((result(reply=KubectlReply(changed=True)),)),
        duration_ms=600,
    )


def run_finished(verdict: Verdict = Verdict.RESOLVED) -> RunFinished:
    return RunFinished(
        verdict=verdict,
        exit_code=0,
        reason="'Tokens validate again' passed",
        changed=("Serve the pinned key",),
        told=("secondary_oncall",),
        duration_ms=65_400,
    )


def whole_run() -> tuple[Event, ...]:
    """Return a run with one event of every type that is ever on disk."""
    failing = Cause("expect", "status == 200 (status = 503)", "Look at the identity provider.", SPAN)
    reached = result(Outcome.FAILED, HttpReply(status=503, headers={}, body=Output("busy", size=4)), cause=failing)
    path = StepPath("steps/2")
    return (
        run_started(),
        StepStarted(path=StepPath("health/1"), verb="check", title="Keys are served", id="jwks", inputs=()),
        AttemptFinished(path=StepPath("health/1"), attempt=1, result=reached, duration_ms=31),
        StepFinished(
            path=StepPath("health/1"),
            verb="check",
            title="Keys are served",
            id="jwks",
            result=StepResult.of((reached,)),
            duration_ms=31,
        ),
        BranchTaken(
            path=StepPath("steps/1"),
            title="Where is the fault?",
            id=None,
            taken="case 2",
            trace="jwks.failed (jwks.failed = true)",
            not_taken=("case 1", "else"),
        ),
        ApprovalRequested(path=path, title="Serve the pinned key", id="pin", inputs=(target_input(),)),
        ApprovalGranted(path=path, by="ana", how="prompt"),
        intent(),
        attempt(
            KubectlReply(text=Output("env updated", size=11), changed=True, before={"replicas": 2}), path="steps/2"
        ),
        step_finished(),
        EscalationIntended(
            path=None, contact="secondary_oncall", reason="told at the end", message="JWKS is down", key="k-1"
        ),
        EscalationDelivered(
            path=None, contact="secondary_oncall", channel="slack", address="#oncall", receipt="ok", tries=1
        ),
        EscalationFailed(path=None, contact="cto", reasons=("slack: 503 after 3 tries",)),
        UndoStarted(path=path, title="Serve the pinned key", inputs=(target_input(),)),
        UndoFinished(
            path=path,
            title="Serve the pinned key",
            result=StepResult.of((result(reply=KubectlReply(changed=True)),)),
            duration_ms=80,
        ),
        ApprovalDeclined(path=StepPath("steps/3"), by="ana", stop=True),
        RunPaused(path=StepPath("steps/4"), reason="an approval is needed"),
        RunInterrupted(signal="SIGINT"),
        attempt(ShellReply(rc=0, stdout=Output("one\ntwo\n", size=8)), path="steps/5"),
        attempt(ManualReply(answer="done", by="ana", note="took a minute"), path="steps/6"),
        run_finished(),
    )


def rolled_run() -> tuple[Event, ...]:
    """Return a run with what came to the format later: turns of a loop, retries, batches, notes, what does not count."""
    names = tuple(TargetName(f"{host}[{item}]") for host in ("h1", "h2") for item in ("a", "b"))
    path, batches = StepPath("steps/1"), Batches((1, 3), 1)
    inputs = tuple(replace(target_input(name), on=TargetName(name[:2]), item=name[3]) for name in names)

    def ended(name: TargetName, outcome: Outcome = Outcome.OK, attempts: int = 1) -> TargetResult:
        cause = None if outcome is Outcome.OK else Cause("unreachable", "no route")
        reply = None if cause else ShellReply(rc=0)
        return replace(
            result(outcome, reply, target=name, cause=cause), attempts=attempts, on=TargetName(name[:2]), item=name[3]
        )

    tried = AttemptFinished(
        path=path, attempt=1, result=ended(names[0], Outcome.UNREACHABLE), duration_ms=9, settled=False
    )
    again = AttemptFinished(path=path, attempt=2, result=ended(names[0], attempts=2), duration_ms=7)
    aside = replace(result(Outcome.FAILED, ShellReply(rc=1), cause=Cause("expect", "rc = 1")), counts=False)
    return (
        replace(run_started(), notes=("a cooldown may be missed: the record x.jsonl: line 3 cannot be read",)),
        StepFinished(
            path=StepPath("health/1"),
            verb="check",
            title="Nice",
            id=None,
            result=StepResult.of((aside,)),
            duration_ms=2,
        ),
        ApprovalRequested(path=path, title="Restart", id="restart", inputs=inputs, batches=batches),
        StepStarted(
            path=path, verb="mitigate", title="Restart", id="restart", inputs=inputs, changes=True, batches=batches
        ),
        tried,
        again,
        BatchFinished(
            path=path, number=1, of=2, targets=names[:1], failed=0, max_failures=1, not_begun=3, goes_on=True
        ),
        *(AttemptFinished(path=path, attempt=1, result=ended(name), duration_ms=5) for name in names[1:]),
        StepFinished(
            path=path,
            verb="mitigate",
            title="Restart",
            id="restart",
            result=StepResult.of((ended(names[0], attempts=2), *map(ended, names[1:]))),
            duration_ms=40,
        ),
        run_finished(),
    )


def roads_and_plays() -> tuple[Event, ...]:
    """Return what a run has where hosts take their own roads, another playbook is played, somebody is waited for."""
    one, two, three = TargetName("api-1"), TargetName("api-2"), TargetName("api-3")
    play = StepPath("steps/7/case 1/play")
    ref = run_started().playbook
    return (
        BranchTaken(
            path=StepPath("steps/7"),
            title="What is full?",
            id=None,
            taken="case 1",
            trace="",
            not_taken=("else",),
            roads=(
                HostsRoad(taken="case 1", hosts=(one, two), trace="disk.failed (disk.failed = true)"),
                HostsRoad(taken=None, hosts=(three,), trace="disk has no 'json'", failed=True),
            ),
        ),
        PlayStarted(path=play, playbook=ref, inputs=(("limit", 90), ("path", "/var")), hosts=(one, two)),
        PlayFinished(path=play, name=ref.name, title=ref.title, ended=PlayEnd.RESOLVED, duration_ms=4_200),
        EscalationDelivered(
            path=StepPath("steps/8"),
            contact="ana",
            channel="slack",
            address="#oncall",
            receipt="ok",
            tries=1,
            wait_ms=600_000,
        ),
        EscalationAcknowledged(
            path=StepPath("steps/8"), contact="ana", by="bob", how="runbook ack", note="on it", waited_ms=72_000
        ),
        EscalationUnacknowledged(
            path=StepPath("steps/9"), contact="cto", reason="nobody took it within 10m", waited_ms=600_000
        ),
    )


def every_event() -> tuple[Event, ...]:
    """Return one event of every type; those that some runs have in more than one shape come in both."""
    batch = next(event for event in rolled_run() if isinstance(event, BatchFinished))
    lost = (RecordLost(reason="No space left on device"), AnswersLost(reason="those of this run have reached 64 MiB"))
    return (*whole_run(), *roads_and_plays(), batch, *lost)


def put_on_record(
    state_dir: Path, events: tuple[Event, ...], run: RunId = RUN, redactor: Redactor | None = None
) -> Path:
    """Record the events as a finished run and return its file."""
    with RunRecorder.open(state_dir, run, StepClock(), redactor or Redactor()) as recorder:
        for event in events:
            recorder.record(event, durable=True)
        recorder.seal()
        return recorder.path
