"""`--check` of a change whose target can tell what it would do: what is shown, and that nothing is changed."""

import pytest
from rehearsing import Rehearsal

from playbook_engine.model.events import StepFinished, StepStarted
from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.replies import Answer, Fault, FaultKind, KubectlReply, Output
from playbook_engine.model.requests import KubectlRequest, Request
from playbook_engine.model.settings import Mode
from playbook_engine.transports.fake import FakeTransport, http, shell

PLAYBOOK = """
hosts: all
health:
  - check: Well
    http: GET http://127.0.0.1/health
steps:
  - mitigate: Scale
    id: scale
    kubectl: scale deployment/api --replicas=3
    {undo}
"""
SEEN = KubectlReply(data={"replicas": 2})
DIFFERENCE = KubectlReply(text=Output(head="would change deployments/api:\nspec.replicas: 2 → 3\n"))
DENIED = Fault(kind=FaultKind.REFUSED, message="admission webhook 'x' denied it (403): no", hint="A rule forbids it.")


def asks(verb: str) -> object:
    def fits(request: Request) -> bool:
        return isinstance(request, KubectlRequest) and request.verb == verb

    return fits


@pytest.mark.parametrize(
    ("undo", "rehearsed", "snapshot", "lines"),
    [
        (
            "undo: auto",
            DIFFERENCE,
            SEEN,
            [
                "would change deployments/api:",
                "spec.replicas: 2 → 3",
                "undo: scale deployments/api --replicas=2 -n default",
            ],
        ),
        (
            "undo: auto",
            DIFFERENCE,
            Fault(kind=FaultKind.REFUSED, message="'eve' may not"),
            [
                "would change deployments/api:",
                "spec.replicas: 2 → 3",
                "undo: impossible (not begun, because what is there now cannot be seen: 'eve' may not)",
            ],
        ),
        ("irreversible: true", DIFFERENCE, SEEN, ["would change deployments/api:", "spec.replicas: 2 → 3", "undo: none, it is irreversible"]),
        ("undo: {kubectl: 'label deployment/api x=y'}", DIFFERENCE, SEEN, ["would change deployments/api:", "spec.replicas: 2 → 3", "undo: label deployment/api x=y"]),
        ("undo: auto", DENIED, SEEN, ["would fail: admission webhook 'x' denied it (403): no", "hint: A rule forbids it."]),
    ],
)  # fmt: skip
async def test_what_a_change_would_do(undo: str, rehearsed: Answer, snapshot: Answer, lines: list[str]) -> None:
    fake = FakeTransport(default=shell()).on(http(503), asks="/health")
    fake.on(rehearsed, asks=asks("rehearse")).on(snapshot, asks=asks("snapshot"))  # type: ignore[arg-type]  # a function
    run = Rehearsal(PLAYBOOK.replace("{undo}", undo), fake=fake, mode=Mode.CHECK)
    finished = await run.play()
    events = [recorded.event for recorded in run.recorder.events]
    (ended,) = [event for event in events if isinstance(event, StepFinished) and event.id == "scale"]
    (target,) = ended.result.targets
    assert target.outcome is Outcome.SKIPPED
    assert target.cause is not None
    head, *told = target.cause.message.splitlines()
    assert head.startswith("would run: kubectl: scale deployment/api --replicas=3")
    assert [line.replace(" -n default", "") for line in told] == [line.replace(" -n default", "") for line in lines]
    assert not [event for event in events if isinstance(event, StepStarted) and event.changes]
    assert finished.changed == ()
    assert {r.verb for r in fake.requests if isinstance(r, KubectlRequest)} <= {"rehearse", "snapshot"}
