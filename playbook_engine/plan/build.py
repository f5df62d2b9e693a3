"""A playbook and an inventory in, a Plan out; everything that can be wrong is found before anything starts."""

from collections.abc import Mapping
from dataclasses import field, replace
from typing import assert_never

from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import Action
from playbook_engine.model.inventory import Policy
from playbook_engine.model.outcomes import Cause
from playbook_engine.model.plan import (
    Blocks,
    PlannedBranch,
    PlannedCase,
    PlannedCheck,
    PlannedEscalate,
    PlannedMitigate,
    PlannedPlay,
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
    Play,
    ResultHosts,
    Step,
    Verify,
)
from playbook_engine.model.targets import Host, Target
from playbook_engine.plan import blocks, policy, tags
from playbook_engine.plan.chosen import report
from playbook_engine.plan.foreseen import Foreseen
from playbook_engine.plan.plays import OpenPlay, nothing_to_open
from playbook_engine.plan.tags import covered
from playbook_engine.plan.targets import Addresses
from playbook_engine.values import StepPath, TargetName


@dataclass(frozen=True, slots=True)
class Steps:
    """The three parts of a playbook, bound to targets."""

    health: Blocks
    steps: Blocks
    finally_: Blocks


def bind(
    playbook: Playbook,
    addresses: Addresses,
    settings: RunSettings,
    known: Foreseen,
    plays: OpenPlay = nothing_to_open,
) -> Steps:
    """Bind every step to its targets and policies; a sweep gets the health checks only.

    `known` is what can be foreseen of conditions. `plays` opens the playbooks that this one plays; they must be
    known to end.
    """
    run = _Run(settings, addresses.inventory.environment.policy, plays)
    sweep = settings.mode is Mode.SWEEP
    binder = _Binder(playbook, addresses, run, _Place(tags=playbook.tags if sweep else ()), known)
    if sweep:
        return Steps(binder.blocks("health", playbook.health), (), ())
    steps = binder.whole()
    _check_approvals(settings, run.mitigations, addresses.problems)
    return steps


@dataclass(slots=True)
class _Run:
    """What binding all the playbooks of a run has in common, and what it finds out on the way."""

    settings: RunSettings
    rules: Policy
    plays: OpenPlay
    mitigations: dict[str, str] = field(default_factory=dict)
    """Each mitigation's path, with the name that people use for it."""
    undo_before: bool = False
    """Whether a step before this one can be taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a playbook is played: the beginning of its steps' paths and names, and the tags that cover it."""

    path: str = ""
    name: str = ""
    tags: tuple[str, ...] = ()

    def within(self, tags: tuple[str, ...]) -> "_Place":
        return replace(self, tags=covered(self.tags, tags))


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

    def __init__(self, playbook: Playbook, addresses: Addresses, run: _Run, place: _Place, known: Foreseen) -> None:
        self.playbook = playbook
        self.addresses = addresses
        self.run = run
        self.place = place
        self.known = known
        self.bound: dict[str, Probe] = {}

    def whole(self) -> Steps:
        """Bind all three parts of the playbook."""
        playbook = self.playbook
        health, steps = self.blocks("health", playbook.health), self.blocks("steps", playbook.steps)
        return Steps(health, steps, self.blocks("finally", playbook.finally_))

    def blocks(self, prefix: str, steps: tuple[Step, ...]) -> Blocks:
        return self._blocks(f"{self.place.path}{prefix}", steps, self.place)

    def _blocks(self, prefix: str, steps: tuple[Step, ...], place: _Place) -> Blocks:
        numbered = ((StepPath(f"{prefix}/{number}"), step) for number, step in enumerate(steps, 1))
        bound = tuple(self._bind(path, step, place.within(step.tags)) for path, step in numbered)
        return blocks.group(bound, health=prefix.endswith("health"))

    def _bind(self, path: StepPath, step: Step, place: _Place) -> PlannedStep:
        left_out = tags.left_out(place.tags, self.run.settings)
        match step:
            case Check():
                return PlannedCheck(path=path, step=step, probes=(self._probe(path, step),), left_out=left_out)
            case Mitigate():
                return self._mitigate(path, step, left_out)
            case Verify():
                return self._verify(path, step, left_out)
            case Branch():
                return self._branch(path, step, place)
            case Escalate():
                self._check_contact(step)
                return PlannedEscalate(path=path, step=step, left_out=left_out)
            case _:
                assert_never(step)

    def _probe(self, path: StepPath, step: Check | Mitigate) -> Probe:
        return self._act(path, step, step.action)

    def _act(self, path: StepPath, step: Check | Mitigate | Verify, action: Action) -> Probe:
        chosen = step.hosts if isinstance(step.hosts, ResultHosts) else None
        targets: tuple[Target, ...] = (
            self._possible(chosen) if chosen else self._addresses(step).of(action, _pattern(step.hosts), step.cluster)
        )
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

    def _addresses(self, step: Step) -> Addresses:
        """Return the addresses; a step that never happens here may want a cluster or hosts that are not there."""
        return replace(self.addresses, problems=Problems()) if self.known.never(step.when) else self.addresses

    def _possible(self, chosen: ResultHosts) -> tuple[Host, ...]:
        """Return the targets among which an earlier result will choose."""
        probe = self.bound.get(chosen.step)
        hosts = () if probe is None else tuple(each for each in probe.targets if isinstance(each, Host))
        if not hosts:
            report(chosen, self.addresses.problems)
        return hosts

    def _verify(self, path: StepPath, step: Verify, left_out: Cause | None) -> PlannedVerify:
        on_failure = policy.verify_on_failure(step.on_failure, undo_before=self.run.undo_before)
        probes = self._proofs(path, step)
        if not probes:
            left_out = left_out or Cause("tags", "all health checks that it would repeat are left out")
        return PlannedVerify(path=path, step=step, probes=probes, on_failure=on_failure, left_out=left_out)

    def _proofs(self, path: StepPath, step: Verify) -> tuple[Probe, ...]:
        """Return what a verify asks: its own action, or the health checks that this run makes."""
        if step.action is not None:
            return (self._act(path, step, step.action),)
        return tuple(
            self._probe(StepPath(f"{self.place.path}health/{number}"), check)
            for number, check in enumerate(self.playbook.health, 1)
            if tags.left_out(self.place.within(check.tags).tags, self.run.settings) is None
        )

    def _mitigate(self, path: StepPath, step: Mitigate, left_out: Cause | None) -> PlannedMitigate:
        name = f"{self.place.name}{step.id}" if step.id else path
        self.run.mitigations[path] = name
        self.run.undo_before = self.run.undo_before or not isinstance(step.undo, Irreversible)
        probe = self._probe(path, step)
        self._check_policy(step, probe)
        approval = policy.approval(step, frozenset({path, name}), self.run.rules, self.run.settings)
        return PlannedMitigate(
            path=path,
            step=step,
            probes=(probe,),
            needs_approval=approval.asks,
            approved_by=approval.by,
            on_failure=policy.mitigate_on_failure(step),
            left_out=left_out,
        )

    def _check_policy(self, step: Mitigate, probe: Probe) -> None:
        if self.run.settings.mode is not Mode.PLAY:
            return
        problems, rules, count = self.addresses.problems, self.run.rules, len(probe.targets)
        if rules.mitigate == "forbid":
            message = "this environment forbids mitigations (policy.mitigate: forbid)"
            problems.error("policy", message, step.span, "Use --check to run the reading steps only.")
        # How many an earlier result chooses shows when it is there; the engine counts them then.
        if rules.max_hosts is not None and count > rules.max_hosts and probe.chosen is None:
            message = f"this would change {count} hosts; policy.max_hosts allows {rules.max_hosts}"
            problems.error("policy", message, step.span, "Narrow the selection with --limit.")

    def _branch(self, path: StepPath, step: Branch, place: _Place) -> PlannedBranch:
        cases = [self._case(path, f"case {number}", case, place) for number, case in enumerate(step.cases, 1)]
        otherwise = self._blocks(f"{path}/else", step.otherwise, place)
        return PlannedBranch(
            path=path,
            step=step,
            cases=(*cases, PlannedCase(label="else", when=None, blocks=otherwise)),
            hosts=self._deciding(step),
            chosen=step.hosts if isinstance(step.hosts, ResultHosts) else None,
            left_out=tags.left_out(place.tags, self.run.settings),
        )

    def _deciding(self, step: Branch) -> tuple[TargetName, ...]:
        """Return the hosts that take their own case."""
        if not step.per_host:
            return ()
        chosen = step.hosts if isinstance(step.hosts, ResultHosts) else None
        hosts = self._possible(chosen) if chosen else self.addresses.hosts(_pattern(step.hosts), step.span)
        return tuple(host.name for host in hosts)

    def _case(self, path: StepPath, label: str, case: Case, place: _Place) -> PlannedCase:
        play = None if case.play is None else self._play(StepPath(f"{path}/{label}/play"), case.play, place)
        return PlannedCase(
            label=label, when=case.when, blocks=self._blocks(f"{path}/{label}", case.steps, place), play=play
        )

    def _play(self, path: StepPath, play: Play, place: _Place) -> PlannedPlay | None:
        """Bind another playbook where it would be played; its names and its default hosts are its own."""
        opened = self.run.plays(play, self.playbook)
        if opened is None:
            return None
        child = opened.playbook
        inner = _Place(path=f"{path}/", name=f"{child.name}:", tags=place.tags)
        addresses = replace(self.addresses, default_hosts=child.hosts)
        known = Foreseen(opened.names, opened.host_names)
        bound = _Binder(child, addresses, self.run, inner, known).whole()
        return PlannedPlay(
            path=path,
            playbook=child,
            ref=opened.ref,
            health=bound.health,
            steps=bound.steps,
            finally_=bound.finally_,
            names=opened.names,
            host_names=opened.host_names,
            given=opened.given,
            later=opened.later,
        )

    def _check_contact(self, step: Escalate) -> None:
        environment = self.addresses.inventory.environment
        if environment.contact(step.to) is None:
            known = [contact.name for contact in environment.contacts]
            listed = f"It has: {', '.join(known)}." if known else "Declare it under `contacts`."
            hint = _hint(did_you_mean(step.to, known), listed)
            message = f"the environment '{environment.name}' has no contact '{step.to}'"
            self.addresses.problems.error("unknown-contact", message, step.to_span, hint)
