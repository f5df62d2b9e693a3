"""Steps that are repeated for each item of a list: whole runs on scripted targets."""

import pytest
from rehearsing import Rehearsal, Said, ScriptedPerson, make_inventory
from virtual import VirtualClock, play

from playbook_engine.model.events import AttemptFinished, StepFinished, StepStarted
from playbook_engine.model.inventory import Policy
from playbook_engine.model.outcomes import Outcome, Verdict
from playbook_engine.model.repeating import MOST_TURNS
from playbook_engine.model.replies import Fault, FaultKind, KubectlReply
from playbook_engine.model.results import StepResult
from playbook_engine.model.settings import Mode
from playbook_engine.transports.fake import FakeTransport, http, shell

TWO = ("h1", "h2")


def rehearsal(steps: str, *hosts: str, fake: FakeTransport | None = None, **how: object) -> Rehearsal:
    return Rehearsal(
        f"hosts: all\nsteps:\n{steps}",
        inventory=make_inventory(hosts or ("h1",)),
        fake=fake or FakeTransport(default=shell()),
        clock=VirtualClock(),
        **how,  # type: ignore[arg-type]  # tests give what fits
    )


def end(run: Rehearsal, name: str) -> StepResult:
    return next(
        recorded.event.result
        for recorded in run.recorder.events
        if isinstance(recorded.event, StepFinished) and recorded.event.id == name
    )


SERVICES = """
  - check: Runs
    id: runs
    ssh: systemctl is-active {{ item }}
    loop: [nginx, redis]
"""


def test_every_target_has_a_turn_for_every_item() -> None:
    """Each turn is a target of its own: in the request, in its attempts, in the results, in target order."""
    run = rehearsal(SERVICES, *TWO)
    play(run)
    assert sorted(run.asked) == [
        "h1: systemctl is-active nginx",
        "h1: systemctl is-active redis",
        "h2: systemctl is-active nginx",
        "h2: systemctl is-active redis",
    ]
    events = [recorded.event for recorded in run.recorder.events]
    (started,) = (event for event in events if isinstance(event, StepStarted))
    names = ["h1[nginx]", "h1[redis]", "h2[nginx]", "h2[redis]"]
    assert [(given.target, given.on, given.item) for given in started.inputs] == [
        ("h1[nginx]", "h1", "nginx"),
        ("h1[redis]", "h1", "redis"),
        ("h2[nginx]", "h2", "nginx"),
        ("h2[redis]", "h2", "redis"),
    ]
    assert sorted(event.result.target for event in events if isinstance(event, AttemptFinished)) == names
    assert [target.target for target in end(run, "runs").targets] == names
    assert [target.place for target in end(run, "runs").targets] == ["h1", "h1", "h2", "h2"]


def test_item_is_known_in_when_unless_action_expect_capture_and_undo() -> None:
    """Everywhere in the step, each turn its own; an undo is rendered with the item of its turn."""
    steps = """
  - mitigate: Set
    id: set
    ssh: set {{ item.name }}={{ item.value }}
    loop:
      - {name: a, value: 1}
      - {name: b, value: 2}
      - {name: c, value: 3}
      - {name: d, value: 4}
    when: item.value > 1
    unless: item.name == 'd'
    expect: stdout == item.name
    capture: {was: "item.value"}
    undo: {ssh: "unset {{ item.name }}"}
"""
    fake = FakeTransport(default=shell()).on(shell("b"), asks=_is("set b=2")).on(shell("x"), asks=_is("set c=3"))
    run = rehearsal(steps, fake=fake)
    play(run)
    assert {target.target: (target.outcome.value, dict(target.captured)) for target in end(run, "set").targets} == {
        "h1[1]": ("skipped", {}),
        "h1[2]": ("ok", {"was": 2}),
        "h1[3]": ("failed", {}),
        "h1[4]": ("skipped", {}),
    }
    assert [line for line in run.asked if "unset" in line] == ["h1: unset b", "h1: unset c"]
    undo = next(each.event for each in run.recorder.events if each.event.type == "undo.started")
    assert [(given.target, given.request) for given in undo.inputs] == [  # type: ignore[union-attr]  # it has inputs
        ("h1[2]", "unset b"),
        ("h1[3]", "unset c"),
    ]


def _is(text: str):  # type: ignore[no-untyped-def]  # noqa: ANN202  a rule of the fake
    return lambda request: request.summary() == text


def test_an_undo_that_the_engine_works_out_is_one_for_each_turn() -> None:
    """Each turn's own state is put back."""
    steps = """
  - mitigate: Scale
    id: scale
    kubectl: scale deployment/{{ item }} --replicas=5
    loop: [api, web]
    undo: auto
  - verify: Works
    http: GET http://127.0.0.1/works
"""
    fake = FakeTransport(default=KubectlReply(changed=True)).on(http(500), transport="http")
    for name, replicas in (("api", 2), ("web", 3)):
        fake.on(KubectlReply(data={"replicas": replicas}), asks=f"get deployments/{name}")
    run = rehearsal(steps, fake=fake)
    play(run)
    started = [each.event for each in run.recorder.events if each.event.type == "undo.started"]
    assert [(given.target, "replicas=2" in given.request) for given in started[0].inputs] == [  # type: ignore[union-attr]  # it has inputs
        ("main[api]", True),
        ("main[web]", False),
    ]


def test_states_are_looked_at_within_the_limit() -> None:
    """A long loop does not ask for all its states at once."""
    steps = f"  - {{mitigate: S, kubectl: 'scale deployment/{{{{ item }}}} --replicas=5', loop: {list('abcdefgh')}, undo: auto}}\n"
    fake = FakeTransport(default=KubectlReply(changed=True)).on(KubectlReply(data={"replicas": 1}), asks="get ")
    run = rehearsal(steps, fake=fake, parallel=3)
    play(run)
    assert len([line for line in run.asked if "get " in line]) == 8
    assert run.fake.busiest == 3


def test_items_that_an_earlier_step_found() -> None:
    """On several hosts each has its own list."""
    steps = """
  - check: Which
    id: which
    ssh: list
  - check: Each
    id: each
    ssh: look {{ item }}
    loop: which.json
"""
    fake = FakeTransport(default=shell()).on(shell('["a", "b"]'), target="h1", asks="list")
    fake.on(shell('["c"]'), target="h2", asks="list").on(shell("[]"), target="h3", asks="list")
    run = rehearsal(steps, "h1", "h2", "h3", fake=fake)
    play(run)
    result = end(run, "each")
    assert [(target.target, target.outcome.value) for target in result.targets] == [
        ("h1[a]", "ok"),
        ("h1[b]", "ok"),
        ("h2[c]", "ok"),
        ("h3", "skipped"),
    ]
    assert result.outcome is Outcome.OK
    cause = result.targets[-1].cause
    assert cause is not None
    assert (cause.kind, cause.message) == ("loop", "nothing to do: which.json is empty")


@pytest.mark.parametrize(
    ("stdout", "outcome", "message"),
    [
        ("[]", Outcome.SKIPPED, "nothing to do: which.json is empty"),
        ('{"a": 1}', Outcome.ERROR, "which.json is no list, so there is nothing to repeat the step for"),
        ('"text"', Outcome.ERROR, "which.json is no list, so there is nothing to repeat the step for"),
        ("no json", Outcome.ERROR, "'json' is missing: the output is not JSON"),
        (
            str(list(range(MOST_TURNS + 1))),
            Outcome.ERROR,
            "which.json has 1001 items; a loop has at most 1000 turns on a target",
        ),
    ],
)
def test_lists_that_nothing_can_be_done_with(stdout: str, outcome: Outcome, message: str) -> None:
    """An empty one skips the step with the reason; what is no list, or too long, is an error. Nothing is asked."""
    steps = "  - {check: Which, id: which, ssh: list}\n  - {check: Each, id: each, ssh: 'x {{ item }}', loop: which.json}\n"
    run = rehearsal(steps, fake=FakeTransport(default=shell(stdout)))
    play(run)
    result = end(run, "each")
    assert (result.outcome, len(run.asked)) == (outcome, 1)
    assert result.cause is not None
    assert message in result.cause.message


def test_a_thousand_turns_are_not_too_many() -> None:
    """The limit itself."""
    steps = "  - {check: Which, id: which, ssh: list}\n  - {check: Each, id: each, ssh: 'x {{ item }}', loop: which.json}\n"
    fake = FakeTransport(default=shell()).on(shell(str(list(range(MOST_TURNS)))), asks="list")
    run = rehearsal(steps, fake=fake)
    play(run)
    assert len(end(run, "each").targets) == MOST_TURNS


def test_a_when_without_item_guards_the_list() -> None:
    """When the step that gives the items was skipped, `when` is asked before the list is looked for."""
    steps = """
  - check: Which
    id: which
    ssh: list
    when: "false"
  - check: Each
    id: each
    ssh: look {{ item }}
    loop: which.json
    when: which.passed
"""
    run = rehearsal(steps)
    play(run)
    result = end(run, "each")
    assert result.cause is not None
    assert (result.outcome, result.cause.message) == (Outcome.SKIPPED, "when: which.passed is false")
    assert [target.target for target in result.targets] == ["h1"]


def test_what_later_steps_see_of_a_loop() -> None:
    """Hosts each once; a turn by its name; on a host with one turn the fields themselves."""
    steps = """
  - check: Runs
    id: runs
    ssh: is {{ item }}
    loop: [a, b]
    capture: {state: stdout}
  - check: Look
    id: look
    local: say {{ runs.failed_hosts }} {{ runs.targets['h1[a]'].rc }} {{ runs.passed }}
  - check: Ambiguous
    id: ambiguous
    ssh: say {{ runs.rc }}
  - check: Captured
    id: captured
    ssh: say {{ state }}
"""
    fake = FakeTransport(default=shell("fine")).on(shell(rc=3), target="h1").on(shell(rc=3), target="h2", asks="is b")
    run = rehearsal(steps, "h1", "h2", "h3", fake=fake)
    play(run)
    said = [line for line in run.asked if line.startswith("control")]
    assert said == ["control: say h1 h2 3 false"]
    message = end(run, "ambiguous").targets[0].cause
    assert message is not None
    assert "it has 6 turns: write targets['h1[a]'] to say which" in message.message
    (h1, h2, h3) = end(run, "captured").targets
    assert h3.cause is not None
    assert "'state' has a value on each of 3 targets" in h3.cause.message
    assert h2.outcome is Outcome.OK
    assert "h2: say fine" in run.asked
    assert h1.outcome is Outcome.ERROR


def test_one_turn_on_a_host_is_that_hosts_own_result() -> None:
    """Nothing is ambiguous then."""
    steps = """
  - check: Role
    id: role
    ssh: is {{ item }}
    loop: [leader]
    capture: {mine: stdout}
  - check: Use
    id: use
    ssh: say {{ role.stdout }} {{ mine }}
"""
    fake = FakeTransport(default=shell()).on(shell("x1"), target="h1", asks="is").on(shell("x2"), asks="is")
    run = rehearsal(steps, *TWO, fake=fake)
    play(run)
    assert run.asked[-2:] == ["h1: say x1 x1", "h2: say x2 x2"]


def test_turns_are_targets_of_a_batch() -> None:
    """`serial: 1` makes items one after the other, host by host; the undo goes the other way."""
    steps = """
  - mitigate: Restart
    id: restart
    ssh: restart {{ item }}
    loop: [a, b]
    serial: 1
    undo: {ssh: "start {{ item }}"}
"""
    fake = FakeTransport(default=shell()).on(shell(rc=1), target="h2", asks="restart a")
    run = rehearsal(steps, *TWO, fake=fake)
    play(run)
    assert run.fake.busiest == 1
    assert run.asked == [
        "h1: restart a",
        "h1: restart b",
        "h2: restart a",
        "h2: start a",
        "h1: start b",
        "h1: start a",
    ]


def test_the_question_lists_every_turn() -> None:
    """Nobody says yes to half of a loop."""
    steps = "  - {mitigate: M, ssh: 'do {{ item }}', loop: [a, b], irreversible: true}\n"
    person = ScriptedPerson([Said(yes=True)])
    inventory = make_inventory(TWO, policy=Policy(mitigate="approve"))
    run = Rehearsal(
        f"hosts: all\nsteps:\n{steps}",
        inventory=inventory,
        fake=FakeTransport(default=shell()),
        yes=False,
        person=person,
        clock=VirtualClock(),
    )
    play(run)
    ((_, inputs),) = person.asked
    assert [(given.target, given.request) for given in inputs] == [
        ("h1[a]", "do a"),
        ("h1[b]", "do b"),
        ("h2[a]", "do a"),
        ("h2[b]", "do b"),
    ]


def test_check_mode_shows_every_turn() -> None:
    """`--check` sends none of them."""
    steps = "  - {mitigate: M, id: m, ssh: 'do {{ item }}', loop: [a, b], irreversible: true}\n"
    run = rehearsal(steps, mode=Mode.CHECK)
    play(run)
    causes = [target.cause for target in end(run, "m").targets]
    assert [cause and cause.message for cause in causes] == ["would run: ssh: do a", "would run: ssh: do b"]
    assert run.asked == []


def test_each_turn_is_tried_again_for_itself() -> None:
    """Retries count for a turn."""
    steps = "  - {check: C, id: c, ssh: 'x {{ item }}', loop: [a, b], retries: 2, delay: 1s}\n"
    gone = Fault(kind=FaultKind.UNREACHABLE, message="no route")
    run = rehearsal(steps, fake=FakeTransport(default=shell()).on(gone, gone, shell(), asks="x b"))
    play(run)
    assert [(target.target, target.attempts) for target in end(run, "c").targets] == [("h1[a]", 1), ("h1[b]", 3)]


def test_a_verify_repeats_every_turn_of_a_health_check() -> None:
    """Each check of health with its loop, until all hold."""
    text = """
health:
  - check: Ports
    id: ports
    local: probe {{ item }}
    loop: [80, 443]
steps:
  - verify: Again
    id: again
    within: 1m
    every: 5s
"""
    fake = FakeTransport(default=shell()).on(shell(rc=1), shell(rc=1), shell(), asks="probe 443")
    run = Rehearsal(text, fake=fake, clock=VirtualClock())
    assert play(run).verdict is Verdict.RESOLVED
    assert [target.target for target in end(run, "again").targets] == ["control[80]", "control[443]"]


def test_a_loop_in_a_verify_polls_all_turns() -> None:
    """A verify with an action of its own may have a loop."""
    steps = "  - {verify: V, id: v, ssh: 'x {{ item }}', loop: [a, b], within: 20s, every: 5s}\n"
    run = rehearsal(steps, fake=FakeTransport(default=shell()).on(shell(rc=1), shell(), asks="x b"))
    assert play(run).verdict is Verdict.RESOLVED
    assert sorted(run.asked) == ["h1: x a", "h1: x a", "h1: x b", "h1: x b"]


def test_two_items_with_the_same_text_keep_their_own_results() -> None:
    """Names are never shared: results would overwrite each other."""
    steps = "  - {check: C, id: c, ssh: 'x {{ item }}', loop: [a, a], expect: rc == 0}\n"
    run = rehearsal(steps, fake=FakeTransport().on(shell(), shell(rc=1), asks="x a"))
    play(run)
    assert [(target.target, target.outcome.value) for target in end(run, "c").targets] == [
        ("h1[1]", "ok"),
        ("h1[2]", "failed"),
    ]
