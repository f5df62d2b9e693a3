"""Whether the steps whose results say on which hosts others run are carried out on hosts themselves."""

from collections.abc import Mapping

from playbook_engine.diagnostics import Problems
from playbook_engine.model.actions import ActionKind, Addressing
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.steps import Check, Escalate, Mitigate, ResultHosts, Step, Verify
from playbook_engine.plan.walk import playbook_steps


def check(playbook: Playbook, kinds: Mapping[str, ActionKind], problems: Problems) -> None:
    """Report `hosts: x.failed` where x is asked elsewhere: of a cluster, a URL, a person."""
    named = {step.id: step for step in playbook_steps(playbook) if step.id is not None}
    for step in playbook_steps(playbook):
        hosts = None if isinstance(step, Escalate) else step.hosts
        if isinstance(hosts, ResultHosts) and hosts.step in named and not _is_on_hosts(named[hosts.step], kinds):
            report(hosts, problems)


def report(chosen: ResultHosts, problems: Problems) -> None:
    """Report an earlier result that cannot say where a step runs."""
    message = f"'{chosen.step}' is not carried out on hosts, so it cannot say where this runs"
    problems.error("missing-hosts", message, chosen.span, "Name a step that runs on hosts.")


def _is_on_hosts(step: Step, kinds: Mapping[str, ActionKind]) -> bool:
    if not isinstance(step, Check | Mitigate | Verify) or step.action is None:
        return False
    addressing = kinds[step.action.kind].addressing
    return addressing is Addressing.HOSTS or (addressing is Addressing.CONTROL and step.hosts is not None)
