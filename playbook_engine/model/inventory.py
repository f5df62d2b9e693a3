"""Hosts, groups and the environment they stand in."""

from collections.abc import Mapping
from dataclasses import field
from typing import TypeAlias

from playbook_engine.diagnostics import Span
from playbook_engine.frozen import dataclass
from playbook_engine.model.targets import Cluster, Host
from playbook_engine.values import Duration, TargetName, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A value with its origin: `group_vars/api.yml:3:1 (group api)`."""

    value: Value
    origin: str


Layer: TypeAlias = Mapping[str, Variable]
"""The variables that one place gives; hosts of the same groups share it."""


def _history(layers: tuple[Layer, ...], name: str) -> tuple[Variable, ...]:
    return tuple(layer[name] for layer in layers if name in layer)


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryHost:
    """A host with its connection settings and its own view of the variables (groups merged, host last)."""

    host: Host
    groups: tuple[str, ...]
    variables: Mapping[str, Variable]
    layers: "tuple[Layer, ...]" = ()
    """What each place says, from the weakest to the strongest; put on top of each other they are `variables`."""

    @property
    def name(self) -> TargetName:
        return self.host.name

    @property
    def places(self) -> "tuple[Layer, ...]":
        """Return the layers; where nobody told them apart, all variables are one."""
        return self.layers or (self.variables,)

    def history(self, name: str) -> tuple[Variable, ...]:
        """Return everything that a variable was set to, the weakest first; the last one counts."""
        return _history(self.layers, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """All hosts in the order of the files.

    `groups` holds every group's members, its children's included, in the order in which patterns select them.
    """

    name: str
    path: str
    sha256: str
    hosts: tuple[InventoryHost, ...]
    groups: Mapping[str, tuple[TargetName, ...]]
    all_variables: Mapping[str, Variable] = field(default_factory=dict)
    """The variables of group `all`: what steps see that are not carried out on hosts."""
    all_layers: "tuple[Layer, ...]" = ()
    children: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Every group's own children in the order of the files; those of `all` are the groups without another parent."""
    listed: Mapping[str, tuple[TargetName, ...]] = field(default_factory=dict)
    """The hosts that each group lists itself, in the order of the files."""
    group_variables: Mapping[str, Layer] = field(default_factory=dict)
    """Every group's own variables, without those that it inherits."""
    environment: "Environment"

    def host(self, name: str) -> InventoryHost | None:
        return next((host for host in self.hosts if host.name == name), None)

    @property
    def all_places(self) -> "tuple[Layer, ...]":
        """Return the layers of group `all`; where nobody told them apart, its variables are one."""
        return self.all_layers or (self.all_variables,)

    def all_history(self, name: str) -> tuple[Variable, ...]:
        """Return everything that a variable of group `all` was set to, the weakest first."""
        return _history(self.all_layers, name)

    def variable_names(self) -> frozenset[str]:
        """Return the names that are a variable of at least one host, or of group `all`."""
        layers = {id(layer): layer for host in self.hosts for layer in host.places}
        return frozenset(self.all_variables).union(*layers.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretSource:
    """Where a secret comes from: an environment variable or a file; exactly one is given."""

    name: str
    span: Span
    env: str | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A way to tell people: `kind` is `webhook` or `slack`.

    `url` or `url_secret` (a name under `secrets`) says where to; `budget` bounds all tries together.
    """

    name: str
    kind: str
    span: Span
    url: str | None = None
    url_secret: str | None = None
    signing_secret: str | None = None
    budget: Duration = Duration(20_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Someone to tell, with an address on each channel, in the order to try them: `{slack: "#gymbro-oncall"}`."""

    name: str
    span: Span
    addresses: tuple[tuple[str, str], ...] = ()
    """(channel name, address) pairs; `phone` and `email` are for people to read, not channels."""
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationRule:
    """Who is told when something is so and has lasted for a time: a line of the escalation matrix."""

    when: str
    to: str
    span: Span
    after: Duration = Duration(0)
    """How long after the incident opened."""

    @property
    def ends_runs(self) -> bool:
        """Return whether a run acts on it: when it ends without a solution. All others are for people to follow."""
        return self.when == "unresolved" and not self.after.ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What this environment allows: `mitigate` is `approve`, `auto` or `forbid`."""

    mitigate: str = "approve"
    max_hosts: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What Ansible has no word for."""

    name: str
    policy: Policy = Policy()
    clusters: tuple[Cluster, ...] = ()
    secrets: tuple[SecretSource, ...] = ()
    contacts: tuple[Contact, ...] = ()
    channels: tuple[Channel, ...] = ()
    escalation: tuple[EscalationRule, ...] = ()

    def contact(self, name: str) -> Contact | None:
        return next((contact for contact in self.contacts if contact.name == name), None)

    def channel(self, name: str) -> Channel | None:
        return next((channel for channel in self.channels if channel.name == name), None)
