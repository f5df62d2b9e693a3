"""Variables of many places put on top of each other, host by host, in Ansible's order.

From the weakest to the strongest: `vars` of `all` in hosts.yml, `vars` of other groups there, group_vars of `all`,
group_vars of other groups, the host's own mapping in hosts.yml, host_vars. Among groups parents come before
children; groups of the same depth come by `ansible_group_priority`, then by name.
"""

from collections import ChainMap
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from playbook_engine.frozen import dataclass
from playbook_engine.inventory import connection
from playbook_engine.inventory.family import ALL, Family
from playbook_engine.inventory.hosts import Declared, DeclaredHost
from playbook_engine.inventory.variables import EMPTY, Layer, stack
from playbook_engine.model.inventory import InventoryHost, Variable
from playbook_engine.values import TargetName

Layers = Mapping[str, Layer]
"""What files say, by the name of the group or host."""


@dataclass(frozen=True, slots=True)
class _Lineage:
    """What hosts of the same groups have in common."""

    groups: tuple[str, ...]
    layer: Layer


class Merge:
    """Joins what hosts.yml declares with what the files under group_vars and host_vars say."""

    def __init__(self, declared: Declared, family: Family, group_files: Layers, host_files: Layers) -> None:
        self._declared = declared
        self._family = family
        self._group_files = group_files
        self._host_files = host_files
        self._lineages: dict[tuple[str, ...], _Lineage] = {}

    def hosts(self) -> tuple[InventoryHost, ...]:
        return tuple(self._host(name, host) for name, host in self._declared.hosts.items())

    def all_variables(self) -> Mapping[str, Variable]:
        """Return the variables of group `all`."""
        return MappingProxyType(self._groups_layer([ALL]).variables)

    def _host(self, name: str, host: DeclaredHost) -> InventoryHost:
        lineage = self._lineage(tuple(host.groups))
        own = stack((host.layer, self._host_files.get(name, EMPTY)))
        target = TargetName(name)
        return InventoryHost(
            host=connection.host(target, own.settings.over(lineage.layer.settings)),
            groups=lineage.groups,
            variables=_view(lineage.layer, own),
        )

    def _lineage(self, direct: tuple[str, ...]) -> _Lineage:
        if direct not in self._lineages:
            groups = sorted(self._family.lineage((ALL, *direct)), key=self._rank)
            self._lineages[direct] = _Lineage(tuple(groups), self._groups_layer(groups))
        return self._lineages[direct]

    def _rank(self, group: str) -> tuple[int, int, str]:
        return self._family.depth[group], self._declared.groups[group].priority, group

    def _groups_layer(self, groups: Iterable[str]) -> Layer:
        ranked = tuple(groups)
        inline = (self._declared.groups[group].layer for group in ranked)
        files = (self._group_files.get(group, EMPTY) for group in ranked)
        return stack((*inline, *files))


def _view(common: Layer, own: Layer) -> Mapping[str, Variable]:
    """Return what a host sees; the variables of its groups are shared, not copied."""
    if own is EMPTY:
        return MappingProxyType(common.variables)
    return MappingProxyType(ChainMap(own.variables, common.variables))
