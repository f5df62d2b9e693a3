"""A notice that somebody is to take: taken, not taken, interrupted, not delivered."""

from rehearsing import Rehearsal, ScriptedAcks, ScriptedTeller

from playbook_engine.model.events import EscalationAcknowledged, EscalationUnacknowledged
from playbook_engine.model.outcomes import Verdict
from playbook_engine.model.settings import Mode
from playbook_engine.transports.fake import FakeTransport, shell
from playbook_engine.values import Duration

WAITING = """
steps:
  - escalate: Nobody knows why
    id: asked
    to: ana
    wait_for_ack: 2m
  - check: Taken
    when: asked.acknowledged
    local: taken-by {{ asked.by }}
  - check: Failed
    when: asked.failed
    local: not-taken {{ asked.delivered }}
  - check: Passed
    when: asked.passed
    local: passed
"""


def rehearsal(acks: ScriptedAcks, **more: object) -> Rehearsal:
    return Rehearsal(WAITING, fake=FakeTransport(default=shell()), acks=acks, **more)  # type: ignore[arg-type]  # tests give what fits


async def test_somebody_takes_it_and_the_run_goes_on() -> None:
    """At once, not when the time is up; who it was is on record and in the names."""
    run = rehearsal(ScriptedAcks(taken_at=3))
    await run.play()
    assert run.asked == ["control: taken-by bob", "control: passed"]
    event = next(r.event for r in run.recorder.events if isinstance(r.event, EscalationAcknowledged))
    assert (event.by, event.how, event.note, event.waited_ms) == ("bob", "runbook ack", "on it", 1_000)
    assert run.acks.awaited[0].title == "Nobody knows why"
    assert run.teller.stories[0][1].wait == Duration(120_000)


async def test_nobody_takes_it_within_the_time() -> None:
    """The run goes on, and the step has failed."""
    run = rehearsal(ScriptedAcks())
    finished = await run.play()
    assert run.clock.ms == 120_000
    assert run.asked == ["control: not-taken true"]
    event = next(r.event for r in run.recorder.events if isinstance(r.event, EscalationUnacknowledged))
    assert (event.reason, event.waited_ms) == ("nobody took it within 2m", 120_000)
    assert finished.told == ("ana",)


async def test_whoever_comes_at_the_last_moment_is_heard() -> None:
    """The box is looked into once more when the time is up."""
    run = rehearsal(ScriptedAcks(taken_at=241))
    await run.play()
    assert run.story[1] == "taken by bob"


async def test_a_signal_ends_the_wait() -> None:
    """The first one; what was told was told."""
    acks = ScriptedAcks()
    run = rehearsal(acks)
    acks.on_look = lambda look: run.executor.interrupt("SIGINT") if look == 2 else None
    finished = await run.play()
    assert run.story == ["told ana", "run.interrupted", "not taken: a signal ended the wait"]
    assert (finished.verdict, finished.told) == (Verdict.INTERRUPTED, ("ana",))


async def test_a_signal_ends_a_wait_in_finally_too() -> None:
    """Other work there only gives way to a second signal."""
    text = """
steps: [{check: A, local: a}]
finally:
  - {escalate: It is over, to: ana, wait_for_ack: 10m}
  - {check: End, local: end}
"""
    acks = ScriptedAcks()
    run = Rehearsal(text, fake=FakeTransport(default=shell()), acks=acks)
    acks.on_look = lambda look: run.executor.interrupt("SIGTERM") if look == 2 else None
    await run.play()
    assert run.story[-3:] == ["run.interrupted", "not taken: a signal ended the wait", "check End: ok"]


async def test_what_is_not_delivered_is_not_waited_for() -> None:
    """An error: nobody knows of it."""
    run = rehearsal(ScriptedAcks(taken_at=1), teller=ScriptedTeller(deaf=frozenset({"ana"})))
    finished = await run.play()
    assert run.acks.awaited == []
    assert run.asked == ["control: not-taken false"]
    assert finished.verdict is Verdict.UNDELIVERED


async def test_where_nobody_can_take_it_nobody_is_waited_for() -> None:
    """A state directory that cannot be written: that is said at once."""
    run = rehearsal(ScriptedAcks(refused="nobody can take it: state/acks cannot be written"))
    await run.play()
    assert run.clock.ms == 0
    assert run.story[1] == "not taken: nobody can take it: state/acks cannot be written"


async def test_an_escalate_without_an_ack_is_a_result_too() -> None:
    """Delivered is passed."""
    text = """
steps:
  - {escalate: Look at it, id: asked, to: ana}
  - {check: A, when: asked.passed and asked.delivered and not asked.acknowledged, local: a}
"""
    run = Rehearsal(text, fake=FakeTransport(default=shell()))
    await run.play()
    assert run.asked == ["control: a"]


async def test_check_mode_tells_nobody_and_waits_for_nobody() -> None:
    run = Rehearsal(WAITING, fake=FakeTransport(default=shell()), acks=ScriptedAcks(), mode=Mode.CHECK)
    await run.play()
    assert run.acks.awaited == []
    assert run.story[0] == "escalate Nobody knows why: skipped"
