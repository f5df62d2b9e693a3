"""Whole runs on scripted targets: what happens, in which order, and how it ends."""

import asyncio
import shlex

import pytest
from rehearsing import Rehearsal, Said, ScriptedPerson, ScriptedTeller, make_inventory

from playbook_engine.model.events import (
    ApprovalRequested,
    AttemptFinished,
    Event,
    RecordLost,
    RunStarted,
    StepFinished,
    StepStarted,
)
from playbook_engine.model.inventory import Policy
from playbook_engine.model.outcomes import Outcome, Verdict
from playbook_engine.model.replies import Fault, FaultKind, KubectlReply
from playbook_engine.model.settings import Mode
from playbook_engine.transports.fake import Delayed, FakeTransport, http, shell
from playbook_engine.values import Duration

ILL = """
hosts: all
health:
  - check: Well
    id: well
    http: GET http://127.0.0.1/health
"""
RESTART = """
steps:
  - mitigate: Restart
    id: restart
    ssh: systemctl restart app
    undo: {ssh: systemctl revert app}
  - verify: Works
    http: GET http://127.0.0.1/works
"""
GONE = Fault(kind=FaultKind.UNREACHABLE, message="no route")


def fake(**answers: object) -> FakeTransport:
    """Return a transport where health is ill and all else is well."""
    return FakeTransport(default=shell()).on(http(503), asks="/health")


async def test_a_healthy_system_is_left_alone() -> None:
    """Nothing but the health checks is asked."""
    run = Rehearsal(ILL + RESTART, fake=FakeTransport(default=http(200)))
    finished = await run.play()
    assert (finished.verdict, finished.exit_code) == (Verdict.HEALTHY, 0)
    assert run.asked == ["control: GET http://127.0.0.1/health"]


async def test_a_mitigation_and_its_verify_resolve() -> None:
    """The short story of every incident."""
    run = Rehearsal(ILL + RESTART, fake=fake().on(http(200), asks="/works"))
    finished = await run.play()
    assert finished.verdict is Verdict.RESOLVED
    assert finished.changed == ("Restart",)
    assert run.story == ["check Well: failed", "mitigate Restart: ok", "verify Works: ok"]


async def test_on_pass_resolve_skips_the_rest() -> None:
    """Once it is over, nothing more is done but `finally`."""
    text = RESTART + "  - escalate: Too late\n    to: ana\nfinally:\n  - check: Evidence\n    local: date\n"
    run = Rehearsal(ILL + text, fake=fake().on(http(200), asks="/works"))
    await run.play()
    assert run.story[-2:] == ["verify Works: ok", "check Evidence: ok"]
    assert run.teller.stories == []


async def test_a_failed_verify_takes_back_what_was_changed_latest_first() -> None:
    """Undo is last-in-first-out, and on every target that was changed."""
    text = """
steps:
  - mitigate: First
    ssh: first
    undo: {ssh: unfirst}
  - mitigate: Second
    ssh: second
    undo: {ssh: unsecond}
  - verify: Works
    http: GET http://127.0.0.1/works
"""
    run = Rehearsal(ILL + text, inventory=make_inventory(("h1",)), fake=fake().on(http(500), asks="/works"))
    finished = await run.play()
    assert run.story[-2:] == ["undo Second: ok", "undo First: ok"]
    assert finished.verdict is Verdict.UNRESOLVED
    assert finished.undone == ("Second", "First")
    assert [line for line in run.asked if "first" in line or "second" in line] == [
        "h1: first",
        "h1: second",
        "h1: unsecond",
        "h1: unfirst",
    ]


async def test_undo_runs_only_where_the_change_began() -> None:
    """A host that could not be reached was not changed; a host that failed half-way was."""
    transport = fake().on(GONE, target="h1").on(shell(rc=1), target="h2", asks="restart")
    run = Rehearsal(ILL + RESTART, fake=transport)
    finished = await run.play()
    assert sorted(line for line in run.asked if "revert" in line) == [
        "h2: systemctl revert app",
        "h3: systemctl revert app",
    ]
    assert finished.undone == ("Restart",)


async def test_a_lost_connection_during_a_mitigation_is_indeterminate_and_undone() -> None:
    """Nobody knows whether it happened: that is said, and taken back."""
    lost = Fault(kind=FaultKind.LOST, message="connection reset", begun=True)
    run = Rehearsal(ILL + RESTART, inventory=make_inventory(("h1",)), fake=fake().on(lost, asks="restart"))
    finished = await run.play()
    assert run.story == ["check Well: failed", "mitigate Restart: indeterminate", "undo Restart: ok"]
    assert finished.changed == ("Restart",)


async def test_a_failing_undo_is_told_and_the_others_go_on() -> None:
    """What could not be undone is a fact of the end; the other undos are tried all the same."""
    text = """
steps:
  - mitigate: A
    ssh: do-a
    undo: {ssh: undo-a}
  - mitigate: B
    ssh: do-b
    undo: {ssh: undo-b}
  - mitigate: C
    ssh: do-c
    irreversible: true
  - verify: Works
    http: GET http://127.0.0.1/works
"""
    transport = fake().on(http(500), asks="/works").on(shell(rc=1), asks="undo-b")
    run = Rehearsal(ILL + text, inventory=make_inventory(("h1",)), fake=transport)
    finished = await run.play()
    assert finished.undone == ("A",)
    assert finished.not_undone == ("C", "B")


@pytest.mark.parametrize(
    ("policy", "story"),
    [
        ("undo", ["mitigate Restart: failed", "undo Restart: ok"]),
        ("stop", ["mitigate Restart: failed"]),
        ("continue", ["mitigate Restart: failed", "verify Works: ok"]),
    ],
)
async def test_on_failure_of_a_mitigation(policy: str, story: list[str]) -> None:
    """The three ways to go on after a mitigation that failed."""
    text = RESTART.replace("undo: {", f"on_failure: {policy}\n    undo: {{")
    transport = fake().on(shell(rc=1), asks="restart").on(http(200), asks="/works")
    run = Rehearsal(ILL + text, fake=transport)
    await run.play()
    assert run.story[1:] == story


async def test_without_anybody_to_ask_the_run_waits_and_nothing_is_changed() -> None:
    """No terminal, no --yes: exit 3 before the first mitigation."""
    inventory = make_inventory(policy=Policy(mitigate="approve"))
    run = Rehearsal(ILL + RESTART, inventory=inventory, fake=fake(), yes=False)
    finished = await run.play()
    assert (finished.verdict, finished.exit_code) == (Verdict.WAITING, 3)
    assert run.asked == ["control: GET http://127.0.0.1/health"]
    assert finished.changed == ()


@pytest.mark.parametrize(
    ("answer", "story"),
    [
        (Said(yes=True), ["mitigate Restart: ok", "verify Works: ok"]),
        (Said(yes=False), ["mitigate Restart: aborted", "verify Works: ok"]),
        (Said(yes=False, stop=True), ["mitigate Restart: aborted"]),
    ],
)
async def test_what_the_person_says(answer: Said, story: list[str]) -> None:
    """Yes does it, no skips it, stop ends the steps; the question shows the request and the way back."""
    person = ScriptedPerson([answer])
    inventory = make_inventory(("h1",), policy=Policy(mitigate="approve"))
    transport = fake().on(http(200), asks="/works")
    run = Rehearsal(ILL + RESTART, inventory=inventory, fake=transport, yes=False, person=person)
    await run.play()
    assert run.story[1:] == story
    title, inputs = person.asked[0]
    assert title == "Restart"
    assert (inputs[0].request, inputs[0].undo) == ("systemctl restart app", "systemctl revert app")


async def test_the_intent_is_on_disk_before_a_mitigation_is_sent() -> None:
    """When the target hears of it, the record has it, fsynced."""
    seen: list[list[str]] = []
    transport = fake().on(http(200), asks="/works")
    run = Rehearsal(ILL + RESTART, inventory=make_inventory(("h1",)), fake=transport)

    def look(request: object) -> bool:
        seen.append([event.type for event in run.recorder.durable])
        return False

    transport.on(shell(), asks=look)
    transport._rules.insert(0, transport._rules.pop())  # first to be asked
    await run.play()
    at_restart = next(types for types, asked in zip(seen, run.asked, strict=True) if "restart" in asked)
    assert at_restart[-1] == "step.started"


async def test_a_record_that_cannot_be_written_stops_mitigations_but_not_checks() -> None:
    """The disk fills up at the intent: nothing is sent, people are told, the status says so."""

    def at_intent(event: Event) -> bool:
        return isinstance(event, StepStarted) and event.changes

    text = RESTART + "  - check: Still looking\n    local: date\n  - escalate: Help\n    to: ana\n"
    text = text.replace(
        "http: GET http://127.0.0.1/works", "http: GET http://127.0.0.1/works\n    on_failure: continue"
    )
    run = Rehearsal(ILL + text, fake=fake().on(http(500), asks="/works"), fails_at=at_intent)
    finished = await run.play()
    assert not [line for line in run.asked if "restart" in line]
    assert run.story == [
        "check Well: failed",
        "record.lost",
        "mitigate Restart: aborted",
        "verify Works: failed",
        "check Still looking: ok",
        "told ana",
    ]
    assert (finished.verdict, finished.exit_code) == (Verdict.UNRECORDED, 7)


async def test_no_record_from_the_start() -> None:
    """A state directory that cannot be written: the checks run, no mitigation does."""
    run = Rehearsal(ILL + RESTART, fake=fake())
    run.recorder.available = False
    finished = await run.play()
    assert isinstance(run.recorder.events[0].event, RecordLost)
    assert "mitigate Restart: aborted" in run.story
    assert finished.exit_code == 7


async def test_branches_take_the_first_case_that_holds() -> None:
    """Cases are tried in order; the record says why and which roads were not taken."""
    text = """
steps:
  - check: Disk
    id: disk
    local: df
  - branch: Which
    cases:
      - when: disk.failed
        steps:
          - check: A
            local: a
      - when: well.failed
        steps:
          - check: B
            local: b
    else:
      - check: C
        local: c
  - check: After
    local: after
"""
    run = Rehearsal(ILL + text, fake=fake())
    await run.play()
    assert run.story[2:] == ["branch: case 2", "check B: ok", "check After: ok"]


async def test_a_branch_that_cannot_be_decided_stops_the_run() -> None:
    """An error in a condition takes no road at all."""
    text = """
steps:
  - check: Facts
    id: facts
    local: facts
  - branch: Which
    cases:
      - when: facts.json.size > 3
        steps:
          - mitigate: Dangerous
            ssh: danger
            irreversible: true
    else:
      - mitigate: Dangerous too
        ssh: danger
        irreversible: true
"""
    run = Rehearsal(ILL + text, fake=fake(), inventory=make_inventory(rules=("bob",)))
    finished = await run.play()
    assert not [line for line in run.asked if "danger" in line]
    assert "could not be decided" in finished.reason
    assert finished.told == ("bob",)


async def test_each_host_has_its_own_when_unless_and_names() -> None:
    """Within a per-host step a name means that host's own result."""
    text = """
steps:
  - check: Role
    id: role
    ssh: cat role
    capture: {mine: stdout}
  - mitigate: Only leaders
    ssh: promote {{ mine }}
    when: role.stdout == 'leader'
    unless: inventory_hostname == 'h3'
    irreversible: true
"""
    transport = fake().on(shell("follower"), target="h1", asks="role").on(shell("leader"), asks="role")
    run = Rehearsal(ILL + text, fake=transport)
    await run.play()
    assert [line for line in run.asked if "promote" in line] == ["h2: promote leader"]
    finished = [r.event for r in run.recorder.events if isinstance(r.event, StepFinished)][-1]
    assert {t.target: t.outcome for t in finished.result.targets} == {
        "h1": Outcome.SKIPPED,
        "h2": Outcome.OK,
        "h3": Outcome.SKIPPED,
    }


async def test_neighbouring_checks_run_side_by_side() -> None:
    """Three independent checks are under way at once; one that names another waits for it."""
    text = """
steps:
  - check: A
    id: a
    local: a
  - check: B
    local: b
  - check: C
    local: c
  - check: D
    local: d
    when: a.passed
"""
    run = Rehearsal(ILL + text, inventory=make_inventory(("h1",)), fake=fake())
    await run.play()
    assert run.fake.busiest == 3
    assert run.story[-1] == "check D: ok"


async def test_dead_targets_do_not_stall_the_others() -> None:
    """More dead hosts than places at once: the others are asked all the same, long before the dead time out."""
    names = [f"h{number:03}" for number in range(30)]
    transport = FakeTransport(default=shell()).on(http(503), asks="/health")
    for name in names[:20]:
        transport.on(Delayed(shell(), Duration(4_000)), target=name)
    text = "steps:\n  - check: Alive\n    ssh: 'true'\n    timeout: 4s\n"
    run = Rehearsal(ILL + text, inventory=make_inventory(names), fake=transport, parallel=10)
    loop = asyncio.get_running_loop()
    began = loop.time()
    task = asyncio.create_task(run.play())
    while not any(name in line for line in run.asked for name in names[20:]):
        await asyncio.sleep(0.05)
    assert loop.time() - began < 3.5
    await task


async def test_mitigations_keep_to_the_limit() -> None:
    """`--parallel` is a promise where something is changed."""
    transport = fake().on(Delayed(shell(), Duration(1)), asks="restart").on(http(200), asks="/works")
    names = [f"h{number}" for number in range(9)]
    run = Rehearsal(ILL + RESTART, inventory=make_inventory(names), fake=transport, parallel=2)
    await run.play()
    assert run.fake.busiest == 2


async def test_verify_polls_until_it_keeps_holding() -> None:
    """`within`, `every`, `stable_for` on the injected clock."""
    text = """
steps:
  - verify: Works
    http: GET http://127.0.0.1/works
    within: 1m
    every: 10s
    stable_for: 20s
"""
    works = (http(500), http(200), http(500), http(200))
    run = Rehearsal(ILL + text, fake=fake().on(*works, asks="/works"))
    finished = await run.play()
    assert finished.verdict is Verdict.RESOLVED
    attempts = [r.event for r in run.recorder.events if isinstance(r.event, AttemptFinished)]
    assert [a.result.outcome.value for a in attempts[1:]] == ["failed", "ok", "failed", "ok", "ok", "ok"]
    assert run.clock.ms == 50_000


async def test_verify_without_an_action_repeats_health() -> None:
    """All health checks must hold; the cause names the one that does not."""
    text = "steps:\n  - verify: All is well\n    within: 20s\n    every: 5s\n"
    health = ILL + "  - check: Also\n    local: also\n"
    run = Rehearsal(health + text, fake=fake())
    finished = await run.play()
    assert finished.verdict is Verdict.UNRESOLVED
    last = [r.event for r in run.recorder.events if isinstance(r.event, StepFinished)][-1]
    assert last.result.cause is not None
    assert "did not hold within 20s" in last.result.cause.message
    assert any("Well: status = 503" in (t.cause.message if t.cause else "") for t in last.result.targets)


@pytest.mark.parametrize(
    ("when", "ends"), [("well.passed", "skipped"), ("well.failed", "ok"), ("well.stdout == 'x'", "error")]
)
async def test_a_verify_that_repeats_health_has_a_when_of_its_own(when: str, ends: str) -> None:
    text = f"steps:\n  - verify: Well again\n    when: {when}\n"
    run = Rehearsal(ILL + text, fake=FakeTransport().on(http(503), http(200)))
    await run.play()
    assert run.story[-1] == f"verify Well again: {ends}"


async def test_check_mode_changes_nothing_and_shows_what_it_would_change() -> None:
    """`--check`: mitigations with their resolved requests, nobody told, nothing verified."""
    text = RESTART + "  - escalate: Help\n    to: ana\n"
    run = Rehearsal(ILL + text, fake=fake(), mode=Mode.CHECK, inventory=make_inventory(("h1",), rules=("bob",)))
    finished = await run.play()
    assert run.asked == ["control: GET http://127.0.0.1/health"]
    restart = next(
        r.event for r in run.recorder.events if isinstance(r.event, StepFinished) and r.event.id == "restart"
    )
    cause = restart.result.targets[0].cause
    assert cause is not None
    assert cause.message == "would run: ssh: systemctl restart app"
    assert (run.teller.stories, finished.changed, finished.exit_code) == ([], (), 1)


async def test_sweep_reads_health_only() -> None:
    """A sweep's plan holds no step that could change anything."""
    run = Rehearsal(ILL + RESTART, fake=fake(), mode=Mode.SWEEP)
    finished = await run.play()
    assert run.executor.state.plan.steps == ()
    assert run.asked == ["control: GET http://127.0.0.1/health"]
    assert finished.verdict is Verdict.UNRESOLVED


async def test_unreachable_health_is_unknown() -> None:
    """Nobody can say whether it is well."""
    run = Rehearsal(ILL, fake=FakeTransport(default=GONE))
    finished = await run.play()
    assert (finished.verdict, finished.exit_code) == (Verdict.UNKNOWN, 4)


async def test_who_is_told_at_the_end() -> None:
    """The rule for unresolved runs, but nobody twice; a deaf contact makes the run undelivered."""
    text = "steps:\n  - escalate: Help\n    to: ana\n"
    run = Rehearsal(ILL + text, fake=fake(), inventory=make_inventory(rules=("ana", "bob")))
    finished = await run.play()
    assert finished.told == ("ana", "bob")
    deaf = Rehearsal(ILL + text, fake=fake(), teller=ScriptedTeller(deaf=frozenset({"ana"})))
    finished = await deaf.play()
    assert (finished.verdict, finished.exit_code, finished.not_told) == (Verdict.UNDELIVERED, 5, ("ana",))


async def test_the_first_signal_undoes_and_runs_finally() -> None:
    """SIGINT during a mitigation: it ends, is indeterminate, is undone; `finally` runs; 130."""
    text = RESTART + "finally:\n  - check: Evidence\n    local: date\n"

    async def never(seconds: float) -> None:
        await asyncio.Event().wait()

    transport = FakeTransport(default=shell(), sleep=never).on(http(503), asks="/health")
    transport.on(Delayed(shell(), Duration(1)), asks="restart")
    run = Rehearsal(ILL + text, inventory=make_inventory(("h1",)), fake=transport)
    task = asyncio.create_task(run.play())
    while not any("restart" in line for line in run.asked):
        await asyncio.sleep(0)
    run.executor.interrupt("SIGINT")
    finished = await task
    assert run.story[1:] == [
        "run.interrupted",
        "mitigate Restart: indeterminate",
        "undo Restart: ok",
        "check Evidence: ok",
    ]
    assert (finished.verdict, finished.exit_code) == (Verdict.INTERRUPTED, 130)


async def test_the_second_signal_ends_at_once_and_says_what_is_left() -> None:
    """SIGTERM, and again while undoing: undo is given up."""
    text = """
steps:
  - mitigate: A
    ssh: do-a
    undo: {ssh: undo-a}
  - mitigate: B
    ssh: do-b
    undo: {ssh: undo-b}
  - verify: Works
    http: GET http://127.0.0.1/works
"""

    async def never(seconds: float) -> None:
        await asyncio.Event().wait()

    transport = FakeTransport(default=shell(), sleep=never).on(http(503), asks="/health").on(http(500), asks="/works")
    transport.on(Delayed(shell(), Duration(1)), asks="undo-b")
    run = Rehearsal(ILL + text, inventory=make_inventory(("h1",)), fake=transport)
    task = asyncio.create_task(run.play())
    while not any("undo-b" in line for line in run.asked):
        await asyncio.sleep(0)
    run.executor.interrupt("SIGTERM")
    await asyncio.sleep(0)
    run.executor.interrupt("SIGTERM")
    finished = await task
    assert finished.not_undone == ("B", "A")
    assert finished.exit_code == 143


async def test_a_signal_while_asking_aborts_the_question() -> None:
    """Ctrl-C at the prompt: nothing was begun, nothing is undone."""

    class Silent(ScriptedPerson):
        async def approve(self, title: str, inputs: tuple[object, ...], batches: object) -> Said:
            await asyncio.Event().wait()
            raise AssertionError

    inventory = make_inventory(policy=Policy(mitigate="approve"))
    run = Rehearsal(ILL + RESTART, inventory=inventory, fake=fake(), yes=False, person=Silent([Said(yes=True)]))
    task = asyncio.create_task(run.play())
    while not any(isinstance(r.event, ApprovalRequested) for r in run.recorder.events):
        await asyncio.sleep(0)
    run.executor.interrupt("SIGINT")
    finished = await task
    assert run.story[1:] == ["run.interrupted", "mitigate Restart: aborted"]
    assert (finished.changed, finished.exit_code) == ((), 130)


async def test_host_data_is_never_a_template_nor_a_command() -> None:
    """What a host prints stays what it is, in commands quoted for the shell."""
    text = """
steps:
  - check: Read
    id: evil
    ssh: cat name
    capture: {name: stdout}
  - check: Use
    ssh: echo {{ name }}
"""
    evil = "{{ 7*7 }}; $(reboot) `x` 'q'"
    run = Rehearsal(ILL + text, inventory=make_inventory(("h1",)), fake=fake().on(shell(evil), asks="cat"))
    await run.play()
    assert shlex.split(run.asked[-1].removeprefix("h1: ")) == ["echo", evil]


async def test_folding_the_events_gives_the_live_state() -> None:
    """The run is a fold over its events."""
    from playbook_engine.engine.conductor import advance, begin

    run = Rehearsal(ILL + RESTART, fake=fake().on(http(500), asks="/works"))
    await run.play()
    state = begin(run.executor.state.plan, run.executor.state.run)
    for recorded in run.recorder.events:
        state, _ = advance(state, recorded)
    assert state == run.executor.state
    assert isinstance(run.recorder.events[0].event, RunStarted)


async def test_a_mitigation_that_found_all_as_it_should_be_changed_nothing() -> None:
    """What the target itself calls no change is not listed as changed, and there is nothing to undo."""
    text = """
steps:
  - mitigate: Scale
    kubectl: scale deployment/api --replicas=3
    undo: auto
  - verify: Works
    http: GET http://127.0.0.1/works
"""
    same = KubectlReply(changed=False, data={"replicas": 3})
    run = Rehearsal(ILL + text, fake=fake().on(same, transport="kubectl").on(http(500), asks="/works"))
    finished = await run.play()
    assert run.story == ["check Well: failed", "mitigate Scale: ok", "verify Works: failed"]
    assert (finished.changed, finished.undone) == ((), ())
