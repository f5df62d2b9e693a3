"""What a kubectl change replaces: every verb that `undo: auto` takes back can be taken back in a rehearsal."""

import pytest
from rehearsed import Shelf, told

LINES = {
    "scale deployment/api --replicas=3": ("scale deployments/api --replicas=1", ""),
    "scale deployment/x --replicas=3": ("scale deployments/x --replicas=2", "before: 2"),
    "scale deployment/y --replicas=3": ("scale deployments/y --replicas=4", "before: {replicas: 4}"),
    "set env deployment/api TTL=5 OLD-": ("set env deployments/api TTL- OLD-", ""),
    "set env deployment/api TTL=5": ("set env deployments/api TTL=60", 'before: {api: {TTL: "60"}}'),
    "set env deployment/api NEW=5": ("set env deployments/api NEW-", "before: {api: {NEW: null}}"),
    "set image deployment/api api=r/api:2": ("set image deployments/api api=registry.example/api:before", ""),
    "set image deployment/api web=r/web:2": ("set image deployments/api web=r/web:1", "before: {web: 'r/web:1'}"),
    "rollout restart deployment/api": ("rollout undo deployments/api *", ""),
    "rollout undo deployment/api": ("rollout undo deployments/api --to-revision=7", "before: 7"),
    "label deployment/api tier=web": ("label deployments/api tier- *", ""),
    "annotate deployment/api note=x": ("annotate deployments/api note- *", ""),
    "cordon node-1": ("uncordon node-1", ""),
    "uncordon node-1": ("cordon node-1", ""),
    'patch deployment/api -p \'{"spec": {"paused": true}}\'': ("patch deployments/api *", ""),
}


@pytest.mark.parametrize("line", LINES)
def test_a_change_is_taken_back_to_what_was_there(line: str, shelf: Shelf) -> None:
    back, before = LINES[line]
    shelf.playbook(
        f"""
        steps:
          - mitigate: Change
            id: change
            kubectl: >-
              {line}
            undo: auto
          - {{verify: It helps, id: helps, local: probe, on_failure: undo}}
        """
    )
    shelf.rehearsal(
        f"""
        scenarios:
          - scenario: It does not help
            answers: {{change: {{{before}}}, helps: {{rc: 1}}, "kubectl: {back}": {{}}}}
            expect:
              verdict: unresolved
              path: [change: ok, helps: failed, change.undo: ok]
              undone: [change]
        """
    )

    assert told(shelf.test()) == []
