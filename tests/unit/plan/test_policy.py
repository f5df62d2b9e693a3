"""Approvals, deadlines and what follows a failure: the tables in full."""

import pytest
from rehearsing import load

from playbook_engine.model.inventory import Policy
from playbook_engine.model.playbook import Defaults
from playbook_engine.model.repeating import Retry
from playbook_engine.model.settings import RunSettings
from playbook_engine.model.steps import Approve, Check, Mitigate, OnFailure, Verify
from playbook_engine.plan import policy
from playbook_engine.plan.policy import Approval
from playbook_engine.values import Duration, StepPath

NAMES = frozenset({"steps/1", "restart"})


def mitigation(*extra: str) -> Mitigate:
    fields = "".join(f", {field}" for field in extra)
    step = load(
        f"steps: [{{mitigate: Restart, id: restart, local: 'true', undo: {{local: 'true'}}{fields}}}]\n"
    ).steps[0]
    assert isinstance(step, Mitigate)
    return step


STEPS = {
    None: mitigation(),
    Approve.REQUIRED: mitigation("approve: required"),
    Approve.AUTO: mitigation("approve: auto"),
}


@pytest.mark.parametrize(
    ("approve", "environment", "asks"),
    [
        (Approve.REQUIRED, "auto", True),
        (Approve.REQUIRED, "approve", True),
        (Approve.AUTO, "auto", False),
        (Approve.AUTO, "approve", False),
        (None, "approve", True),
        (None, "auto", False),
    ],
)
def test_who_is_asked(approve: Approve | None, environment: str, asks: bool, settings: RunSettings) -> None:
    step = STEPS[approve]

    expected = Approval(asks=True) if asks else Approval(asks=False, by="policy")
    assert policy.approval(step, NAMES, Policy(mitigate=environment), settings) == expected


@pytest.mark.parametrize("approve", STEPS)
@pytest.mark.parametrize(
    ("said", "by"),
    [
        ({"yes": True}, "--yes"),
        ({"approved": frozenset({"restart"})}, "--approve"),
        ({"approved": frozenset({"steps/1"})}, "--approve"),
        ({"yes": True, "approved": frozenset({"restart"})}, "--yes"),
        ({"approved": frozenset({"steps/10", "rest"})}, None),
    ],
    ids=["--yes", "--approve ID", "--approve PATH", "both", "--approve of others"],
)
def test_a_yes_in_advance(
    approve: Approve | None, said: dict[str, object], by: str | None, settings: RunSettings
) -> None:
    spoken = RunSettings(state_dir=settings.state_dir, **said)  # type: ignore[arg-type]  # the fields of RunSettings
    given = policy.approval(STEPS[approve], NAMES, Policy(mitigate="approve"), spoken)

    if by is not None:
        assert given == Approval(asks=False, by=by)
    else:
        assert given.asks == (approve is not Approve.AUTO)


def test_the_steps_own_deadline_wins() -> None:
    check = load("steps: [{check: a, local: 'true'}]\n").steps[0]
    assert isinstance(check, Check)

    usual = Defaults(timeout=Duration(9))
    assert policy.timeout(check.action, None, Defaults()) == check.action.default_timeout
    assert policy.timeout(check.action, None, usual) == Duration(9)
    assert policy.timeout(check.action, Duration(7), usual) == Duration(7)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (mitigation(), OnFailure.UNDO),
        (mitigation("on_failure: stop"), OnFailure.STOP),
        (mitigation("on_failure: continue"), OnFailure.CONTINUE),
        (mitigation("on_failure: undo"), OnFailure.UNDO),
    ],
)
def test_what_follows_a_failed_mitigation(step: Mitigate, expected: OnFailure) -> None:
    assert policy.mitigate_on_failure(step) is expected


def test_what_cannot_be_taken_back_stops() -> None:
    step = load("steps: [{mitigate: Purge, local: 'true', irreversible: true}]\n").steps[0]
    assert isinstance(step, Mitigate)

    assert policy.mitigate_on_failure(step) is OnFailure.STOP


@pytest.mark.parametrize("undo_before", [True, False])
@pytest.mark.parametrize("chosen", [None, *OnFailure])
def test_what_follows_a_failed_verify(chosen: OnFailure | None, undo_before: bool) -> None:
    default = OnFailure.UNDO if undo_before else OnFailure.STOP

    assert policy.verify_on_failure(chosen, undo_before=undo_before) is (chosen or default)


CHECK = "check: a, local: 'true'"
OWN = Retry(retries=2)
USUAL = Retry(retries=5, delay=Duration(3_000))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (CHECK, USUAL),
        (f"{CHECK}, retries: 2", OWN),
        (f"{CHECK}, within: 5s", None),
        ("check: a, manual: Look, retries: 2", OWN),
        ("check: a, manual: Look", None),
        ("mitigate: a, local: 'true', irreversible: true", None),
        ("mitigate: a, local: 'true', irreversible: true, idempotent: true", None),
        ("mitigate: a, local: 'true', irreversible: true, idempotent: true, retries: 2", OWN),
        ("verify: a, local: 'true'", None),
    ],
)
def test_how_a_target_is_tried_again(fields: str, expected: Retry | None) -> None:
    """The step's own way; the playbook's only for checks that neither poll nor ask a person."""
    step = load(f"steps: [{{{fields}}}]\n").steps[0]
    assert isinstance(step, Check | Mitigate | Verify)
    assert policy.retry(step, Defaults(retry=USUAL)) == expected
    assert policy.retry(step, Defaults()) == (None if expected is USUAL else expected)


@pytest.mark.parametrize(
    ("path", "critical", "expected"),
    [
        ("health/1", "", True),
        ("health/1", ", critical: true", True),
        ("health/1", ", critical: false", False),
        ("steps/1", ", critical: false", True),
        ("steps/3/case 2/1", ", critical: false", True),
        ("steps/3/case 2/play/health/1", ", critical: false", False),
        ("finally/1", ", critical: false", True),
    ],
)
def test_what_counts(path: str, critical: str, expected: bool) -> None:
    """A health check does, unless it is not critical; elsewhere `critical: false` is what is so anyway."""
    step = load(f"steps: [{{{CHECK}{critical}}}]\n").steps[0]
    assert isinstance(step, Check)
    assert policy.counts(step, StepPath(path)) is expected
