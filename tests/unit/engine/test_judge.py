"""What an answer means."""

import pytest

from playbook_engine.engine.judge import fault_outcome
from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.replies import Fault, FaultKind


@pytest.mark.parametrize(
    ("kind", "begun", "may_live", "changes", "expected"),
    [
        (FaultKind.TIMEOUT, True, True, False, Outcome.TIMEOUT),
        (FaultKind.TIMEOUT, True, True, True, Outcome.INDETERMINATE),
        (FaultKind.TIMEOUT, True, False, True, Outcome.TIMEOUT),
        (FaultKind.TIMEOUT, False, True, True, Outcome.TIMEOUT),
        (FaultKind.LOST, True, False, False, Outcome.UNREACHABLE),
        (FaultKind.LOST, True, False, True, Outcome.INDETERMINATE),
        (FaultKind.LOST, False, False, True, Outcome.UNREACHABLE),
        (FaultKind.UNREACHABLE, False, False, True, Outcome.UNREACHABLE),
        (FaultKind.AUTH, False, False, True, Outcome.UNREACHABLE),
        (FaultKind.HOST_KEY, False, False, False, Outcome.UNREACHABLE),
        (FaultKind.REFUSED, True, False, True, Outcome.ERROR),
        (FaultKind.ERROR, False, False, False, Outcome.ERROR),
    ],
)
def test_faults(kind: FaultKind, begun: bool, may_live: bool, changes: bool, expected: Outcome) -> None:
    """The table in `engine.judge`, row by row."""
    fault = Fault(kind=kind, message="x", begun=begun, may_live=may_live)
    assert fault_outcome(fault, changes=changes) is expected


def test_every_kind_of_fault_has_an_outcome_that_is_not_ok() -> None:
    """No way of not answering counts as well."""
    for kind in FaultKind:
        for changes in (True, False):
            assert fault_outcome(Fault(kind=kind, message="x"), changes=changes) is not Outcome.OK
