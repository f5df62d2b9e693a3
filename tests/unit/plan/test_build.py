"""Whole plans: paths, probes, policies, and every mistake at once."""

from dataclasses import replace

import pytest
from bound import Bound, walk
from rehearsing import make_inventory

from playbook_engine.model.inventory import Policy
from playbook_engine.model.plan import PlannedBranch, PlannedMitigate, PlannedVerify
from playbook_engine.model.settings import Mode, RunSettings
from playbook_engine.model.steps import OnFailure

WHOLE = """
hosts: all
health:
  - {check: One, local: w}
  - {check: Two, ssh: w, hosts: h1, timeout: 7s}
steps:
  - {check: Look, local: w}
  - branch: Where?
    cases:
      - when: 'true'
        steps:
          - {mitigate: Restart, id: restart, ssh: w, undo: {ssh: x}}
          - {verify: Well again}
      - when: 'false'
        steps:
          - branch: Deeper
            cases: [{when: 'true', steps: [{mitigate: Purge, ssh: w, irreversible: true}]}]
            else: [{verify: Own proof, http: GET http://127.0.0.1/}]
    else:
      - {escalate: Nobody knows, to: bob}
finally:
  - {check: Evidence, local: w}
"""
RESTART = "steps/2/case 1/1"


def test_every_step_has_its_path() -> None:
    bound = Bound(WHOLE)

    assert bound.found == []
    assert [step.path for step in walk(bound.plan.health + bound.plan.steps + bound.plan.finally_)] == [
        "health/1",
        "health/2",
        "steps/1",
        "steps/2",
        "steps/2/case 1/1",
        "steps/2/case 1/2",
        "steps/2/case 2/1",
        "steps/2/case 2/1/case 1/1",
        "steps/2/case 2/1/else/1",
        "steps/2/else/1",
        "finally/1",
    ]


def test_the_roads_of_a_branch() -> None:
    branch = Bound(WHOLE).step("steps/2")

    assert isinstance(branch, PlannedBranch)
    assert [(case.label, case.when and case.when.source) for case in branch.cases] == [
        ("case 1", "true"),
        ("case 2", "false"),
        ("else", None),
    ]


def test_a_verify_without_an_action_repeats_health() -> None:
    """With each check's own targets and deadline, under the check's own path."""
    verify = Bound(WHOLE).step("steps/2/case 1/2")

    assert isinstance(verify, PlannedVerify)
    assert [(p.path, [t.name for t in p.targets], str(p.timeout)) for p in verify.probes] == [
        ("health/1", ["control"], str(verify.probes[0].action.default_timeout)),
        ("health/2", ["h1"], "7s"),
    ]


def test_a_verify_with_an_action_has_one_probe() -> None:
    verify = Bound(WHOLE).step("steps/2/case 2/1/else/1")

    assert isinstance(verify, PlannedVerify)
    assert [probe.path for probe in verify.probes] == [verify.path]


def test_a_verify_undoes_only_what_can_be_undone() -> None:
    irreversible = "steps:\n  - {mitigate: a, local: w, irreversible: true}\n  - {verify: b, local: w}\n"
    undoable = "steps:\n  - {mitigate: a, local: w, undo: {local: w}}\n  - {verify: b, local: w}\n"

    for text, expected in ((irreversible, OnFailure.STOP), (undoable, OnFailure.UNDO)):
        verify = Bound(text).step("steps/2")
        assert isinstance(verify, PlannedVerify)
        assert verify.on_failure is expected


@pytest.mark.parametrize("wanted", ["restart", RESTART])
def test_an_approval_in_advance_is_for_one_mitigation(wanted: str, settings: RunSettings) -> None:
    inventory = make_inventory(policy=Policy(mitigate="approve"))
    bound = Bound(WHOLE, inventory, replace(settings, approved=frozenset({wanted})))
    mitigations = {
        step.path: (step.needs_approval, step.approved_by)
        for step in walk(bound.plan.steps)
        if isinstance(step, PlannedMitigate)
    }

    assert bound.found == []
    assert mitigations == {RESTART: (False, "--approve"), "steps/2/case 2/1/case 1/1": (True, None)}


def test_an_approval_for_nothing_is_a_mistake(settings: RunSettings) -> None:
    bound = Bound(WHOLE, settings=replace(settings, approved=frozenset({"restat", "restart"})))

    assert bound.found == ["- unknown-step: --approve restat: the playbook has no such mitigation"]
    assert bound.hints == ["Did you mean 'restart'? It has: restart, steps/2/case 2/1/case 1/1."]


def test_an_approval_where_nothing_is_changed(settings: RunSettings) -> None:
    text = "health: [{check: a, local: w}]\n"

    assert Bound(text, settings=replace(settings, approved=frozenset({"x"}))).hints == ["It has no mitigation."]


@pytest.mark.parametrize(
    ("policy", "found"),
    [
        (Policy(mitigate="auto", max_hosts=3), []),
        (Policy(mitigate="auto", max_hosts=2), ["this would change 3 hosts; policy.max_hosts allows 2"] * 2),
        (Policy(mitigate="forbid"), ["this environment forbids mitigations (policy.mitigate: forbid)"] * 2),
    ],
    ids=["within max_hosts", "more than max_hosts", "forbidden"],
)
def test_what_an_environment_allows(policy: Policy, found: list[str], settings: RunSettings) -> None:
    """Every mitigation that breaks the rule is named; looking is always allowed."""
    inventory = make_inventory(policy=policy)

    assert [line.split(" policy: ")[1] for line in Bound(WHOLE, inventory, settings).found] == found
    assert Bound(WHOLE, inventory, replace(settings, mode=Mode.CHECK)).found == []
    assert Bound(WHOLE, inventory, replace(settings, mode=Mode.SWEEP)).found == []


def test_an_unknown_contact_has_its_place() -> None:
    bound = Bound("steps:\n  - {escalate: Help, to: anna}\n")

    assert bound.found == ["6:26 unknown-contact: the environment 'test' has no contact 'anna'"]
    assert bound.hints == ["Did you mean 'ana'? It has: ana, bob, cto."]


def test_a_sweep_has_no_other_steps(settings: RunSettings) -> None:
    """Not even mistakes in them count: what is not there cannot be run."""
    plan = Bound(WHOLE.replace("to: bob", "to: nobody"), settings=replace(settings, mode=Mode.SWEEP))

    assert plan.found == []
    assert [step.path for step in walk(plan.plan.health)] == ["health/1", "health/2"]
    assert (plan.plan.steps, plan.plan.finally_) == ((), ())


def test_all_mistakes_are_found_at_once() -> None:
    bound = Bound(
        "steps:\n"
        "  - {check: a, ssh: w}\n"
        "  - {check: b, ssh: w, hosts: nowhere}\n"
        "  - {check: c, kubectl: get pods, cluster: edge}\n"
        "  - {mitigate: d, ssh: w, hosts: h1, undo: {local: 'echo {{ lost }}'}}\n"
        "  - {escalate: e, to: nobody}\n"
    )

    assert [line.split(":")[0] + line.split(" ")[1] for line in bound.found] == [
        "6missing-hosts:",
        "7unknown-host-pattern:",
        "8unknown-cluster:",
        "9unknown-name:",
        "10unknown-contact:",
    ]
