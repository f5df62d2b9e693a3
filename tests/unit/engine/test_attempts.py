"""Targets that are tried again: whole runs on scripted targets, in time that passes by itself."""

import pytest
from rehearsing import Rehearsal, make_inventory
from virtual import VirtualClock, interrupted, play

from playbook_engine.engine.slots import patience_s
from playbook_engine.model.events import AttemptFinished, Event, StepFinished
from playbook_engine.model.outcomes import Outcome, Verdict
from playbook_engine.model.replies import Fault, FaultKind, KubectlReply
from playbook_engine.model.requests import ShellRequest
from playbook_engine.model.results import StepResult
from playbook_engine.model.targets import Control, Host
from playbook_engine.transports.fake import Delayed, FakeTransport, http, shell
from playbook_engine.values import Duration, ShellText, TargetName

GONE = Fault(kind=FaultKind.UNREACHABLE, message="no route")
LOST = Fault(kind=FaultKind.LOST, message="connection reset", begun=True)
LATE = Fault(kind=FaultKind.TIMEOUT, message="no answer within 10s", begun=True, may_live=True)
NEVER = Delayed(shell(), Duration(3_600_000))


def rehearsal(text: str, fake: FakeTransport, *hosts: str, parallel: int = 50) -> Rehearsal:
    return Rehearsal(
        f"hosts: all\n{text}",
        inventory=make_inventory(hosts or ("h1",)),
        fake=fake,
        clock=VirtualClock(),
        parallel=parallel,
    )


def check(*lines: str) -> str:
    return "\n    ".join(("steps:\n  - check: Disk", "id: disk", "ssh: df", *lines)) + "\n"


def mitigate(*lines: str) -> str:
    return "\n    ".join(("steps:\n  - mitigate: Fix", "id: fix", "ssh: fix", "undo: {ssh: unfix}", *lines)) + "\n"


AGAIN = ("retries: 3", "delay: 2s")
TWICE = ("idempotent: true", *AGAIN)


def attempts(run: Rehearsal, target: str = "h1") -> list[tuple[int, str, bool]]:
    """Return each attempt on a target: its number, how it ended, whether it was the last."""
    events = [recorded.event for recorded in run.recorder.events]
    return [
        (event.attempt, event.result.outcome.value, event.settled)
        for event in events
        if isinstance(event, AttemptFinished) and event.result.target == target
    ]


def end(run: Rehearsal, name: str = "disk") -> StepResult:
    return next(
        recorded.event.result
        for recorded in run.recorder.events
        if isinstance(recorded.event, StepFinished) and recorded.event.id == name
    )


def test_a_check_that_holds_at_the_third_attempt() -> None:
    """Every attempt is on record; the result knows how many it took, and has nothing to explain."""
    run = rehearsal(check(*AGAIN), FakeTransport().on(shell(rc=1), GONE, shell("ok")))
    play(run)
    assert attempts(run) == [(1, "failed", False), (2, "unreachable", False), (3, "ok", True)]
    (target,) = end(run).targets
    assert (target.outcome, target.attempts, target.cause) == (Outcome.OK, 3, None)
    assert run.clock.ms == 4_000


def test_a_check_that_never_holds() -> None:
    """`retries: 3` is up to four attempts; the cause of the last one counts them."""
    run = rehearsal(check(*AGAIN, "backoff: 2"), FakeTransport().on(shell(rc=1)))
    play(run)
    assert [number for number, _, _ in attempts(run)] == [1, 2, 3, 4]
    (target,) = end(run).targets
    assert target.cause is not None
    assert target.cause.message == "rc = 1, expected 0 (4 attempts)"
    assert run.clock.ms == 2_000 + 4_000 + 8_000


@pytest.mark.parametrize("kind", [FaultKind.AUTH, FaultKind.HOST_KEY, FaultKind.REFUSED])
def test_what_would_only_be_refused_again(kind: FaultKind) -> None:
    """One attempt: nobody's account is locked by a playbook."""
    run = rehearsal(check(*AGAIN), FakeTransport().on(Fault(kind=kind, message="no")))
    play(run)
    assert len(attempts(run)) == 1
    assert run.clock.ms == 0


def test_what_cannot_be_rendered_is_not_tried() -> None:
    """Nothing was sent, so nothing can pass by itself."""
    text = check() + "  - check: Next\n    id: next\n    ssh: x {{ disk.json.a }}\n"
    run = rehearsal(text + "    retries: 3\n", FakeTransport().on(shell("none")))
    play(run)
    assert run.asked == ["h1: df"]
    assert end(run, "next").targets[0].attempts == 0


def test_each_target_retries_for_itself() -> None:
    """A target that is well has its answer at once, one that is not holds nobody up."""
    fake = FakeTransport(default=shell()).on(shell(rc=1), shell(rc=1), shell(), target="h2").on(GONE, target="h3")
    run = rehearsal(check(*AGAIN), fake, "h1", "h2", "h3")
    play(run)
    assert [len(attempts(run, name)) for name in ("h1", "h2", "h3")] == [1, 3, 4]
    assert [target.outcome.value for target in end(run).targets] == ["ok", "ok", "unreachable"]
    assert run.clock.ms == 6_000


def test_a_deadline_cuts_attempts_and_pauses() -> None:
    """The second attempt has only what is left; no pause is begun that would pass the deadline."""
    text = check("retries: 5", "delay: 1s", "deadline: 5s", "timeout: 3s")
    run = rehearsal(text, FakeTransport().on(NEVER, transport="ssh"))
    play(run)
    assert [request.timeout for request in run.fake.requests] == [Duration(3_000), Duration(1_000)]
    (target,) = end(run).targets
    assert target.cause is not None
    assert target.cause.message == "no answer within 1s (2 attempts within the deadline of 5s)"
    assert run.clock.ms == 5_000


def test_a_deadline_shorter_than_the_timeout_cuts_the_first_attempt() -> None:
    """The deadline counts from the first attempt's beginning."""
    run = rehearsal(check("retries: 1", "deadline: 2s", "timeout: 9s"), FakeTransport().on(NEVER))
    play(run)
    assert run.clock.ms == 2_000
    assert [request.timeout for request in run.fake.requests] == [Duration(2_000)]


def test_a_target_that_waits_holds_no_place() -> None:
    """With one place and a minute's pause, the others are asked meanwhile."""
    fake = FakeTransport(default=shell()).on(shell(rc=1), shell(), target="h1")
    run = rehearsal(check("retries: 1", "delay: 1m"), fake, "h1", "h2", "h3", parallel=1)
    play(run)
    assert run.asked == ["h1: df", "h2: df", "h3: df", "h1: df"]
    assert run.clock.ms == 60_000


def test_a_target_whose_turn_comes_too_late_is_not_tried_again() -> None:
    """No attempt begins at the deadline or later, whoever held it up."""
    slow = Delayed(shell(), Duration(90))
    fake = FakeTransport(default=slow).on(shell(rc=1), target="h1")
    run = rehearsal(check("retries: 1", "delay: 10ms", "deadline: 100ms"), fake, "h1", "h2", "h3", parallel=1)
    play(run)
    assert run.asked == ["h1: df", "h2: df", "h3: df"]
    cause = end(run).targets[0].cause
    assert cause is not None
    assert cause.message == "rc = 1, expected 0 (1 attempt within the deadline of 100ms)"


def test_silent_hosts_do_not_wait_for_each_other() -> None:
    """With one place for three, the last is asked two tenths of a second after the first."""
    run = rehearsal(check("timeout: 5s"), FakeTransport().on(NEVER), "h1", "h2", "h3", parallel=1)
    play(run)
    assert run.clock.ms == 5_200


@pytest.mark.parametrize(("target", "seconds"), [(Host(name=TargetName("h1")), 0.1), (Control(), 1.0)])
def test_how_long_a_reading_request_keeps_its_place(target: Host | Control, seconds: float) -> None:
    request = ShellRequest(target=target, shell=ShellText("df"), timeout=Duration(9_000))

    assert patience_s(request) == seconds


def test_the_defaults_of_the_playbook() -> None:
    """They are for checks that do not poll; a mitigation is never tried again because of them."""
    text = "defaults: {retries: 1, delay: 1s}\nhealth:\n  - {check: Well, http: GET http://127.0.0.1/}\n"
    steps = check() + "  - {check: Polls, ssh: polls, within: 1s, every: 1s}\n"
    steps += "  - {mitigate: Fix, ssh: fix, irreversible: true}\n"
    run = rehearsal(text + steps, FakeTransport().on(http(503), transport="http").on(shell(rc=1)))
    play(run)
    asked = [line.split(": ", 1)[1] for line in run.asked]
    assert {what: asked.count(what) for what in asked} == {
        "GET http://127.0.0.1/": 2,
        "df": 2,
        "polls": 1,
        "fix": 1,
    }


def test_a_steps_own_way_wins_over_the_defaults() -> None:
    """As with every other default."""
    run = rehearsal(f"defaults: {{retries: 5}}\n{check('retries: 1')}", FakeTransport().on(shell(rc=1)))
    play(run)
    assert len(attempts(run)) == 2


def test_a_mitigation_that_may_be_made_twice() -> None:
    """Even after an attempt whose end nobody knows."""
    run = rehearsal(mitigate(*TWICE), FakeTransport().on(LOST, LATE, shell()))
    play(run)
    assert attempts(run) == [(1, "indeterminate", False), (2, "indeterminate", False), (3, "ok", True)]
    assert end(run, "fix").outcome is Outcome.OK
    assert run.story == ["mitigate Fix: ok"]


def test_what_may_have_happened_is_taken_back() -> None:
    """The first attempt may have changed it, the others did not get through: unknown, begun, undone."""
    run = rehearsal(mitigate(*TWICE), FakeTransport(default=shell()).on(LOST, GONE, asks=_is("fix")))
    finished = play(run)
    (target,) = end(run, "fix").targets
    assert (target.outcome, target.begun, target.attempts) == (Outcome.INDETERMINATE, True, 4)
    assert run.asked[-1] == "h1: unfix"
    assert finished.undone == ("Fix",)


def test_an_attempt_that_finds_it_done_was_preceded_by_one_that_did_it() -> None:
    """`changed: false` of the second attempt does not mean that nothing was changed."""
    text = """
steps:
  - mitigate: Scale
    id: fix
    kubectl: scale deployment/api --replicas=3
    undo: auto
    idempotent: true
    retries: 1
  - verify: Works
    http: GET http://127.0.0.1/works
"""
    seen = KubectlReply(data={"replicas": 2})
    fake = FakeTransport(default=KubectlReply(changed=True)).on(http(500), asks="/works")
    fake.on(LOST, KubectlReply(changed=False), asks="--replicas=3")
    fake.on(seen, asks="get")
    run = rehearsal(text, fake)
    finished = play(run)
    assert [outcome for _, outcome, _ in attempts(run, "main")] == ["indeterminate", "ok"]
    assert (finished.changed, finished.undone) == (("Scale",), ("Scale",))


def _is(text: str):  # type: ignore[no-untyped-def]  # noqa: ANN202  a rule of the fake
    return lambda request: request.summary() == text


def test_a_signal_during_a_pause_keeps_what_is_known() -> None:
    """The attempt before the pause has failed: that is known, and it is taken back."""
    run = rehearsal(mitigate(*TWICE), FakeTransport(default=shell()).on(shell(rc=1), asks=_is("fix")))
    interrupted(run, lambda: attempts(run))
    assert end(run, "fix").targets[0].outcome is Outcome.FAILED
    assert run.story[-1] == "undo Fix: ok"
    assert run.clock.ms < 2_000


def test_a_signal_during_the_second_attempt_is_indeterminate() -> None:
    """What the first attempt said no longer counts: the second may have changed anything."""
    fake = FakeTransport(default=shell()).on(shell(rc=1), NEVER, asks=_is("fix"))
    run = rehearsal(mitigate("idempotent: true", "retries: 1", "delay: 0s"), fake)
    interrupted(run, lambda: len(run.asked) == 2)
    (target,) = end(run, "fix").targets
    assert (target.outcome, target.begun, target.attempts) == (Outcome.INDETERMINATE, True, 2)


def test_without_a_record_nothing_is_tried_again() -> None:
    """The disk fills up at the first answer: the second attempt would be a change that nobody could prove."""

    def at_answer(event: Event) -> bool:
        return isinstance(event, AttemptFinished)

    run = rehearsal(mitigate(*TWICE), FakeTransport(default=shell()).on(shell(rc=1), asks=_is("fix")))
    run.recorder._fails_at = at_answer
    play(run)
    assert run.asked.count("h1: fix") == 1


def test_a_check_is_tried_again_even_without_a_record() -> None:
    """It only reads."""
    run = rehearsal(check(*AGAIN), FakeTransport().on(shell(rc=1), shell()))
    run.recorder._fails_at = lambda event: isinstance(event, AttemptFinished)
    play(run)
    assert len(run.asked) == 2


def test_health_that_passes_at_the_second_attempt_is_healthy() -> None:
    """A passing fault opens no incident."""
    text = "health:\n  - check: Well\n    http: GET http://127.0.0.1/\n    retries: 2\n"
    run = rehearsal(text + "steps: [{escalate: Help, to: ana}]\n", FakeTransport().on(http(503), http(200)))
    assert play(run).verdict is Verdict.HEALTHY
    assert run.clock.ms == 1_000


def test_a_timeout_within_polling_is_one_bad_round() -> None:
    """A round that hangs is cut at the end of `within`, and the verify has failed, not hung."""
    text = "steps:\n  - verify: Works\n    id: works\n    http: GET http://127.0.0.1/works\n"
    text += "    timeout: 4s\n    within: 10s\n    every: 5s\n    on_failure: continue\n"
    run = rehearsal(text, FakeTransport().on(NEVER))
    play(run)
    assert [request.timeout.ms for request in run.fake.requests] == [4_000, 4_000]
    result = end(run, "works")
    assert result.outcome is Outcome.TIMEOUT
    assert result.cause is not None
    assert result.cause.message == "it did not hold within 10s (2 tries)"


def test_a_timeout_within_polling_that_passes_is_forgotten() -> None:
    """The last round is the answer."""
    text = "steps:\n  - verify: Works\n    http: GET http://127.0.0.1/works\n"
    text += "    timeout: 4s\n    within: 10s\n    every: 1s\n"
    run = rehearsal(text, FakeTransport().on(NEVER, http(200)))
    assert play(run).verdict is Verdict.RESOLVED


def test_a_verify_interrupted_while_it_holds_has_not_passed() -> None:
    """It was good so far, and nobody knows whether it would have stayed so: the change is taken back."""
    text = mitigate() + "  - verify: Works\n    id: works\n    http: GET http://127.0.0.1/works\n"
    text += "    within: 1m\n    stable_for: 30s\n"
    run = rehearsal(text, FakeTransport(default=shell()).on(http(200), asks="/works"))
    interrupted(run, lambda: attempts(run, "control"), "SIGTERM")
    assert end(run, "works").outcome is Outcome.ABORTED
    assert run.story[-1] == "undo Fix: ok"
