"""Which steps of a plan poll."""

from rehearsing import Rehearsal

from playbook_engine.report.polls import polls

PLAYBOOK = """
health:
  - check: Well
    http: GET http://127.0.0.1/health
steps:
  - check: Becomes ready
    local: test -e /ready
    within: 30s
    every: 1s
  - branch: Where?
    cases:
      - when: "true"
        steps:
          - verify: All is well
            within: 1m
            every: 10s
    else:
      - escalate: Nobody knows
        to: ana
"""


def test_polling_steps_are_found_on_every_road() -> None:
    """By the path that their events carry."""
    found = polls(Rehearsal(PLAYBOOK).executor.state.plan)
    assert {path: str(poll.within) for path, poll in found.items()} == {
        "steps/1": "30s",
        "steps/2/case 1/1": "1m",
    }
