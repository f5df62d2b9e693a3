"""Made-up runs as lists of events, for what shows runs: screens, summaries, documents."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from playbook_engine.model.events import (
    Actor,
    AttemptFinished,
    BranchTaken,
    EscalationDelivered,
    EscalationFailed,
    EscalationIntended,
    Event,
    Recorded,
    RunFinished,
    RunStarted,
    StepFinished,
    StepStarted,
    TargetInput,
    UndoFinished,
    UndoStarted,
)
from playbook_engine.model.outcomes import Cause, Outcome, Verdict
from playbook_engine.model.plan import InventoryRef, PlaybookRef
from playbook_engine.model.replies import HttpReply, Output, Reply, ShellReply
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.values import RunId, StepPath, TargetName

RUN = RunId("01JDB8Z5Q2V7N9M4K6T3R1W0XY")
HEAD = "6b654159d7a664b2" + "0" * 48
RECORD = f"~/.local/state/runbook/runs/{RUN}.jsonl"
BEGIN = datetime(2026, 11, 23, 19, 4, 5, tzinfo=UTC)


def text(content: str) -> Output:
    return Output(head=content, size=len(content.encode()))


def shell(stdout: str = "", *, rc: int = 0, stderr: str = "") -> ShellReply:
    return ShellReply(rc=rc, stdout=text(stdout), stderr=text(stderr))


def http(status: int, body: str = "") -> HttpReply:
    return HttpReply(status=status, headers={}, body=text(body))


def result(
    target: str,
    outcome: Outcome = Outcome.OK,
    reply: Reply | None = None,
    cause: Cause | str | None = None,
    *,
    attempts: int = 1,
    begun: bool = True,
) -> TargetResult:
    """Return how a target ended; a cause given as text is that of an expectation."""
    why = Cause("expect", cause) if isinstance(cause, str) else cause
    return TargetResult(
        target=TargetName(target), outcome=outcome, cause=why, reply=reply, attempts=attempts, begun=begun
    )


@dataclass(slots=True)
class Run:
    """A run under way: `after` lets time pass, the other methods add events."""

    title: str = "JWKS cannot be fetched"
    hosts: Sequence[str] = ("api-1", "api-2")
    mode: str = "play"
    limit: str | None = None
    now_ms: int = 84_000
    events: list[Recorded] = field(default_factory=list)
    _steps: dict[str, StepStarted] = field(default_factory=dict)
    _since: dict[str, int] = field(default_factory=dict)

    def add(self, *events: Event) -> "Run":
        for event in events:
            at = BEGIN + timedelta(milliseconds=self.now_ms - 84_000)
            self.events.append(Recorded(seq=len(self.events) + 1, at=at, mono_ms=self.now_ms, run=RUN, event=event))
        return self

    def after(self, ms: int) -> "Run":
        self.now_ms += ms
        return self

    def begin(self) -> "Run":
        names = tuple(map(TargetName, self.hosts))
        return self.add(
            RunStarted(
                mode=self.mode,
                playbook=PlaybookRef(
                    name="jwks-outage",
                    version="1.2.0",
                    title=self.title,
                    path="playbooks/jwks-outage.yml",
                    sha256="ab" * 32,
                ),
                inventory=InventoryRef(
                    name="prod",
                    path="inventories/prod",
                    sha256="cd" * 32,
                    hosts=len(names),
                    limit=self.limit,
                    selected=names,
                ),
                environment="prod",
                actor=Actor(kind="user", user="ana", uid=1000, host="bastion1", tty="pts/3"),
                tool="runbook 0.1.0",
            )
        )

    def start(
        self,
        path: str,
        verb: str,
        title: str,
        targets: Sequence[str] = ("control",),
        *,
        request: str = "true",
        undo: str | None = None,
    ) -> "Run":
        inputs = tuple(asked(target, request, undo) for target in targets)
        return self.add(self._about(path, verb, title, inputs))

    def _about(self, path: str, verb: str, title: str, inputs: tuple[TargetInput, ...]) -> StepStarted:
        self._since[path] = self.now_ms
        self._steps[path] = StepStarted(
            path=StepPath(path), verb=verb, title=title, id=None, inputs=inputs, changes=verb == "mitigate"
        )
        return self._steps[path]

    def skip(self, path: str, verb: str, title: str, *results: TargetResult, cause: Cause | None = None) -> "Run":
        """Add the end of a step that was never begun."""
        self._about(path, verb, title, ())
        return self.end(path, *results, cause=cause)

    def answer(self, path: str, *results: TargetResult, took: int = 30, settled: bool = True) -> "Run":
        return self.add(
            *(
                AttemptFinished(
                    path=StepPath(path), attempt=each.attempts, result=each, duration_ms=took, settled=settled
                )
                for each in results
            )
        )

    def end(self, path: str, *results: TargetResult, cause: Cause | None = None) -> "Run":
        step = self._steps[path]
        combined = StepResult.of(tuple(results))
        return self.add(
            StepFinished(
                path=step.path,
                verb=step.verb,
                title=step.title,
                id=None,
                result=StepResult(outcome=combined.outcome, targets=combined.targets, cause=cause),
                duration_ms=self.now_ms - self._since[path],
            )
        )

    def step(
        self, path: str, verb: str, title: str, *results: TargetResult, took: int = 31, request: str = "true"
    ) -> "Run":
        """Add a whole step whose targets answer at once."""
        self.start(path, verb, title, tuple(each.target for each in results), request=request)
        return self.after(took).answer(path, *results, took=took).end(path, *results)

    def undo(self, path: str, *results: TargetResult, took: int = 80) -> "Run":
        title, inputs = self._steps[path].title, tuple(asked(each.target) for each in results)
        self.add(UndoStarted(path=StepPath(path), title=title, inputs=inputs)).after(took)
        ended = StepResult.of(tuple(results))
        return self.add(UndoFinished(path=StepPath(path), title=title, result=ended, duration_ms=took))

    def branch(self, title: str, taken: str, trace: str) -> "Run":
        return self.add(
            BranchTaken(
                path=StepPath("steps/3"), title=title, id=None, taken=taken, trace=trace, not_taken=("case 1", "else")
            )
        )

    def tell(self, contact: str, reason: str, *failures: str) -> "Run":
        self.add(EscalationIntended(path=None, contact=contact, reason=reason, message=reason, key="k"))
        if failures:
            return self.after(400).add(EscalationFailed(path=None, contact=contact, reasons=failures))
        return self.after(400).add(
            EscalationDelivered(
                path=None, contact=contact, channel="slack", address="#gymbro-oncall", receipt="ok", tries=1
            )
        )

    def finish(self, verdict: Verdict, exit_code: int, reason: str, **rest: tuple[str, ...]) -> "Run":
        return self.add(
            RunFinished(
                verdict=verdict,
                exit_code=exit_code,
                reason=reason,
                duration_ms=self.now_ms - 84_000,
                **rest,
            )
        )

    @property
    def finished(self) -> RunFinished:
        event = self.events[-1].event
        assert isinstance(event, RunFinished)
        return event


def asked(
    target: str, request: str = "true", undo: str | None = None, *, address: str = "deploy@10.0.0.4:22"
) -> TargetInput:
    return TargetInput(
        target=TargetName(target), transport="ssh", address=address, request=request, timeout_ms=30_000, undo=undo
    )
