"""Made-up runs as lists of events, for what shows runs: screens, summaries, documents."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from playbook_engine.model.events import (
    Actor,
    ApprovalGranted,
    ApprovalRequested,
    AttemptFinished,
    BranchTaken,
    EscalationDelivered,
    EscalationFailed,
    EscalationIntended,
    Event,
    Recorded,
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
from playbook_engine.model.replies import HttpReply, KubectlReply, Output, Reply, ShellReply
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.values import RunId, StepPath, TargetName

RUN = RunId("01JDB8Z5Q2V7N9M4K6T3R1W0XY")
HEAD = "6b654159d7a664b2" + "0" * 48
RECORD = f"~/.local/state/runbook/runs/{RUN}.jsonl"
BEGIN = datetime(2026, 11, 23, 19, 4, 5, tzinfo=UTC)
REFUSED = Cause("unreachable", "no route to host", "Is the host up? Try: ssh web-33 true")


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


PIN = "Serve the pinned signing key and keep fetched keys longer"
PIN_REQUEST = (
    "set env deployment/gymbro-api SUPABASE_JWK=<secret SUPABASE_JWK> JWKS_CACHE_TTL_SECONDS=3600 "
    "--namespace gymbro --context prod"
)
WORKS = "A real token is accepted"


def _ill(run: Run) -> Run:
    """Begin with what every incident begins with."""
    run.begin()
    answer = http(503, '{"error": "service unavailable"}')
    failed = result("control", Outcome.FAILED, answer, "status == 200 (status = 503)")
    run.step("health/1", "check", "The JWKS endpoint serves signing keys", failed, took=118)
    run.step("steps/1", "check", "The name of the identity provider resolves", result("control"), took=36)
    log = "ERROR Failed to fetch JWKS from https://id.example.com/auth/v1/.well-known/jwks.json: HTTP 503\n" * 12
    why = (
        "stdout is not search('Failed to fetch JWKS') (stdout = 'ERROR Failed to fetch JWKS from https://id.exampl…')"
    )
    found = [result(name, Outcome.FAILED, shell(log), why) for name in run.hosts]
    run.step("steps/2", "check", "The API log is free of recent JWKS errors", *found, took=1_240)
    return run.branch(
        "Where is the fault?", "case 2", "jwks.failed or api.failed (jwks.failed = true, api.failed = true)"
    )


def _pin(run: Run) -> Run:
    inputs = (asked("main", PIN_REQUEST, "automatic: what was there before is put back", address="context prod"),)
    path = StepPath("steps/4")
    run.add(ApprovalRequested(path=path, title=PIN, id="pin", inputs=inputs)).after(4_000)
    run.add(ApprovalGranted(path=path, by="ana", how="prompt"))
    run.start("steps/4", "mitigate", PIN, ("main",), request=PIN_REQUEST).after(600)
    changed = result("main", reply=KubectlReply(changed=True))
    return run.answer("steps/4", changed).end("steps/4", changed)


def _verify(run: Run, statuses: Sequence[int], title: str = WORKS) -> Run:
    """Poll every two seconds."""
    run.start("steps/5", "verify", title)
    last = result("control")
    for attempt, status in enumerate(statuses, 1):
        good = status == 200
        last = result(
            "control",
            Outcome.OK if good else Outcome.FAILED,
            http(status, "" if good else '{"error": "invalid token"}'),
            None if good else f"status == 200 (status = {status})",
            attempts=attempt,
        )
        run.after(30).answer("steps/5", last, settled=False).after(1_970)
    cause = (
        None if last.outcome is Outcome.OK else Cause("within", f"it did not hold within 1m ({last.attempts} tries)")
    )
    return run.end("steps/5", last, cause=cause)


def resolved() -> Run:
    run = _verify(_pin(_ill(Run())), (401, 401, 200, 200, 200))
    return run.finish(Verdict.RESOLVED, 0, "a verify passed", changed=(PIN,))


def undone() -> Run:
    """Return a run whose mitigation did not help, was taken back, and was told."""
    run = _verify(_pin(_ill(Run())), (401, 401, 401))
    run.undo("steps/4", result("main", reply=KubectlReply(changed=True)))
    run.tell("secondary_oncall", "JWKS cannot be fetched: the last verify did not pass")
    run.tell(
        "cto", "JWKS cannot be fetched: the last verify did not pass", "slack: 503 after 3 tries", "hook: timeout"
    )
    return run.finish(
        Verdict.UNRESOLVED,
        1,
        "the last verify did not pass",
        changed=(PIN,),
        undone=(PIN,),
        told=("secondary_oncall",),
        not_told=("cto",),
    )


WEB = tuple(f"web-{number:02d}" for number in range(1, 41))


def _differing_results() -> tuple[TargetResult, ...]:
    odd = {
        "web-07": result("web-07", Outcome.FAILED, shell("95.8\n"), "cpu < 80 (cpu = 95.8)"),
        "web-12": result("web-12", Outcome.FAILED, shell("81.2\n"), "cpu < 80 (cpu = 81.2)"),
        "web-20": result("web-20", Outcome.TIMEOUT, cause=Cause("timeout", "no answer within 10s")),
        "web-31": result("web-31", Outcome.UNREACHABLE, cause=REFUSED, begun=False),
        "web-32": result("web-32", Outcome.UNREACHABLE, cause=REFUSED, begun=False),
        "web-33": result("web-33", Outcome.UNREACHABLE, cause=REFUSED, begun=False),
        "web-40": result(
            "web-40", Outcome.ERROR, shell(rc=127, stderr="sh: 1: mpstat: not found\n"), "rc = 127, expected 0"
        ),
    }
    return tuple(odd.get(name, result(name, reply=shell("12.0\n"))) for name in WEB)


def differing() -> Run:
    """Return a run on forty hosts that do not agree."""
    run = Run(title="CPU saturated", hosts=WEB, limit="web").begin()
    run.step("health/1", "check", "The hosts have CPU time to spare", *_differing_results(), took=10_020)
    run.step("steps/1", "check", "nginx runs", *(result(name) for name in WEB), took=410)
    run.start("steps/2", "mitigate", "Restart the worker", WEB, request="systemctl restart worker").after(3_100)
    half = tuple(
        result(name, reply=shell())
        if name != "web-07"
        else result(name, Outcome.FAILED, shell(rc=1), "rc = 1, expected 0")
        for name in WEB
    )
    run.answer("steps/2", *half).end("steps/2", *half)
    return run.finish(
        Verdict.UNRESOLVED, 1, "the mitigation 'Restart the worker' ended failed", changed=("Restart the worker",)
    )


def waiting() -> Run:
    run = _ill(Run())
    reason = f"'{PIN}' needs a yes, and nobody is at a terminal to give it"
    run.add(ApprovalRequested(path=StepPath("steps/4"), title=PIN, id="pin", inputs=(asked("main", PIN_REQUEST),)))
    run.add(RunPaused(path=StepPath("steps/4"), reason=reason))
    return run.finish(Verdict.WAITING, 3, reason)


def interrupted() -> Run:
    """Return a run that a signal ended during its verify; the undo was refused by the cluster."""
    run = _pin(_ill(Run()))
    run.start("steps/5", "verify", WORKS).after(900).add(RunInterrupted(signal="SIGINT"))
    stopped = Cause("interrupted", "ended by a signal")
    run.end("steps/5", result("control", Outcome.ABORTED, cause=stopped), cause=stopped)
    no = Cause(
        "refused", 'deployments.apps "gymbro-api" is forbidden: user ana cannot patch', "Ask who owns the cluster."
    )
    run.undo("steps/4", result("main", Outcome.ERROR, cause=no, begun=False))
    return run.finish(Verdict.INTERRUPTED, 130, "SIGINT ended the run", changed=(PIN,), not_undone=(PIN,))


def checked() -> Run:
    """Return a run of `--check`."""
    run = _ill(Run(mode="check"))
    would = Cause("check", f"would run: {PIN_REQUEST}")
    run.skip("steps/4", "mitigate", PIN, result("main", Outcome.SKIPPED, cause=would, begun=False))
    run.skip("steps/5", "verify", WORKS, cause=Cause("check", "nothing was changed, so there is nothing to verify"))
    return run.finish(Verdict.UNRESOLVED, 1, "no verify passed")


def chinese() -> Run:
    """Return a run whose author and whose hosts write Chinese."""
    run = Run(title="无法获取 JWKS 签名密钥，所有已登录的用户都会被拒绝").begin()
    failed = result(
        "control", Outcome.FAILED, http(503, "服务暂时不可用，请稍后再试"), "status == 200 (status = 503)"
    )
    run.step(
        "health/1",
        "check",
        "身份提供方的 JWKS 端点能够返回签名密钥，并且至少包含一个可以使用的密钥",
        failed,
        took=118,
    )
    run.start("steps/4", "mitigate", "改用固定的签名密钥，并且延长密钥的缓存时间", ("main",)).after(600)
    changed = result("main", reply=KubectlReply(changed=True))
    run.answer("steps/4", changed).end("steps/4", changed)
    _verify(run, (401, 200, 200), "真实的令牌重新被接受")
    return run.finish(Verdict.RESOLVED, 0, "a verify passed", changed=("改用固定的签名密钥，并且延长密钥的缓存时间",))


def crowd(size: int, steps: int = 5) -> Run:
    """Return a run of steps on many hosts that all agree."""
    names = tuple(f"web-{number:04d}" for number in range(1, size + 1))
    run = Run(title="A crowd", hosts=names).begin()
    results = tuple(result(name, reply=shell("ok\n")) for name in names)
    for number in range(1, steps + 1):
        run.start(f"steps/{number}", "check", f"Step {number}", names)
        for each in results:
            run.after(1).answer(f"steps/{number}", each)
        run.end(f"steps/{number}", *results)
    return run.finish(Verdict.HEALTHY, 0, "health held at the start, nothing was done")


SCENES = {
    "resolved": resolved,
    "undone": undone,
    "differing": differing,
    "waiting": waiting,
    "interrupted": interrupted,
    "checked": checked,
    "chinese": chinese,
}
