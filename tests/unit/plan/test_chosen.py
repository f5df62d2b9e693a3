"""Results that say where other steps run: only those of steps on hosts can."""

import pytest
from rehearsing import load

from playbook_engine.actions.registry import ACTIONS
from playbook_engine.diagnostics import Problems
from playbook_engine.plan import chosen


@pytest.mark.parametrize(
    ("step", "can"),
    [
        ("{check: A, id: x, ssh: a}", True),
        ("{check: A, id: x, local: a, hosts: h1}", True),
        ("{check: A, id: x, http: 'GET http://127.0.0.1/', hosts: all}", True),
        ("{mitigate: A, id: x, ssh: a, irreversible: true}", True),
        ("{verify: A, id: x, ssh: a}", True),
        ("{check: A, id: x, local: a}", False),
        ("{check: A, id: x, kubectl: get pods}", False),
        ("{check: A, id: x, manual: Look}", False),
        ("{verify: A, id: x}", False),
        ("{escalate: A, id: x, to: ana}", False),
        ("{branch: A, id: x, cases: [{when: 'true', steps: []}], else: []}", False),
    ],
)
def test_which_steps_can_say_where_others_run(step: str, can: bool) -> None:
    text = f"hosts: all\nhealth: [{{check: H, local: h}}]\nsteps:\n  - {step}\n  - {{check: B, ssh: b, hosts: x.failed}}\n"
    problems = Problems()
    chosen.check(load(text), ACTIONS, problems)
    assert [each.code for each in problems.sorted()] == ([] if can else ["missing-hosts"])


def test_a_branch_whose_hosts_are_none() -> None:
    text = "steps: [{check: A, id: x, local: a}, {branch: B, for: host, hosts: x.passed, cases: [{when: 'true', steps: []}], else: []}]\n"
    problems = Problems()
    chosen.check(load(text), ACTIONS, problems)
    assert len(problems.sorted()) == 1
