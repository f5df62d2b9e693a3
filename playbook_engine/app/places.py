"""Where the actions of a playbook are carried out, and what is known there, for those who read it."""

import os
from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path

from playbook_engine.actions.registry import ACTIONS
from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import Action, Addressing, Clustered
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.steps import ActingStep, Check, HostPattern, Hosts, Mitigate, ResultHosts, Verify
from playbook_engine.model.targets import Cluster, Host, Target
from playbook_engine.plan.targets import Addresses
from playbook_engine.plan.walk import playbook_steps
from playbook_engine.report.handbook.reading import Place
from playbook_engine.values import Names, TargetName, Value


@dataclass(frozen=True, slots=True)
class Places:
    """Finds the targets of an action, and the names that mean the same on all of them."""

    playbook: Playbook
    addresses: Addresses
    names: Names
    host_names: Mapping[TargetName, Names]

    found: dict[tuple[object, ...], Place] = field(default_factory=dict)
    """What has been found: a document asks for the same places again and again."""

    def place(self, step: ActingStep, action: Action) -> Place:
        """Return where an action is carried out; nowhere, when the inventory does not say."""
        pattern = self._pattern(step.hosts)
        cluster = action.cluster if isinstance(action, Clustered) else None
        key = (action.kind, pattern.text if pattern else None, step.hosts is None, step.cluster, cluster)
        if key not in self.found:
            self.found[key] = self._found(step, action, pattern)
        return self.found[key]

    def _found(self, step: ActingStep, action: Action, pattern: HostPattern | None) -> Place:
        targets = self.addresses.of(action, pattern, step.cluster)
        hosts = [target for target in targets if isinstance(target, Host)]
        views = {host.name: self.host_names.get(host.name, {}) for host in hosts}
        if not views and (step.hosts is not None or ACTIONS[action.kind].addressing is Addressing.HOSTS):
            views = dict(self.host_names)  # nobody knows which of them are meant: what differs stays unknown
        names, differing = _seen_from(self.names, views)
        return Place(names=names, differing=differing, targets=tuple(map(_typed, targets)))

    def _pattern(self, hosts: Hosts | None) -> HostPattern | None:
        """Return the pattern that says which hosts are possible; an earlier result chooses among its own."""
        seen: set[str] = set()
        while isinstance(hosts, ResultHosts) and hosts.step not in seen:
            seen.add(hosts.step)
            steps = (step for step in playbook_steps(self.playbook) if step.id == hosts.step)
            hosts = next((step.hosts for step in steps if isinstance(step, Check | Mitigate | Verify)), None)
        return hosts if isinstance(hosts, HostPattern) else None


def _seen_from(
    names: Names, views: Mapping[TargetName, Names]
) -> tuple[Names, Mapping[str, Mapping[TargetName, Value]]]:
    """Return the names that mean the same on all hosts, and those that do not, with the values they have."""
    own = {name for view in views.values() for name in view}
    found = {name: {host: view.get(name, names.get(name)) for host, view in views.items()} for name in own}
    differing = {
        name: values for name, values in found.items() if len({repr(value) for value in values.values()}) > 1
    }
    same = {name: next(iter(values.values())) for name, values in found.items() if name not in differing}
    return {name: value for name, value in {**names, **same}.items() if name not in differing}, differing


def _typed(target: Target) -> Target:
    """Return a target with its paths as people type them."""
    match target:
        case Host(private_key_file=str(key)):
            return replace(target, private_key_file=below_home(key))
        case Cluster(kubeconfig=str(file)):
            return replace(target, kubeconfig=below_home(file))
        case _:
            return target


def below_home(path: str) -> str:
    """Return a path as people type it: short, below `~` where it is."""
    home = os.path.expanduser("~")  # noqa: PTH111  unlike Path.home, it does not mind that there is none
    return str(Path("~", Path(path).relative_to(home))) if Path(path).is_relative_to(home) else path
