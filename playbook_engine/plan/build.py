"""A playbook and an inventory in, a Plan out; everything that can be wrong is found before anything starts."""

from collections.abc import Mapping
from typing import assert_never

from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import Action
from playbook_engine.model.inventory import Policy
from playbook_engine.model.plan import (
    Blocks,
    PlannedBranch,
    PlannedCase,
    PlannedCheck,
    PlannedEscalate,
    PlannedMitigate,
    PlannedStep,
    PlannedVerify,
    Probe,
)
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.settings import Mode, RunSettings
from playbook_engine.model.steps import (
    Branch,
    Case,
    Check,
    Escalate,
    HostPattern,
    Hosts,
    Irreversible,
    Mitigate,
    ResultHosts,
    Step,
    Verify,
)
from playbook_engine.model.targets import Host, Target
from playbook_engine.plan import blocks, policy
from playbook_engine.plan.targets import Addresses
from playbook_engine.values import StepPath


@dataclass(frozen=True, slots=True)
class Steps:
    """The three parts of a playbook, bound to targets."""

    health: Blocks
    steps: Blocks
    finally_: Blocks


def bind(playbook: Playbook, addresses: Addresses, settings: RunSettings) -> Steps:
    """Bind every step to its targets and policies; a sweep gets the health checks only."""
    binder = _Binder(playbook, addresses, addresses.inventory.environment.policy, settings)
    health = binder.blocks("health", playbook.health)
    if settings.mode is Mode.SWEEP:
        return Steps(health, (), ())
    steps, ending = binder.blocks("steps", playbook.steps), binder.blocks("finally", playbook.finally_)
    _check_approvals(settings, binder.mitigations, addresses.problems)
    return Steps(health, steps, ending)


def _check_approvals(settings: RunSettings, mitigations: Mapping[str, str], problems: Problems) -> None:
    """Report approvals of what is not there; `mitigations` are paths with the name that people use for each."""
    named = list(mitigations.values())
    for wanted in sorted(settings.approved - {*mitigations, *named}):
        known = f"It has: {', '.join(named)}." if named else "It has no mitigation."
        hint = _hint(did_you_mean(wanted, named), known)
        problems.error("unknown-step", f"--approve {wanted}: the playbook has no such mitigation", None, hint)


def _hint(nearest: str | None, known: str) -> str:
    return f"{nearest} {known}" if nearest else known


def _pattern(hosts: Hosts | None) -> HostPattern | None:
    return hosts if isinstance(hosts, HostPattern) else None


class _Binder:
    """Numbers the steps, addresses them and resolves their policies."""

    def __init__(self, playbook: Playbook, addresses: Addresses, rules: Policy, settings: RunSettings) -> None:
        self.playbook = playbook
        self.addresses = addresses
        self.rules = rules
        self.settings = settings
        self.mitigations: dict[str, str] = {}
        self.bound: dict[str, Probe] = {}
        self._undo_before = False

    def blocks(self, prefix: str, steps: tuple[Step, ...]) -> Blocks:
        planned = (self._bind(StepPath(f"{prefix}/{number}"), step) for number, step in enumerate(steps, 1))
        return blocks.group(tuple(planned))

    def _bind(self, path: StepPath, step: Step) -> PlannedStep:
        match step:
            case Check():
                return PlannedCheck(path=path, step=step, probes=(self._probe(path, step),))
            case Mitigate():
                return self._mitigate(path, step)
            case Verify():
                on_failure = policy.verify_on_failure(step.on_failure, undo_before=self._undo_before)
                return PlannedVerify(path=path, step=step, probes=self._proofs(path, step), on_failure=on_failure)
            case Branch():
                return self._branch(path, step)
            case Escalate():
                self._check_contact(step)
                return PlannedEscalate(path=path, step=step)
            case _:
                assert_never(step)

    def _probe(self, path: StepPath, step: Check | Mitigate) -> Probe:
        return self._act(path, step, step.action)

    def _act(self, path: StepPath, step: Check | Mitigate | Verify, action: Action) -> Probe:
        chosen = step.hosts if isinstance(step.hosts, ResultHosts) else None
        targets = self._possible(chosen) if chosen else self.addresses.of(action, _pattern(step.hosts), step.cluster)
        deadline = policy.timeout(action, step.timeout, self.playbook.defaults)
        probe = Probe(
            path=path,
            step=step,
            action=action,
            targets=targets,
            timeout=deadline,
            chosen=chosen,
            retry=policy.retry(step, self.playbook.defaults),
            counts=policy.counts(step, path),
        )
        if step.id is not None:
            self.bound[step.id] = probe
        return probe

    def _possible(self, chosen: ResultHosts) -> tuple[Target, ...]:
        """Return the targets among which an earlier result will choose."""
        probe = self.bound.get(chosen.step)
        hosts = () if probe is None else tuple(each for each in probe.targets if isinstance(each, Host))
        if not hosts:
            message = f"'{chosen.step}' is not carried out on hosts, so it cannot say where this runs"
            self.addresses.problems.error("missing-hosts", message, chosen.span, "Name a step that runs on hosts.")
        return hosts

    def _proofs(self, path: StepPath, step: Verify) -> tuple[Probe, ...]:
        if step.action is None:
            return tuple(
                self._probe(StepPath(f"health/{number}"), check)
                for number, check in enumerate(self.playbook.health, 1)
            )
        return (self._act(path, step, step.action),)

    def _mitigate(self, path: StepPath, step: Mitigate) -> PlannedMitigate:
        self.mitigations[path] = step.id or path
        self._undo_before = self._undo_before or not isinstance(step.undo, Irreversible)
        probe = self._probe(path, step)
        self._check_policy(step, len(probe.targets))
        approval = policy.approval(step, path, self.rules, self.settings)
        return PlannedMitigate(
            path=path,
            step=step,
            probes=(probe,),
            needs_approval=approval.asks,
            approved_by=approval.by,
            on_failure=policy.mitigate_on_failure(step),
        )

    def _check_policy(self, step: Mitigate, count: int) -> None:
        if self.settings.mode is not Mode.PLAY:
            return
        problems = self.addresses.problems
        if self.rules.mitigate == "forbid":
            message = "this environment forbids mitigations (policy.mitigate: forbid)"
            problems.error("policy", message, step.span, "Use --check to run the reading steps only.")
        if self.rules.max_hosts is not None and count > self.rules.max_hosts:
            message = f"this would change {count} hosts; policy.max_hosts allows {self.rules.max_hosts}"
            problems.error("policy", message, step.span, "Narrow the selection with --limit.")

    def _branch(self, path: StepPath, step: Branch) -> PlannedBranch:
        roads: list[PlannedCase] = []
        for number, case in enumerate(step.cases, 1):
            roads.append(self._case(path, f"case {number}", case))
        otherwise = self.blocks(f"{path}/else", step.otherwise)
        roads.append(PlannedCase(label="else", when=None, blocks=otherwise))
        return PlannedBranch(path=path, step=step, cases=tuple(roads))

    def _case(self, path: StepPath, label: str, case: Case) -> PlannedCase:
        return PlannedCase(label=label, when=case.when, blocks=self.blocks(f"{path}/{label}", case.steps))

    def _check_contact(self, step: Escalate) -> None:
        environment = self.addresses.inventory.environment
        if environment.contact(step.to) is None:
            known = [contact.name for contact in environment.contacts]
            listed = f"It has: {', '.join(known)}." if known else "Declare it under `contacts`."
            hint = _hint(did_you_mean(step.to, known), listed)
            message = f"the environment '{environment.name}' has no contact '{step.to}'"
            self.addresses.problems.error("unknown-contact", message, step.to_span, hint)
