"""What each action is addressed to."""

from dataclasses import replace

import pytest
from bound import Bound
from rehearsing import SPAN, load, make_inventory

from playbook_engine.actions.registry import ACTIONS
from playbook_engine.diagnostics import Problems
from playbook_engine.frozen import dataclass
from playbook_engine.inventory import patterns
from playbook_engine.model.inventory import Environment, Inventory
from playbook_engine.model.plan import PlannedCheck
from playbook_engine.model.steps import Check, HostPattern
from playbook_engine.model.targets import Cluster
from playbook_engine.plan.targets import Addresses
from playbook_engine.values import TargetName


def targets(step: str, *, hosts: str = "", inventory: Inventory | None = None) -> list[str]:
    bound = Bound(f"{hosts}steps:\n  - check: a\n{step}", inventory or make_inventory())
    planned = bound.step("steps/1")
    assert isinstance(planned, PlannedCheck)
    return bound.found or [str(target.name) for target in planned.probes[0].targets]


@pytest.mark.parametrize(
    ("hosts", "step", "expected"),
    [
        ("hosts: all\n", "    ssh: uptime\n", ["h1", "h2", "h3"]),
        ("hosts: all\n", "    ssh: uptime\n    hosts: h2\n", ["h2"]),
        ("", "    ssh: uptime\n    hosts: h3,h1\n", ["h3", "h1"]),
        ("hosts: all\n", "    local: uptime\n", ["control"]),
        ("hosts: all\n", "    local: uptime\n    hosts: h1,h2\n", ["h1", "h2"]),
        ("hosts: all\n", "    http: GET http://127.0.0.1/\n", ["control"]),
        ("hosts: all\n", "    http: GET http://127.0.0.1/\n    hosts: h1\n", ["h1"]),
        ("hosts: all\n", "    http: {request: GET http://127.0.0.1/, via: ssh}\n", ["h1", "h2", "h3"]),
        ("hosts: all\n", "    http: {request: GET http://127.0.0.1/, via: ssh}\n    hosts: h1\n", ["h1"]),
        (
            "",
            "    http: {request: GET http://127.0.0.1/, via: ssh}\n",
            ["7:11 missing-hosts: nothing says on which hosts this runs"],
        ),
        ("hosts: all\n", "    kubectl: get pods\n", ["main"]),
        ("hosts: all\n", "    manual: Look at the rack\n", ["operator"]),
        ("", "    ssh: uptime\n", ["7:10 missing-hosts: nothing says on which hosts this runs"]),
    ],
)
def test_addressing(hosts: str, step: str, expected: list[str]) -> None:
    assert targets(step, hosts=hosts) == expected


def test_a_pattern_that_matches_nothing_has_its_place_and_the_nearest_name() -> None:
    bound = Bound("steps: [{check: a, ssh: uptime, hosts: api-11}]\n", make_inventory(("api-1", "web")))

    assert [line.split(":", 2)[0:2] for line in bound.found] == [["5", "40 unknown-host-pattern"]]
    assert bound.hints == ["Did you mean 'api-1'?"]


def clusters(*names: str) -> Inventory:
    inventory = make_inventory()
    found = tuple(Cluster(name=TargetName(name)) for name in names)
    return Inventory(
        name=inventory.name,
        path=inventory.path,
        sha256=inventory.sha256,
        hosts=inventory.hosts,
        groups=inventory.groups,
        environment=Environment(name="test", clusters=found),
    )


@pytest.mark.parametrize(
    ("names", "said", "expected"),
    [
        (("main",), None, ["main"]),
        (("main", "edge"), "edge", ["edge"]),
        ((), None, ["7:14 unknown-cluster: the environment has no cluster"]),
        ((), "main", ["7:14 unknown-cluster: the environment has no cluster"]),
        (("main", "edge"), None, ["7:14 missing-cluster: the environment has several clusters"]),
        (("main", "edge"), "mian", ["7:14 unknown-cluster: the environment has no cluster 'mian'"]),
    ],
)
def test_clusters(names: tuple[str, ...], said: str | None, expected: list[str]) -> None:
    step = "    kubectl: get pods\n" if said is None else f"    kubectl: get pods\n    cluster: {said}\n"

    assert targets(step, inventory=clusters(*names)) == expected


def test_the_hints_about_clusters_name_them() -> None:
    step = "steps: [{check: a, kubectl: get pods, cluster: mian}, {check: b, kubectl: get pods}]\n"

    assert Bound(step, clusters("main", "edge")).hints == [
        "Did you mean 'main'?",
        "Say `cluster: NAME` with one of: main, edge.",
    ]


@dataclass(frozen=True, slots=True)
class Limited:
    """What `--limit` leaves of `hosts: PATTERN`."""

    hosts: tuple[str, ...]
    problems: tuple[str, ...]


def limited(pattern: str, limit: str, selected: tuple[str, ...]) -> Limited:
    problems = Problems()
    playbook = load("hosts: all\nsteps: [{check: a, ssh: uptime}]\n")
    addresses = Addresses(
        inventory=make_inventory(),
        select=patterns.select,
        kinds=ACTIONS,
        default_hosts=HostPattern(pattern, SPAN),
        limit=limit,
        selected=frozenset(TargetName(name) for name in selected),
        problems=problems,
    )
    step = playbook.steps[0]
    assert isinstance(step, Check)
    found = addresses.of(step.action, None, None)
    return Limited(tuple(str(t.name) for t in found), tuple(d.message for d in problems.sorted()))


@pytest.mark.parametrize(
    ("pattern", "limit", "selected", "hosts", "problems"),
    [
        ("all", "h2", ("h2",), ("h2",), ()),
        ("all", "h3,h1", ("h1", "h3"), ("h1", "h3"), ()),
        ("h1", "h2", ("h2",), (), ("no host of 'h1' is within --limit h2",)),
        ("all", "nobody", (), (), ()),
    ],
    ids=[
        "narrower",
        "the order of the pattern",
        "nothing left",
        "the limit itself was wrong and is on the list already",
    ],
)
def test_limit(
    pattern: str, limit: str, selected: tuple[str, ...], hosts: tuple[str, ...], problems: tuple[str, ...]
) -> None:
    assert limited(pattern, limit, selected) == Limited(hosts, problems)


def foreseen(when: str, **host_variables: dict[str, str]) -> list[str]:
    made = make_inventory(host_variables=host_variables, variables={"platform": "docker"})
    inventory = replace(made, environment=replace(made.environment, clusters=()))
    first = "  - check: b\n    id: a_1\n    local: 'true'\n"
    return Bound(
        f"hosts: all\nsteps:\n{first}  - check: a\n    when: {when}\n    kubectl: get pods\n", inventory
    ).found


@pytest.mark.parametrize(
    "when",
    [
        "platform == 'kubernetes'",
        "platform == 'kubernetes' and platform != 'docker'",
        "false",
        "platform == 'kubernetes' and a_1.passed",
        "platform == 'kubernetes' and not a_1.passed",
        "platform == 'kubernetes' and run.id == 'x'",
    ],
)
def test_a_step_that_never_happens_here_needs_no_cluster(when: str) -> None:
    assert foreseen(when) == []


@pytest.mark.parametrize(
    "when",
    [
        "platform == 'docker'",
        "platform == 7",
        "run.id == 'x'",
        "platform == 'kubernetes' or run.id == 'x'",
        "a_1.passed | default(false)",
        "a_1 is defined and platform == 'docker'",
    ],
)
def test_a_step_that_may_happen_needs_its_cluster(when: str) -> None:
    """True, not decidable, and not known before the run."""
    assert [line.split(":")[1].split()[1] for line in foreseen(when)] == ["unknown-cluster"]


def test_what_differs_on_a_host_is_not_foreseen() -> None:
    assert foreseen("platform == 'kubernetes'", h1={"platform": "kubernetes"}) != []
