"""A playbook that plays another: its own names and results, one run, one record, one undo."""

import pytest
from rehearsing import Rehearsal, Said, ScriptedPerson, make_inventory

from playbook_engine.model.events import PlayFinished, PlayStarted, StepFinished
from playbook_engine.model.outcomes import Outcome, Verdict
from playbook_engine.model.replies import ShellReply
from playbook_engine.model.requests import Request, ShellRequest
from playbook_engine.model.settings import Mode
from playbook_engine.transports.fake import Computed, FakeTransport, http, shell
from playbook_engine.values import Secret

ILL = """
hosts: all
health:
  - check: Well
    id: well
    http: GET http://127.0.0.1/health
"""
PARENT = """
steps:
  - mitigate: First
    local: first
    undo: {local: unfirst}
  - branch: What is it?
    id: question
    cases:
      - when: well.failed
        play: disk
    else: []
  - check: Afterwards
    local: after
finally:
  - check: Parent's end
    local: parent-end
"""
DISK = """
hosts: all
health:
  - check: Disk is well
    id: disk
    local: df
steps:
  - mitigate: Clean
    id: clean
    local: clean
    undo: {local: unclean}
  - verify: Disk again
    local: df again
finally:
  - check: Child's end
    local: child-end
"""


def ill() -> FakeTransport:
    return FakeTransport(default=shell()).on(http(503), asks="/health")


def full() -> FakeTransport:
    """Return targets on which the other playbook has something to do."""
    return ill().on(shell(rc=1), asks=lambda request: request.summary() == "df")


def ends(run: Rehearsal) -> list[str]:
    """Return how the playbooks that were played ended."""
    return [
        f"{r.event.name}: {r.event.ended.value}" for r in run.recorder.events if isinstance(r.event, PlayFinished)
    ]


async def test_a_child_that_is_healthy_does_nothing() -> None:
    """Its health is a gate; its `finally` belongs to what it did, and it did nothing."""
    run = Rehearsal(ILL + PARENT, others={"disk": DISK}, fake=ill())
    finished = await run.play()
    assert run.story == [
        "check Well: failed",
        "mitigate First: ok",
        "branch: case 1",
        "play disk",
        "check Disk is well: ok",
        "played disk: healthy",
        "check Afterwards: ok",
        "check Parent's end: ok",
    ]
    assert finished.verdict is Verdict.UNRESOLVED


async def test_a_child_resolves_the_run() -> None:
    """Its verify passed: it is over, and the inner `finally` comes before the outer one."""
    run = Rehearsal(ILL + PARENT, others={"disk": DISK}, fake=full())
    finished = await run.play()
    assert run.story[3:] == [
        "play disk",
        "check Disk is well: failed",
        "mitigate Clean: ok",
        "verify Disk again: ok",
        "played disk: resolved",
        "check Child's end: ok",
        "check Parent's end: ok",
    ]
    assert finished.verdict is Verdict.RESOLVED
    assert finished.changed == ("First", "Clean")


async def test_a_child_that_is_done_gives_way_to_its_caller() -> None:
    """Nothing was proven there, so the steps after the branch run."""
    child = DISK.replace("  - verify: Disk again\n    local: df again\n", "  - check: Looked\n    local: look\n")
    run = Rehearsal(ILL + PARENT, others={"disk": child}, fake=full())
    await run.play()
    assert ends(run) == ["disk: done"]
    assert run.story[-3:] == ["check Afterwards: ok", "check Child's end: ok", "check Parent's end: ok"]


async def test_undo_goes_through_parent_and_child_latest_first() -> None:
    """A verify that fails in the child takes back what the parent changed before it, too."""
    run = Rehearsal(ILL + PARENT, others={"disk": DISK}, fake=full().on(shell(rc=1), asks="df again"))
    finished = await run.play()
    assert ends(run) == ["disk: stopped"]
    assert run.story[-4:] == ["undo Clean: ok", "undo First: ok", "check Child's end: ok", "check Parent's end: ok"]
    assert finished.undone == ("Clean", "First")


async def test_a_failure_after_the_child_takes_back_the_child() -> None:
    """The child is over, and what it changed is not forgotten."""
    child = DISK.replace("  - verify: Disk again\n    local: df again\n", "")
    parent = PARENT.replace("  - check: Afterwards\n    local: after\n", "  - verify: All\n    local: proof\n")
    run = Rehearsal(ILL + parent, others={"disk": child}, fake=full().on(shell(rc=1), asks="proof"))
    finished = await run.play()
    assert finished.undone == ("Clean", "First")


async def test_a_signal_inside_a_child_ends_it_and_takes_everything_back() -> None:
    """The child is stopped, its `finally` runs, and so does the parent's."""
    transport = full()
    run = Rehearsal(ILL + PARENT, others={"disk": DISK}, fake=transport)

    def interrupted(request: Request) -> ShellReply:
        del request
        run.executor.interrupt("SIGINT")
        return shell()

    transport.on(Computed(interrupted), asks=lambda request: request.summary() == "clean")
    finished = await run.play()
    assert finished.verdict is Verdict.INTERRUPTED
    assert ends(run) == ["disk: stopped"]
    assert finished.undone == ("Clean", "First")
    assert run.story[-2:] == ["check Child's end: ok", "check Parent's end: ok"]


async def test_a_signal_in_the_child_s_health_leaves_its_finally_out() -> None:
    """It had not begun to do anything."""
    transport = ill()
    run = Rehearsal(ILL + PARENT, others={"disk": DISK}, fake=transport)

    def interrupted(request: Request) -> ShellReply:
        del request
        run.executor.interrupt("SIGINT")
        return shell(rc=1)

    transport.on(Computed(interrupted), asks=lambda request: request.summary() == "df")
    await run.play()
    assert ends(run) == ["disk: stopped"]
    assert "check Child's end: ok" not in run.story
    assert run.story[-1] == "check Parent's end: ok"


async def test_a_child_that_waits_for_a_yes_makes_the_run_wait() -> None:
    """Nothing is undone, nothing ends: somebody will go on from here."""
    run = Rehearsal(
        ILL + PARENT.replace("local: first\n", "local: first\n    approve: auto\n"),
        others={"disk": DISK.replace("id: clean\n", "id: clean\n    approve: required\n")},
        fake=full(),
        yes=False,
    )
    finished = await run.play()
    assert finished.verdict is Verdict.WAITING
    assert finished.reason.startswith("'Clean' needs a yes (--approve 'disk:clean'), and nobody")
    assert run.story[-1] == "run.paused"
    assert ends(run) == []


async def test_a_person_is_told_whose_mitigation_it_is() -> None:
    """The question names the other playbook."""
    person = ScriptedPerson([Said(yes=True)])
    child = DISK.replace("id: clean\n", "id: clean\n    approve: required\n")
    run = Rehearsal(ILL + PARENT, others={"disk": child}, fake=full(), yes=False, person=person)
    await run.play()
    assert [title for title, _ in person.asked] == ["Clean (in 'A test')"]


async def test_check_mode_reads_in_the_child_and_changes_nothing() -> None:
    """What it would change is shown."""
    run = Rehearsal(ILL + PARENT, others={"disk": DISK}, fake=full(), mode=Mode.CHECK)
    await run.play()
    assert not [line for line in run.asked if "clean" in line or "first" in line]
    assert "mitigate Clean: skipped" in run.story


async def test_names_and_results_are_the_child_s_own() -> None:
    """The same id means each playbook's own step; inputs come as data and from templates; the run is the same."""
    parent = """
vars: {size: 1, deeply: nested}
steps:
  - check: Look
    id: look
    local: parent-look
    capture: {found: stdout}
  - branch: Which?
    cases:
      - when: look.passed
        play:
          playbook: child
          inputs: {path: "{{ look.stdout }}", size: "{{ 40 + 2 }}", mode: fast}
    else: []
  - check: Again
    local: echo {{ look.stdout }} {{ found }} {{ playbook.name }} {{ size }}
"""
    child = """
inputs:
  path: {type: string, required: true}
  size: {type: integer, default: 7}
  mode: {type: string, default: slow}
steps:
  - check: Look
    id: look
    local: child-look {{ path }} {{ size }} {{ mode }} {{ playbook.name }}
    capture: {found: stdout}
  - check: Use
    local: use {{ look.stdout }} {{ found }}
"""
    transport = ill().on(shell("/var log"), asks="parent-look").on(shell("inner"), asks="child-look")
    run = Rehearsal(ILL + parent, others={"child": child}, fake=transport)
    await run.play()
    assert run.asked[2:] == [
        "control: child-look '/var log' 42 fast child",
        "control: use inner inner",
        "control: echo '/var log' '/var log' test 1",
    ]
    started = next(r.event for r in run.recorder.events if isinstance(r.event, PlayStarted))
    assert started.inputs == (("mode", "fast"), ("path", "/var log"), ("size", 42))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{{ look.stdout }}", "the input 'size' of 'child' does not fit: expected a whole number"),
        ("{{ look.json.size }}", "the input 'size' of 'child' has no value: look has no 'json'"),
        ("{{ 2 }}", "the input 'size' of 'child' does not fit: 2 is below the minimum of 5"),
    ],
)
async def test_an_input_that_does_not_fit_is_an_error_of_the_branch(given: str, said: str) -> None:
    """The other playbook is not begun, and the steps stop."""
    parent = f"""
steps:
  - check: Look
    id: look
    local: look
  - branch: Which?
    cases: [{{when: look.passed, play: {{playbook: child, inputs: {{size: "{given}"}}}}}}]
    else: []
  - check: Afterwards
    local: after
"""
    child = (
        "inputs: {size: {type: integer, required: true, minimum: 5}}\nsteps: [{check: A, local: 'a {{ size }}'}]\n"
    )
    run = Rehearsal(ILL + parent, others={"child": child}, fake=ill().on(shell("many"), asks="look"))
    finished = await run.play()
    last = [r.event for r in run.recorder.events if isinstance(r.event, StepFinished)][-1]
    assert (last.verb, last.result.outcome) == ("branch", Outcome.ERROR)
    assert last.result.cause is not None
    assert last.result.cause.message.startswith(said)
    assert not any(isinstance(r.event, PlayStarted | PlayFinished) for r in run.recorder.events)
    assert "could not play what it leads to" in finished.reason


async def test_secrets_that_are_passed_on_stay_secret() -> None:
    """A secret of the environment, and a text that the child declares to be one, are masked in every request."""
    parent = """
steps:
  - check: Look
    id: look
    local: look {{ secret.KEY }}
  - branch: Which?
    cases:
      - when: look.passed
        play: {playbook: child, inputs: {key: "{{ secret.KEY }}", token: "{{ look.stdout }}"}}
    else: []
"""
    child = """
inputs: {key: {type: string, required: true}, token: {type: string, secret: true, required: true}}
steps: [{check: Use, local: "use {{ key }} {{ token }}"}]
"""
    run = Rehearsal(
        ILL + parent,
        others={"child": child},
        fake=ill().on(shell("t0ken-value"), asks="look"),
        secrets={"KEY": Secret("KEY", "hunter2-secret")},
    )
    await run.play()
    used = run.fake.requests[-1]
    assert isinstance(used, ShellRequest)
    assert "hunter2" not in used.summary()
    assert "t0ken" not in used.summary()
    assert sorted(secret.reveal() for _, secret in used.shell.secrets) == ["hunter2-secret", "t0ken-value"]
    assert "t0ken-value" in {secret.reveal() for secret in run.recorder.hidden}


async def test_a_child_s_mitigation_has_a_name_of_its_own_for_approvals() -> None:
    """`--approve child:ID`, or its path."""
    run = Rehearsal(ILL + PARENT, others={"disk": DISK}, fake=full())
    child = [path for path in run.executor.state.index if path.endswith("play/steps/1")]
    assert child == ["steps/2/case 1/play/steps/1"]


async def test_a_child_on_a_road_sees_that_road_s_hosts() -> None:
    """Its own steps on hosts are narrowed; it ends the road when it is resolved; its `finally` is narrowed too."""
    parent = """
steps:
  - check: Disk
    id: disk
    ssh: look
  - branch: Where?
    for: host
    cases: [{when: disk.failed, play: clean}]
    else: [{verify: Others, ssh: others}]
  - check: Afterwards
    local: after
"""
    child = """
hosts: all
steps:
  - mitigate: Clean
    ssh: clean
    irreversible: true
  - verify: Again
    ssh: again
  - check: Left out
    ssh: left-out
finally: [{check: End, ssh: end}]
"""
    transport = ill().on(shell(rc=1), target="h2", asks="look")
    run = Rehearsal(ILL + parent, others={"clean": child}, fake=transport)
    finished = await run.play()
    assert run.asked[4:] == ["h2: clean", "h2: again", "h1: others", "h3: others", "h2: end"]
    assert ends(run) == ["clean: resolved"]
    assert finished.verdict is Verdict.RESOLVED
    started = next(r.event for r in run.recorder.events if isinstance(r.event, PlayStarted))
    assert started.hosts == ("h2",)


async def test_grandchildren_end_before_their_callers() -> None:
    """One inside the other, each with its own end; the run's `finally` is the last."""
    parent = "steps: [{branch: A, cases: [{when: 'true', play: b}], else: []}]\nfinally: [{check: E1, local: e1}]\n"
    middle = "steps: [{branch: B, cases: [{when: 'true', play: c}], else: []}]\nfinally: [{check: E2, local: e2}]\n"
    inner = "steps: [{verify: Proof, local: proof}]\nfinally: [{check: E3, local: e3}]\n"
    run = Rehearsal(parent, others={"b": middle, "c": inner}, inventory=make_inventory())
    run.fake.on(shell())
    finished = await run.play()
    assert run.story[4:] == [
        "verify Proof: ok",
        "played c: resolved",
        "played b: resolved",
        "check E3: ok",
        "check E2: ok",
        "check E1: ok",
    ]
    assert finished.verdict is Verdict.RESOLVED


async def test_a_playbook_can_be_played_in_finally() -> None:
    """Its own `finally` still comes, after the run's."""
    parent = """
steps: [{check: A, local: a}]
finally: [{branch: B, cases: [{when: 'true', play: b}], else: []}, {check: C, local: c}]
"""
    child = "steps: [{check: D, local: d}]\nfinally: [{check: E, local: e}]\n"
    run = Rehearsal(parent, others={"b": child}, fake=FakeTransport(default=shell()))
    await run.play()
    assert run.story[1:] == [
        "branch: case 1",
        "play b",
        "check D: ok",
        "played b: done",
        "check C: ok",
        "check E: ok",
    ]
