"""Which road each host takes: the table, and what a host sees of results."""

import pytest
from bound import Bound

from playbook_engine.engine import deciding
from playbook_engine.engine.sight import Known, Sight
from playbook_engine.model.events import BranchTaken
from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.plan import PlannedBranch
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.transports.fake import shell
from playbook_engine.values import RunId, TargetName

HOSTS = tuple(map(TargetName, ("h1", "h2", "h3")))
OK, FAILED, GONE, SKIPPED = Outcome.OK, Outcome.FAILED, Outcome.UNREACHABLE, Outcome.SKIPPED


def branch(*cases: str, when: str | None = None) -> PlannedBranch:
    listed = ", ".join(f'{{when: "{case}", steps: []}}' for case in cases)
    only = f', when: "{when}"' if when else ""
    text = f"""
hosts: all
steps:
  - {{check: X, id: x, ssh: a}}
  - {{check: Y, id: y, ssh: a, hosts: h1}}
  - {{check: Z, id: z, local: a}}
  - {{branch: B, for: host, cases: [{listed}], else: []{only}}}
"""
    step = Bound(text).step("steps/4")
    assert isinstance(step, PlannedBranch)
    return step


def result(outcomes: dict[str, Outcome], stdout: str = "") -> StepResult:
    return StepResult.of(
        tuple(
            TargetResult(target=TargetName(name), outcome=outcome, reply=shell(stdout) if outcome is OK else None)
            for name, outcome in outcomes.items()
        )
    )


def sight(x: dict[str, Outcome], y: Outcome = OK, z: Outcome = OK) -> Sight:
    own = {host: {"role": f"role-{host}", "inventory_hostname": host} for host in HOSTS}
    results = {"x": result(x, '{"used": 95}'), "y": result({"h1": y}), "z": result({"control": z})}
    return Sight(Known("test", {"role": "all"}, own, {}), RunId("r"), "", results)


def roads(planned: PlannedBranch, seen: Sight) -> list[str]:
    """Return the roads as `ROAD: HOSTS`; `!` for hosts that cannot be decided, `-` for those that take none."""
    taken = deciding.decide_for_hosts(planned, HOSTS, seen)
    if isinstance(taken, StepResult):
        return [f"{each.outcome.value}: {each.target}" for each in taken.targets]
    assert isinstance(taken, BranchTaken)
    found: dict[str, list[str]] = {}
    for road in taken.roads:
        found.setdefault("!" if road.failed else road.taken or "-", []).extend(road.hosts)
    return [f"{label}: {' '.join(sorted(hosts))}" for label, hosts in found.items()]


MIXED = {"h1": FAILED, "h2": OK, "h3": GONE}


@pytest.mark.parametrize(
    ("cases", "expected"),
    [
        (["x.failed"], ["case 1: h1 h3", "else: h2"]),
        (["x.passed"], ["case 1: h2", "else: h1 h3"]),
        (["x.unreachable"], ["case 1: h3", "else: h1 h2"]),
        (["x.unreachable", "x.failed"], ["case 1: h3", "case 2: h1", "else: h2"]),
        (["x.failed", "x.unreachable"], ["case 1: h1 h3", "else: h2"]),
        (["x.outcome == 'failed'"], ["case 1: h1", "else: h2 h3"]),
        (["'h3' in x.failed_hosts"], ["case 1: h1 h2 h3"]),
        (["role == 'role-h2'"], ["case 1: h2", "else: h1 h3"]),
        (["true"], ["case 1: h1 h2 h3"]),
        (["false"], ["else: h1 h2 h3"]),
    ],
)
def test_own_results_and_variables_decide(cases: list[str], expected: list[str]) -> None:
    assert roads(branch(*cases), sight(MIXED)) == expected


@pytest.mark.parametrize(
    ("cases", "expected"),
    [
        (["y.failed"], ["case 1: h1", "else: h2 h3"]),
        (["y.passed"], ["else: h1 h2 h3"]),
        (["y.skipped"], ["case 1: h2 h3", "else: h1"]),
        (["y.failed_hosts | length > 0"], ["case 1: h1 h2 h3"]),
        (["z.failed"], ["case 1: h1 h2 h3"]),
    ],
)
def test_a_step_on_other_hosts_neither_passed_nor_failed_here(cases: list[str], expected: list[str]) -> None:
    """What was asked from here (`z`) is the same for every host."""
    assert roads(branch(*cases), sight(MIXED, y=FAILED, z=FAILED)) == expected


def test_what_cannot_be_decided_on_a_host() -> None:
    """Only where no case held before; the host without an answer has none that could be looked at."""
    planned = branch("x.unreachable", "x.json.used > 90")
    assert roads(planned, sight(MIXED)) == ["case 1: h3", "case 2: h2", "!: h1"]
    assert roads(branch("x.json.used > 90"), sight({"h1": GONE, "h2": GONE, "h3": GONE})) == [
        "error: h1",
        "error: h2",
        "error: h3",
    ]


def test_hosts_for_which_the_branch_is_not_meant() -> None:
    assert roads(branch("true", when="x.failed"), sight(MIXED)) == ["case 1: h1 h3", "-: h2"]
    assert roads(branch("true", when="false"), sight(MIXED)) == ["skipped: h1", "skipped: h2", "skipped: h3"]
    assert roads(branch("true", when="x.json.used > 9 and false"), sight(MIXED)) == [
        "error: h1",
        "skipped: h2",
        "error: h3",
    ]


def test_a_host_that_was_skipped_neither_passed_nor_failed() -> None:
    assert roads(branch("x.failed", "x.passed"), sight({"h1": SKIPPED, "h2": OK, "h3": FAILED})) == [
        "case 1: h3",
        "case 2: h2",
        "else: h1",
    ]
