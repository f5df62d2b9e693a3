"""Every host takes its own road: which, in which order, and what it means for the run."""

import pytest
from rehearsing import Rehearsal, Said, ScriptedPerson, make_inventory

from playbook_engine.model.events import BranchTaken, StepFinished
from playbook_engine.model.outcomes import Outcome, Verdict
from playbook_engine.model.replies import ShellReply
from playbook_engine.model.requests import Request
from playbook_engine.transports.fake import Computed, FakeTransport, http, shell

ILL = """
hosts: all
health:
  - check: Well
    id: well
    http: GET http://127.0.0.1/health
"""
LOOK = """
steps:
  - check: Disk
    id: disk
    ssh: df
  - check: Memory
    id: memory
    ssh: free
"""
ROADS = """
  - branch: What is full?
    for: host
    cases:
      - when: disk.failed
        steps:
          - mitigate: Clean
            ssh: clean
            undo: {ssh: unclean}
          - verify: Disk again
            ssh: df again
      - when: memory.failed
        steps:
          - mitigate: Restart
            ssh: restart
            undo: {ssh: unrestart}
          - verify: Memory again
            ssh: free again
    else: []
  - check: Afterwards
    local: after
"""


def three_roads() -> FakeTransport:
    """Return targets of which h1 has a full disk and h2 too little memory; h3 is well."""
    transport = FakeTransport(default=shell()).on(http(503), asks="/health")
    transport.on(shell(rc=1), target="h1", asks=lambda request: request.summary() == "df")
    return transport.on(shell(rc=1), target="h2", asks=lambda request: request.summary() == "free")


def taken(run: Rehearsal) -> list[tuple[str | None, tuple[str, ...]]]:
    """Return the roads of the first branch with their hosts."""
    event = next(r.event for r in run.recorder.events if isinstance(r.event, BranchTaken))
    return [(road.taken, road.hosts) for road in event.roads]


async def test_each_host_takes_its_own_road_in_file_order() -> None:
    """Roads one after the other, each on its hosts only; when every road is proven, the incident is over."""
    run = Rehearsal(ILL + LOOK + ROADS, fake=three_roads())
    finished = await run.play()
    assert taken(run) == [("case 1", ("h1",)), ("case 2", ("h2",)), ("else", ("h3",))]
    assert run.asked[-4:] == ["h1: clean", "h1: df again", "h2: restart", "h2: free again"]
    assert finished.verdict is Verdict.RESOLVED
    assert "check Afterwards: ok" not in run.story


async def test_hosts_with_the_same_reason_stand_together() -> None:
    """One entry for each road and reason, hosts in the inventory's order."""
    run = Rehearsal(ILL + LOOK + ROADS, fake=three_roads(), inventory=make_inventory(("h3", "h1", "h4", "h2")))
    await run.play()
    event = next(r.event for r in run.recorder.events if isinstance(r.event, BranchTaken))
    assert [(road.taken, road.hosts, road.trace) for road in event.roads] == [
        ("case 1", ("h1",), "disk.failed (disk.failed = true)"),
        ("case 2", ("h2",), "memory.failed (memory.failed = true)"),
        (
            "else",
            ("h3", "h4"),
            "not disk.failed (disk.failed = false); not memory.failed (memory.failed = false)",
        ),
    ]
    assert (event.taken, event.not_taken) == ("case 1, case 2, else", ())


async def test_when_a_road_has_no_proof_the_run_goes_on() -> None:
    """One road resolved, the other only told somebody: that is not over, and the end says why."""
    text = """
  - branch: What?
    for: host
    cases:
      - when: disk.failed
        steps: [{mitigate: Clean, ssh: clean, irreversible: true}, {verify: Again, ssh: df again}]
      - when: memory.failed
        steps: [{escalate: Too little memory, to: ana}]
    else: []
  - check: Afterwards
    local: after
"""
    run = Rehearsal(ILL + LOOK + text, fake=three_roads())
    finished = await run.play()
    assert run.story[-3:] == ["verify Again: ok", "told ana", "check Afterwards: ok"]
    assert (finished.verdict, finished.reason) == (
        Verdict.UNRESOLVED,
        "not every road of 'What?' ended with a passed verify",
    )


async def test_a_verify_after_the_roads_has_the_last_word() -> None:
    """What the roads left in doubt, a later verify settles."""
    text = """
  - branch: What?
    for: host
    cases:
      - when: disk.failed
        steps: [{mitigate: Clean, ssh: clean, irreversible: true}, {verify: Again, ssh: df again}]
    else: [{check: Look closer, ssh: look}]
  - verify: All of it
    local: proof
"""
    run = Rehearsal(ILL + LOOK + text, fake=three_roads())
    finished = await run.play()
    assert run.story[-1] == "verify All of it: ok"
    assert finished.verdict is Verdict.RESOLVED


async def test_on_pass_continue_lets_the_rest_run_and_still_proves() -> None:
    """Every road passed, none said that it is over: the steps after the branch run, and the end is resolved."""
    text = ROADS.replace("ssh: df again", "ssh: df again\n            on_pass: continue")
    run = Rehearsal(ILL + LOOK + text, fake=three_roads())
    finished = await run.play()
    assert run.story[-1] == "check Afterwards: ok"
    assert finished.verdict is Verdict.RESOLVED


async def test_steps_elsewhere_run_once_for_the_road() -> None:
    """A step that is not on hosts runs once; one whose hosts all took other roads is skipped, and says so."""
    text = """
  - branch: What?
    for: host
    cases:
      - when: disk.failed or memory.failed
        steps:
          - {check: From here, local: once}
          - {check: Only the third, id: third, ssh: third, hosts: h3}
          - {check: All of them, ssh: each}
    else: []
"""
    run = Rehearsal(ILL + LOOK + text, fake=three_roads())
    await run.play()
    assert [line for line in run.asked if line.split(": ")[1] in ("once", "third", "each")] == [
        "control: once",
        "h1: each",
        "h2: each",
    ]
    skipped = next(
        r.event for r in run.recorder.events if isinstance(r.event, StepFinished) and r.event.id == "third"
    )
    assert skipped.result.outcome is Outcome.SKIPPED
    assert skipped.result.cause is not None
    assert (skipped.result.cause.kind, skipped.result.cause.message) == ("hosts", "none of its hosts took this road")


async def test_nested_roads_are_narrowed_too() -> None:
    """A branch within a road asks only that road's hosts; a plain one within it keeps them."""
    text = """
  - branch: Outer
    for: host
    cases:
      - when: disk.failed or memory.failed
        steps:
          - branch: Plain
            cases:
              - when: 'true'
                steps: [{check: Both, ssh: both}]
            else: []
          - branch: Inner
            for: host
            cases:
              - when: disk.failed
                steps: [{check: First, ssh: first}]
            else: [{check: Second, ssh: second}]
    else: [{check: Third, ssh: third}]
"""
    run = Rehearsal(ILL + LOOK + text, fake=three_roads())
    await run.play()
    wanted = ("both", "first", "second", "third")
    assert [line for line in run.asked if line.split(": ")[1] in wanted] == [
        "h1: both",
        "h2: both",
        "h1: first",
        "h2: second",
        "h3: third",
    ]


async def test_inner_roads_that_are_resolved_end_the_outer_one() -> None:
    """What follows the inner branch on the same road is left out; the other outer road still runs."""
    text = """
  - branch: Outer
    for: host
    cases:
      - when: disk.failed
        steps:
          - branch: Inner
            for: host
            cases:
              - when: disk.failed
                steps: [{verify: Proof, ssh: proof}]
            else: []
          - {check: Left out, ssh: left-out}
    else: [{verify: Others, ssh: others}]
  - check: Afterwards
    local: after
"""
    run = Rehearsal(ILL + LOOK + text, fake=three_roads())
    finished = await run.play()
    assert run.story[-4:] == ["branch: case 1, else", "branch: case 1", "verify Proof: ok", "verify Others: ok"]
    assert finished.verdict is Verdict.RESOLVED


async def test_a_host_that_cannot_be_decided_is_an_error_of_its_own() -> None:
    """The other hosts' roads run; then the steps stop, as with a branch that cannot be decided."""
    text = """
  - branch: How full?
    for: host
    cases:
      - when: disk.json.used > 90
        steps: [{mitigate: Clean, ssh: clean, irreversible: true}, {verify: Again, ssh: again}]
    else: []
  - check: Afterwards
    local: after
"""
    transport = FakeTransport(default=shell('{"used": 95}')).on(http(503), asks="/health")
    transport.on(shell("rubbish"), target="h2", asks="df")
    run = Rehearsal(ILL + LOOK + text, fake=transport)
    finished = await run.play()
    assert taken(run) == [("case 1", ("h1", "h3")), (None, ("h2",))]
    assert [line for line in run.asked if "clean" in line] == ["h1: clean", "h3: clean"]
    last = [r.event for r in run.recorder.events if isinstance(r.event, StepFinished)][-1]
    assert (last.verb, last.result.outcome) == ("branch", Outcome.ERROR)
    assert [(each.target, each.outcome) for each in last.result.targets] == [("h2", Outcome.ERROR)]
    assert "check Afterwards: ok" not in run.story
    assert (finished.verdict, finished.reason) == (
        Verdict.UNRESOLVED,
        "the branch 'How full?' could not be decided",
    )


async def test_when_no_host_can_be_decided_the_branch_is_an_error() -> None:
    """Every host says why, and nothing is done."""
    text = """
  - branch: How full?
    for: host
    cases:
      - when: disk.json.used > 90
        steps: [{mitigate: Clean, ssh: clean, irreversible: true}]
    else: []
"""
    run = Rehearsal(ILL + LOOK + text, fake=three_roads())
    finished = await run.play()
    last = [r.event for r in run.recorder.events if isinstance(r.event, StepFinished)][-1]
    assert [each.outcome for each in last.result.targets] == [Outcome.ERROR] * 3
    assert not [line for line in run.asked if "clean" in line]
    assert finished.verdict is Verdict.UNRESOLVED


async def test_when_of_the_branch_is_asked_on_each_host() -> None:
    """A host for which the branch is not meant takes no road; when it is meant for none, it is skipped."""
    branch = """
  - branch: What?
    for: host
    when: {when}
    cases: [{{when: disk.failed, steps: [{{check: A, ssh: a}}]}}]
    else: [{{check: B, ssh: b}}]
"""
    run = Rehearsal(ILL + LOOK + branch.format(when="memory.passed"), fake=three_roads())
    await run.play()
    assert taken(run) == [("case 1", ("h1",)), ("else", ("h3",)), (None, ("h2",))]
    none = Rehearsal(ILL + LOOK + branch.format(when="inventory_hostname == 'h9'"), fake=three_roads())
    await none.play()
    assert none.story[-1] == "branch What?: skipped"


async def test_the_hosts_of_a_result_take_their_roads() -> None:
    """`hosts: disk.failed` on the branch: only those hosts are asked."""
    text = """
  - branch: What?
    for: host
    hosts: disk.failed
    cases: [{when: memory.failed, steps: [{check: Both, ssh: both}]}]
    else: [{check: Disk only, ssh: disk-only}]
"""
    run = Rehearsal(ILL + LOOK + text, fake=three_roads())
    await run.play()
    assert taken(run) == [("else", ("h1",))]
    well = Rehearsal(ILL + LOOK + text, fake=FakeTransport(default=shell()).on(http(503), asks="/health"))
    await well.play()
    assert well.story[-1] == "branch What?: skipped"


async def test_a_failure_on_one_road_takes_back_all_of_them() -> None:
    """Undo goes through all roads, the latest first: nobody knows which of the changes did it."""
    transport = three_roads().on(shell(rc=1), asks="free again")
    run = Rehearsal(ILL + LOOK + ROADS, fake=transport)
    finished = await run.play()
    assert run.story[-2:] == ["undo Restart: ok", "undo Clean: ok"]
    assert [line for line in run.asked if ": un" in line] == ["h2: unrestart", "h1: unclean"]
    assert finished.verdict is Verdict.UNRESOLVED


async def test_roads_that_never_began_are_not_proven() -> None:
    """A person ends the run on the second road: that the first one was proven does not make it resolved."""
    person = ScriptedPerson([Said(yes=True), Said(yes=False, stop=True)])
    asking = ROADS.replace("ssh: clean\n", "ssh: clean\n            approve: required\n")
    asking = asking.replace("ssh: restart\n", "ssh: restart\n            approve: required\n")
    run = Rehearsal(ILL + LOOK + asking, fake=three_roads(), person=person, yes=False)
    finished = await run.play()
    assert finished.verdict is Verdict.UNRESOLVED
    assert "verify Disk again: ok" in run.story


@pytest.mark.parametrize("signal_at", ["clean", "restart"])
async def test_a_signal_takes_back_what_the_roads_changed(signal_at: str) -> None:
    """Whatever road is under way; a road that was proven before does not keep the others."""
    transport = three_roads()
    run = Rehearsal(ILL + LOOK + ROADS, fake=transport)

    def interrupted(request: Request) -> ShellReply:
        del request
        run.executor.interrupt("SIGTERM")
        return shell()

    transport.on(Computed(interrupted), asks=lambda request: request.summary() == signal_at)
    finished = await run.play()
    assert finished.verdict is Verdict.INTERRUPTED
    assert finished.undone == (("Clean",) if signal_at == "clean" else ("Restart", "Clean"))
