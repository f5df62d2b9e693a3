"""Approvals, deadlines and what follows a failure, each resolved in one place."""

from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import Action
from playbook_engine.model.inventory import Policy
from playbook_engine.model.playbook import Defaults
from playbook_engine.model.repeating import Retry
from playbook_engine.model.settings import RunSettings
from playbook_engine.model.steps import Approve, Check, Irreversible, Mitigate, OnFailure, Verify
from playbook_engine.values import Duration, StepPath


@dataclass(frozen=True, slots=True)
class Approval:
    """Whether a person must be asked; if not, who approved: `--yes`, `--approve` or `policy`."""

    asks: bool
    by: str | None = None


def approval(step: Mitigate, names: frozenset[str], policy: Policy, settings: RunSettings) -> Approval:
    """Return whether a mitigation asks first; `names` are those by which `--approve` can mean it.

    | step `approve` | environment `policy.mitigate` | asks, unless `--yes` or `--approve ID` |
    |---|---|---|
    | required | any | yes |
    | auto | auto, approve | no |
    | – | approve | yes |
    | – | auto | no |

    `policy.mitigate: forbid` is refused before it comes to this.
    """
    if settings.yes:
        return Approval(asks=False, by="--yes")
    if names & settings.approved:
        return Approval(asks=False, by="--approve")
    asks = step.approve is Approve.REQUIRED or (step.approve is None and policy.mitigate != "auto")
    return Approval(asks=asks, by=None if asks else "policy")


def timeout(action: Action, step_timeout: Duration | None, defaults: Defaults) -> Duration:
    """Return the deadline of one attempt on one target: the step's own, else the playbook's, else the action's."""
    return step_timeout or defaults.timeout or action.default_timeout


def retry(step: Check | Mitigate | Verify, defaults: Defaults) -> Retry | None:
    """Return how a target is tried again: the step's own way; for a check that does not poll, else the playbook's.

    What asks a person is only repeated when the step itself says so.
    """
    if isinstance(step, Verify):
        return None
    if step.retry is not None or isinstance(step, Mitigate):
        return step.retry
    return defaults.retry if step.poll is None and step.action.kind != "manual" else None


def counts(step: Check | Mitigate | Verify, path: StepPath) -> bool:
    """Return whether anything hangs on a step's outcome: not on a health check with `critical: false`."""
    in_health = path.rpartition("/")[0].rpartition("/")[2] == "health"
    return not (in_health and isinstance(step, Check) and step.critical is False)


def mitigate_on_failure(step: Mitigate) -> OnFailure:
    """Return what follows when a mitigation fails: by default undo, where there is one, else stop."""
    if step.on_failure is not None:
        return step.on_failure
    return OnFailure.STOP if isinstance(step.undo, Irreversible) else OnFailure.UNDO


def verify_on_failure(chosen: OnFailure | None, *, undo_before: bool) -> OnFailure:
    """Return what follows when a verify fails: by default undo, where a step before it has one, else stop."""
    if chosen is not None:
        return chosen
    return OnFailure.UNDO if undo_before else OnFailure.STOP
