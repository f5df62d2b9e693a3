"""Everything that a playbook can do can be rehearsed: each scenario here takes exactly the path that it says."""

import pytest
from rehearsed import Shelf, told

ROADS = """
groups: {web: [w1, w2, w3]}
scenarios:
  - scenario: Each host takes its own road
    answers:
      disk: {targets: {w1: {rc: 1}, w2: {rc: 0}, w3: {fault: unreachable}}}
      clean: {}
      disk2: {}
    expect:
      verdict: unresolved
      path:
        - disk: {w1: failed, w2: ok, w3: unreachable}
        - What is wrong?: case 1, else
        - clean: {w1: ok, w3: ok}
        - disk2: {w2: ok}
      changed: {clean: [w3, w1]}
"""
ROADS_PLAYBOOK = """
hosts: web
steps:
  - check: The disk has room
    id: disk
    ssh: df /
  - branch: What is wrong?
    for: host
    cases:
      - when: disk.failed
        steps:
          - {mitigate: Clean up, id: clean, ssh: rm old, irreversible: true}
    else:
      - {check: The disk has room still, id: disk2, ssh: df /}
"""

CASES = {
    "roads of hosts": (ROADS_PLAYBOOK, ROADS),
    "a loop on two hosts": (
        """
        hosts: all
        steps:
          - {check: Runs, id: runs, ssh: "systemctl is-active {{ item }}", loop: [nginx, redis]}
        """,
        """
        groups: {all_of_them: [h1, h2]}
        scenarios:
          - scenario: One turn fails
            answers: {runs: {targets: {"h1[redis]": {rc: 3}, h1: {rc: 0}, h2: {rc: 0}}}}
            expect:
              verdict: unresolved
              path: [runs: {"h1[nginx]": ok, "h1[redis]": failed, "h2[nginx]": ok, "h2[redis]": ok}]
        """,
    ),
    "retries count for each target": (
        """
        hosts: all
        steps:
          - {check: Answers, id: answers, ssh: probe, retries: 2, delay: 10s}
        """,
        """
        hosts: {a: {}, b: {}}
        scenarios:
          - scenario: Both need a second try
            answers: {answers: [{rc: 1}, {rc: 0}]}
            expect: {verdict: unresolved, path: [answers: {a: ok, b: ok}]}
        """,
    ),
    "over time": (
        """
        health: [{check: Well, id: well, http: "GET https://x/", expect: status == 200}]
        steps:
          - {mitigate: Restart, id: restart, local: restart, irreversible: true}
          - {verify: Well again, within: 5m, every: 10s}
        """,
        """
        scenarios:
          - scenario: It takes 90 seconds to come up
            answers: {well: [{status: 500}, {status: 502, for: 90s}, {status: 200}], restart: {duration: 20s}}
            expect: {verdict: resolved, path: [well: failed, restart: ok, Well again: ok]}
        """,
    ),
    "rolling in batches, taken back": (
        """
        hosts: all
        steps:
          - mitigate: Deploy
            id: deploy
            ssh: deploy
            undo: {ssh: "deploy --previous"}
            serial: 1
        """,
        """
        hosts: {h1: {}, h2: {}, h3: {}}
        scenarios:
          - scenario: The second one fails
            answers: {deploy: {targets: {h1: {}, h2: {rc: 1}}}, deploy.undo: {}}
            expect:
              verdict: unresolved
              path: [deploy: failed, deploy.undo: {h1: ok, h2: ok}]
              changed: {deploy: [h1, h2]}
              undone: [deploy]
        """,
    ),
    "an automatic undo puts back what was there": (
        """
        steps:
          - {mitigate: Scale up, id: scale, kubectl: scale deployment/api --replicas=5, undo: auto}
          - {verify: Enough, id: enough, kubectl: get deployment api -o json, expect: json.ready == 5, on_failure: undo}
        """,
        """
        scenarios:
          - scenario: It does not help
            answers:
              scale: {before: 2}
              enough: {json: {ready: 2}}
              "kubectl: scale deployments/api --replicas=2": {}
            expect:
              verdict: unresolved
              path: [scale: ok, enough: failed, scale.undo: ok]
              changed: {scale: [main]}
              undone: [scale]
        """,
    ),
    "a program in a pod answers as one on a host does": (
        """
        steps:
          - {check: Right, id: right, kubectl: exec deployment/api -- cat mode, reads: true, expect: stdout == 'on'}
          - {check: There, id: there, kubectl: exec deployment/api -- test -e mode, reads: true}
        """,
        """
        scenarios:
          - scenario: One prints, the other ends badly
            answers: {right: {stdout: 'on'}, there: {rc: 1}}
            expect:
              verdict: unresolved
              path: [right: ok, there: failed]
        """,
    ),
    "finally, and a notice that nobody takes": (
        """
        steps:
          - {escalate: Look at it, id: look, to: oncall, wait_for_ack: 10m}
          - {check: Noted, when: look.failed, local: note}
        finally:
          - {check: Evidence, local: collect}
        """,
        """
        scenarios:
          - scenario: Nobody takes it
            answers: {Noted: {}, Evidence: {}}
            expect: {verdict: unresolved, path: [look: failed, Noted: ok, Evidence: ok], told: [oncall]}
          - scenario: Bob takes it
            ack: {by: bob, after: 2m, note: on it}
            answers: {Evidence: {}}
            expect: {verdict: unresolved, path: [look: ok, Noted: skipped, Evidence: ok]}
        """,
    ),
    "a person answers": (
        """
        steps:
          - {check: Is the light green?, id: light, manual: {instruction: Look, options: [green, red]}, expect: "answer == 'green'"}
        """,
        """
        scenarios:
          - scenario: Red
            answers: {light: {answer: red, by: ana, note: since noon}}
            expect: {verdict: unresolved, path: [light: failed]}
          - scenario: Nobody is there
            approve: nobody
            expect: {verdict: waiting}
        """,
    ),
    "captured values": (
        """
        hosts: all
        steps:
          - {check: Count, id: count, ssh: wc, capture: {lines: "stdout | int"}}
          - {check: One, id: one, local: wc, capture: {bytes: json.size}}
        """,
        """
        hosts: {h1: {}, h2: {}}
        scenarios:
          - scenario: Different numbers
            answers:
              count: {targets: {h1: {stdout: "3"}, h2: {stdout: "4"}}}
              one: {stdout: '{"size": 7}'}
            expect: {verdict: unresolved, captured: {count.lines: {h1: 3, h2: 4}, one.bytes: 7}}
        """,
    ),
    "approvals": (
        """
        steps:
          - {mitigate: First, id: first, local: a, irreversible: true}
          - {mitigate: Second, id: second, local: b, irreversible: true}
          - {mitigate: Third, id: third, local: c, irreversible: true}
        """,
        """
        scenarios:
          - scenario: No to the second, and stop at the third
            answers: {first: {}}
            approve: {second: no, third: stop}
            expect: {verdict: unresolved, path: [first: ok, second: aborted, third: aborted], changed: {first: [control]}}
          - scenario: Nobody is there
            approve: nobody
            expect: {verdict: waiting, path: [], changed: {}}
          - scenario: No to all
            approve: no
            expect: {verdict: unresolved, path: [first: aborted, second: aborted, third: aborted]}
        """,
    ),
    "a timeout takes its time": (
        """
        health: [{check: Well, id: well, http: "GET https://x/", timeout: 5s}]
        steps: [{escalate: Ill, id: ill, to: oncall, when: well.failed}]
        """,
        """
        scenarios:
          - scenario: No answer
            answers: {well: {fault: timeout}}
            cannot_be_told: [oncall]
            expect: {verdict: undelivered, path: [well: timeout, ill: error], told: [], not_told: [oncall]}
          - scenario: A late answer is none
            answers: {well: {status: 200, duration: 6s}}
            expect: {verdict: unknown, path: [well: timeout, ill: ok]}
        """,
    ),
    "interrupted": (
        """
        hosts: all
        steps:
          - {mitigate: Change, id: change, ssh: change, undo: {ssh: back}}
          - {verify: It holds, id: holds, ssh: probe, within: 5m}
        """,
        """
        scenarios:
          - scenario: Ctrl-C while it is proven
            answers: {change: {}, change.undo: {}, holds: {rc: 1}}
            interrupt: 1m
            expect:
              verdict: interrupted
              path: [change: ok, holds: failed, change.undo: ok]
              undone: [change]
        """,
    ),
    "another playbook": (
        """
        health: [{check: Well, id: well, local: probe}]
        steps:
          - branch: Which one?
            cases: [{when: well.failed, play: {playbook: two, inputs: {size: 5}}}]
            else: []
        """,
        """
        scenarios:
          - scenario: The other one heals it
            answers: {well: {rc: 1}, "two:grow": {}, "two:grown": {stdout: "5"}}
            approve: {"two:grow": yes}
            expect:
              verdict: resolved
              path: [well: failed, Which one?: case 1, "two:grow": ok, "two:grown": ok]
              changed: {"two:grow": [control]}
        """,
    ),
    "what comes from outside": (
        """
        inputs: {size: {type: integer, default: 1}, name: {type: string, required: true}}
        vars: {region: here}
        steps:
          - {check: A, id: a, http: "GET https://{{ region }}/{{ size }}/{{ name }}/{{ env.STAGE }}", tags: [quick]}
          - {check: B, id: b, http: {request: "GET https://x/", headers: {X-Key: "{{ secret.KEY }}"}}, tags: [slow]}
        """,
        """
        vars: {region: there}
        env: {STAGE: test}
        inputs: {name: n}
        scenarios:
          - scenario: All values are the rehearsal's
            inputs: {size: 3}
            secrets: {KEY: k}
            skip_tags: [slow]
            answers: {"http: GET https://there/3/n/test": {status: 200}}
            expect: {verdict: unresolved, path: [a: ok, b: skipped]}
        """,
    ),
}
TWO = """
inputs: {size: {type: integer, required: true}}
steps:
  - {mitigate: Grow, id: grow, local: "grow {{ size }}", irreversible: true}
  - {verify: It has grown, id: grown, local: measure, expect: "stdout | int == size"}
"""


@pytest.mark.parametrize("case", CASES)
def test_a_scenario_takes_its_path(case: str, shelf: Shelf) -> None:
    playbook, rehearsal = CASES[case]
    shelf.playbook(playbook)
    shelf.playbook(TWO, "two")
    shelf.rehearsal(rehearsal)

    report = shelf.test()

    assert told(report) == []
    assert report.scenarios


def test_a_clock_that_passes(shelf: Shelf) -> None:
    shelf.playbook(CASES["over time"][0])
    shelf.rehearsal(CASES["over time"][1])

    # 20 s for the restart, 9 polls that fail, and the one after 90 s that holds.
    assert shelf.test().scenarios[0].took_ms == 110_000
