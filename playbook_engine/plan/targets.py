"""What each step is addressed to."""

from collections.abc import Mapping
from typing import Protocol

from playbook_engine.diagnostics import Problems, Span, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import Action, ActionKind, Addressing, Clustered, addressing_of
from playbook_engine.model.inventory import Inventory
from playbook_engine.model.steps import HostPattern
from playbook_engine.model.targets import Cluster, Control, Host, Person, Target
from playbook_engine.values import TargetName


class SelectHosts(Protocol):
    """Finds the hosts of a pattern, in the order that it gives; a term that matches nothing is a problem."""

    def __call__(
        self, inventory: Inventory, pattern: str, span: Span | None, problems: Problems
    ) -> tuple[TargetName, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """All that addressing needs to know."""

    inventory: Inventory
    select: SelectHosts
    kinds: Mapping[str, ActionKind]
    default_hosts: HostPattern | None
    limit: str | None
    selected: frozenset[TargetName]
    problems: Problems

    def of(self, action: Action, hosts: HostPattern | None, cluster: str | None) -> tuple[Target, ...]:
        """Return the targets of one action; empty when there is a problem, which is on the list."""
        addressing = addressing_of(action, self.kinds)
        if addressing is Addressing.HOSTS:
            return self.hosts(hosts, action.span)
        if hosts is not None and addressing is Addressing.CONTROL:
            return self._hosts(hosts, action.span)
        if addressing is Addressing.CLUSTER:
            own = action.cluster if isinstance(action, Clustered) else None
            return self._cluster(cluster or own, action.span)
        return (Person(),) if addressing is Addressing.PERSON else (Control(),)

    def hosts(self, pattern: HostPattern | None, span: Span) -> tuple[Host, ...]:
        """Return the hosts of a pattern, else those that the playbook is for; empty when there is a problem."""
        return self._hosts(pattern or self.default_hosts, span)

    def _hosts(self, pattern: HostPattern | None, span: Span) -> tuple[Host, ...]:
        if pattern is None:
            hint = "Add 'hosts: PATTERN' to the step or to the playbook."
            self.problems.error("missing-hosts", "nothing says on which hosts this runs", span, hint)
            return ()
        names = self.select(self.inventory, pattern.text, pattern.span, self.problems)
        within = [name for name in names if name in self.selected]
        if names and self.selected and not within:
            message = f"no host of '{pattern.text}' is within --limit {self.limit}"
            self.problems.error("empty-selection", message, pattern.span, "Widen --limit.")
        known = {host.name: host.host for host in self.inventory.hosts}
        return tuple(known[name] for name in within)

    def _cluster(self, name: str | None, span: Span) -> tuple[Cluster, ...]:
        clusters = {str(cluster.name): cluster for cluster in self.inventory.environment.clusters}
        if name is None and len(clusters) == 1:
            return tuple(clusters.values())
        if name in clusters:
            return (clusters[name],)
        if not clusters:
            hint = "Declare one under `clusters` in the environment file."
            self.problems.error("unknown-cluster", "the environment has no cluster", span, hint)
        elif name is None:
            hint = f"Say `cluster: NAME` with one of: {', '.join(clusters)}."
            self.problems.error("missing-cluster", "the environment has several clusters", span, hint)
        else:
            hint = did_you_mean(name, clusters) or f"It has: {', '.join(clusters)}."
            self.problems.error("unknown-cluster", f"the environment has no cluster '{name}'", span, hint)
        return ()
