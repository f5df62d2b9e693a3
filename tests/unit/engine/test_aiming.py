"""Where a step is carried out: its own targets, the hosts of its road, those of an earlier result."""

from collections.abc import Sequence

import pytest
from bound import Bound
from rehearsing import SPAN, Rehearsal, make_inventory

from playbook_engine.engine import aiming
from playbook_engine.engine.state import Hosts
from playbook_engine.model.events import StepFinished
from playbook_engine.model.inventory import Policy
from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.plan import PlannedCheck, PlannedMitigate
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.model.steps import ResultHosts, Which
from playbook_engine.transports.fake import FakeTransport, shell
from playbook_engine.values import TargetName

OK, FAILED, GONE, SKIPPED = Outcome.OK, Outcome.FAILED, Outcome.UNREACHABLE, Outcome.SKIPPED
PLAN = Bound("""
hosts: all
steps:
  - {check: Everywhere, id: x, ssh: a}
  - {check: Here, local: a}
  - {check: Chosen, ssh: a, hosts: x.failed}
  - {mitigate: Chosen too, ssh: a, hosts: x.failed, irreversible: true}
""")


def result(**outcomes: Outcome) -> StepResult:
    return StepResult.of(
        tuple(TargetResult(target=TargetName(name), outcome=outcome) for name, outcome in outcomes.items())
    )


def hosts(names: str | None) -> Hosts:
    return None if names is None else frozenset(map(TargetName, names.split()))


@pytest.mark.parametrize(
    ("path", "road", "x", "targets"),
    [
        ("steps/1", None, None, "h1 h2 h3"),
        ("steps/1", "h2 h3", None, "h2 h3"),
        ("steps/1", "h9", None, None),
        ("steps/2", None, None, "control"),
        ("steps/2", "h2", None, "control"),
        ("steps/3", None, {"h1": FAILED, "h2": OK, "h3": GONE}, "h1 h3"),
        ("steps/3", "h2 h3", {"h1": FAILED, "h2": OK, "h3": GONE}, "h3"),
        ("steps/3", "h2", {"h1": FAILED, "h2": OK, "h3": GONE}, None),
        ("steps/3", None, {"h1": OK, "h2": OK, "h3": SKIPPED}, None),
        ("steps/3", None, None, None),
    ],
)
def test_targets(path: str, road: str | None, x: dict[str, Outcome] | None, targets: str | None) -> None:
    step = PLAN.step(path)
    assert isinstance(step, PlannedCheck)
    aimed = aiming.aim(step, hosts(road), {} if x is None else {"x": result(**x)})
    if targets is None:
        assert isinstance(aimed, StepResult)
        assert (aimed.outcome, aimed.cause and aimed.cause.kind) == (SKIPPED, "hosts")
    else:
        assert isinstance(aimed, PlannedCheck)
        assert [target.name for target in aimed.probes[0].targets] == targets.split()


@pytest.mark.parametrize(
    ("which", "outcomes", "meant"),
    [
        (Which.PASSED, [OK], True),
        (Which.PASSED, [FAILED], False),
        (Which.PASSED, [SKIPPED], False),
        (Which.PASSED, [OK, FAILED], False),
        (Which.PASSED, [OK, SKIPPED], True),
        (Which.FAILED, [FAILED], True),
        (Which.FAILED, [Outcome.ERROR], True),
        (Which.FAILED, [Outcome.TIMEOUT], True),
        (Which.FAILED, [GONE], True),
        (Which.FAILED, [Outcome.INDETERMINATE], True),
        (Which.FAILED, [OK, FAILED], True),
        (Which.FAILED, [SKIPPED], False),
        (Which.FAILED, [Outcome.ABORTED], False),
        (Which.UNREACHABLE, [GONE], True),
        (Which.UNREACHABLE, [FAILED], False),
        (Which.UNREACHABLE, [OK, GONE], True),
        (Which.SKIPPED, [SKIPPED], True),
        (Which.SKIPPED, [OK], False),
        (Which.SKIPPED, [SKIPPED, OK], False),
    ],
)
def test_what_a_host_came_to(which: Which, outcomes: Sequence[Outcome], meant: bool) -> None:
    assert aiming.ended_so(which, outcomes) is meant


@pytest.mark.parametrize(
    ("x", "why"),
    [
        (None, "no host: 'x' was not carried out"),
        (StepResult(outcome=SKIPPED, cause=Cause("when", "when: y is false")), "'x' was not carried out: when: y"),
        (result(h1=OK), "no host: x.failed is empty"),
    ],
)
def test_why_there_is_no_host(x: StepResult | None, why: str) -> None:
    found = aiming.hosts_of(ResultHosts("x", Which.FAILED, SPAN), {} if x is None else {"x": x})
    assert isinstance(found, Cause)
    assert why in found.message


@pytest.mark.parametrize(("most", "refused"), [(None, False), (2, False), (1, True)])
def test_how_many_a_result_may_choose(most: int | None, refused: bool) -> None:
    """`policy.max_hosts` counts when the result is there."""
    step = PLAN.step("steps/4")
    assert isinstance(step, PlannedMitigate)
    aimed = aiming.aim(step, None, {"x": result(h1=FAILED, h2=FAILED, h3=OK)})
    assert isinstance(aimed, PlannedMitigate)
    found = aiming.too_many(aimed, most)
    assert (found is not None) is refused
    if found is not None:
        assert (found.outcome, found.cause and found.cause.message) == (
            Outcome.ABORTED,
            "not begun: this would change 2 hosts; policy.max_hosts allows 1",
        )


async def test_a_mitigation_runs_where_a_check_failed() -> None:
    """Only there, and undone only there; the step after it knows those as its own."""
    text = """
hosts: all
steps:
  - {check: Disk, id: disk, ssh: df}
  - {mitigate: Clean, ssh: clean, hosts: disk.failed, undo: {ssh: unclean}}
  - {check: Where it was well, ssh: well, hosts: disk.passed}
  - {verify: Again, ssh: again, hosts: disk.failed}
"""
    transport = FakeTransport(default=shell()).on(shell(rc=1), target="h1", asks="df")
    transport.on(shell(rc=1), target="h3", asks="df").on(shell(rc=1), target="h3", asks="again")
    run = Rehearsal(text, fake=transport)
    await run.play()
    assert run.asked[3:] == [
        "h1: clean",
        "h3: clean",
        "h2: well",
        "h1: again",
        "h3: again",
        "h1: unclean",
        "h3: unclean",
    ]


async def test_too_many_hosts_of_a_result_are_refused_and_the_run_goes_on() -> None:
    """Nothing is sent; the reason stands with the step."""
    text = """
hosts: all
steps:
  - {check: Disk, id: disk, ssh: df}
  - {mitigate: Clean, ssh: clean, hosts: disk.failed, irreversible: true}
  - {check: Afterwards, local: after}
"""
    inventory = make_inventory(policy=Policy(mitigate="auto", max_hosts=2))
    run = Rehearsal(text, fake=FakeTransport(default=shell(rc=1)), inventory=inventory)
    await run.play()
    assert not [line for line in run.asked if "clean" in line]
    event = [r.event for r in run.recorder.events if isinstance(r.event, StepFinished)][1]
    assert event.result.outcome is Outcome.ABORTED
    assert event.result.cause is not None
    assert event.result.cause.kind == "policy"


async def test_the_hosts_of_a_step_on_another_road_are_nobody() -> None:
    """It was not carried out; the step says so and is skipped."""
    text = """
hosts: all
steps:
  - branch: Which?
    cases: [{when: 'false', steps: [{check: Disk, id: disk, ssh: df}]}]
    else: []
  - {check: There, ssh: there, hosts: disk.failed}
"""
    run = Rehearsal(text, fake=FakeTransport(default=shell()))
    await run.play()
    assert run.asked == []
    event = [r.event for r in run.recorder.events if isinstance(r.event, StepFinished)][-1]
    assert event.result.cause is not None
    assert event.result.cause.message == "no host: 'disk' was not carried out"


def test_a_step_waits_for_the_result_that_names_its_hosts() -> None:
    """Neighbouring checks run side by side, but not these."""
    blocks = PLAN.plan.steps
    assert [len(block) for block in blocks] == [2, 1, 1]
