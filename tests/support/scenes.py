"""Whole made-up incidents, as events."""

from collections.abc import Sequence
from dataclasses import replace

from rehearsing import Rehearsal, make_inventory
from reported_runs import Run, asked, http, result, shell
from virtual import VirtualClock, play

from playbook_engine.model.events import (
    ApprovalGranted,
    ApprovalRequested,
    BranchTaken,
    EscalationAcknowledged,
    EscalationDelivered,
    EscalationIntended,
    EscalationUnacknowledged,
    HostsRoad,
    PlayEnd,
    PlayFinished,
    PlayStarted,
    RunInterrupted,
    RunPaused,
)
from playbook_engine.model.outcomes import Cause, Outcome, Verdict
from playbook_engine.model.plan import Made, PlaybookRef
from playbook_engine.model.replies import Fault, FaultKind, KubectlReply
from playbook_engine.model.results import TargetResult
from playbook_engine.transports.fake import Delayed, FakeTransport
from playbook_engine.transports.fake import http as page
from playbook_engine.transports.fake import shell as answer
from playbook_engine.values import Duration, RunId, StepPath, TargetName

REFUSED = Cause("unreachable", "no route to host", "Is the host up? Try: ssh web-33 true")
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


ROLLED = """
hosts: all
health:
  - check: The API answers
    id: api
    http: GET http://127.0.0.1/health
  - check: The status page is up to date
    http: GET http://127.0.0.1/status
    critical: false
steps:
  - check: Workers run on every host
    id: workers
    ssh: systemctl is-active {{ item }}
    loop: [fetcher, mailer]
    retries: 3
    delay: 2s
  - mitigate: Restart the fetcher
    id: fetcher
    ssh: systemctl restart fetcher
    undo: {ssh: systemctl revert fetcher}
    serial: [1, 4]
    max_failures: 2
  - mitigate: Empty the queue
    id: queue
    local: drain-queue
    irreversible: true
    cooldown: 15m
  - verify: All is well again
    on_failure: continue
  - mitigate: Restart the mailer
    ssh: systemctl restart mailer
    undo: {ssh: systemctl revert mailer}
    serial: 25%
"""


def rolled() -> Run:
    """Return a run with turns, retries, batches, a cooldown and a check that does not count; it really ran."""
    names = [f"web-{number:02d}" for number in range(1, 11)]
    gone = Fault(kind=FaultKind.UNREACHABLE, message="no route to host", hint="Is the host up?")
    slow = Delayed(answer("active\n"), Duration(1_200))
    fake = FakeTransport(default=slow).on(page(503, "busy"), transport="http").on(slow, transport="local")
    fake.on(answer(rc=3), answer("active\n"), target="web-02", asks="is-active mailer")
    fake.on(answer("failed\n", rc=3), target="web-09", asks="is-active")
    fake.on(gone, target="web-05").on(answer(rc=1, stderr="Job failed.\n"), target="web-03", asks="restart")
    made = {("queue", TargetName("control")): Made(RunId("01JDB8QZB4Y0V5K2C7T9M3N6P1"), 252_000)}
    run = Rehearsal(ROLLED, inventory=make_inventory(names), fake=fake, clock=VirtualClock(), made=made)
    play(run)
    return Run(events=run.recorder.events)


def roads() -> Run:
    """Return a run in which hosts take their own roads: one into another playbook, one to somebody who takes it."""
    hosts = ("api-1", "api-2", "api-3", "api-4", "接口-5")
    play, ref = (
        StepPath("steps/2/case 1/play"),
        PlaybookRef(
            name="disk-full", version="2.1.0", title="磁盘空间不足", path="playbooks/disk-full.yml", sha256="ef" * 32
        ),
    )
    run = Run(title="API 不可用，所有已登录的用户都会被拒绝", hosts=hosts).begin()
    full = result("api-1", Outcome.FAILED, shell(rc=1), "rc = 1, expected 0")
    run.step("steps/1", "check", "The disk has room", full, *(result(name) for name in hosts[1:]))
    run.add(_own_roads())
    inputs = (("path", "/var/log"), ("limit", 90))
    run.add(PlayStarted(path=play, playbook=ref, inputs=inputs, hosts=(TargetName("api-1"),)))
    run.step(f"{play}/health/1", "check", "磁盘还有空间", full)
    run.start(f"{play}/steps/1", "mitigate", "删除旧的日志文件", ("api-1",), request="rm -rf /var/log/old").after(600)
    run.answer(f"{play}/steps/1", result("api-1")).end(f"{play}/steps/1", result("api-1"))
    run.add(PlayFinished(path=play, name=ref.name, title=ref.title, ended=PlayEnd.RESOLVED, duration_ms=810))
    path, reason = StepPath("steps/2/else/1"), "没有人知道原因，请尽快查看"
    told = EscalationDelivered(
        path=path, contact="oncall", channel="slack", address="#oncall", receipt="ok", tries=1, wait_ms=600_000
    )
    run.add(EscalationIntended(path=path, contact="oncall", reason=reason, message=reason, key="k")).after(300).add(
        told
    )
    run.after(72_000).add(
        EscalationAcknowledged(
            path=path, contact="oncall", by="小明", how="runbook ack", note="我来处理", waited_ms=72_000
        )
    )
    again, more = StepPath("steps/2/else/2"), "Nobody has looked at it yet"
    run.add(EscalationIntended(path=again, contact="oncall", reason=more, message=more, key="l"))
    run.add(replace(told, path=again)).after(600_000).add(
        EscalationUnacknowledged(path=again, contact="oncall", reason="nobody took it within 10m", waited_ms=600_000)
    )
    cause = Cause("expression", "disk has no 'json': 'json' is missing: the output is not JSON")
    run.skip("steps/2", "branch", "What is full?", result("api-4", Outcome.ERROR, cause=cause, begun=False))
    run.step(f"{play}/finally/1", "check", "Evidence", result("api-1"))
    return run.finish(
        Verdict.UNRESOLVED,
        1,
        "the branch 'What is full?' could not be decided",
        changed=("删除旧的日志文件",),
        told=("oncall",),
    )


def _own_roads() -> BranchTaken:
    def names(*hosts: str) -> tuple[TargetName, ...]:
        return tuple(map(TargetName, hosts))

    return BranchTaken(
        path=StepPath("steps/2"),
        title="What is full?",
        id=None,
        taken="case 1, else",
        trace="",
        not_taken=("case 2",),
        roads=(
            HostsRoad(taken="case 1", hosts=names("api-1"), trace="disk.failed (disk.failed = true)"),
            HostsRoad(taken="else", hosts=names("api-2", "api-3"), trace="not disk.failed (disk.failed = false)"),
            HostsRoad(taken=None, hosts=names("接口-5"), trace="when: role == 'api' is false"),
            HostsRoad(taken=None, hosts=names("api-4"), trace="disk has no 'json'", failed=True),
        ),
    )


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
    "rolled": rolled,
    "roads": roads,
}
