"""Variables of many places put on top of each other, host by host, in Ansible's order.

From the weakest to the strongest:

1. `vars` of `all`, then of other groups, where the groups are declared
2. group_vars of `all`
3. group_vars of other groups
4. the host's own variables where it is declared
5. host_vars

Among groups parents come before children; groups of the same depth come by `ansible_group_priority`, then by name.
Of several inventories later ones win, level by level: at level 3 the files beside the second inventory win over all
those beside the first, whatever the groups.
"""

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from playbook_engine.frozen import dataclass
from playbook_engine.inventory import connection
from playbook_engine.inventory.declared import Declared, DeclaredHost
from playbook_engine.inventory.family import ALL, Family
from playbook_engine.inventory.priority import DEFAULT_PRIORITY, PRIORITY
from playbook_engine.inventory.variables import Layer, stack
from playbook_engine.model.inventory import InventoryHost, Variable
from playbook_engine.model.inventory import Layer as Variables
from playbook_engine.values import TargetName

Layers = Mapping[str, list[Layer]]
"""What the files beside one inventory say, by the name of the group or host."""


@dataclass(frozen=True, slots=True)
class _Lineage:
    """What hosts of the same groups have in common."""

    groups: tuple[str, ...]
    layer: Layer
    layers: tuple[Variables, ...]


class Merge:
    """Joins what inventories declare with what the files beside them say, one mapping for each inventory."""

    def __init__(
        self,
        declared: Declared,
        family: Family,
        group_files: Sequence[Layers] = (),
        host_files: Sequence[Layers] = (),
    ) -> None:
        self._declared = declared
        self._family = family
        self._group_files = group_files
        self._host_files = host_files
        self._lineages: dict[tuple[str, ...], _Lineage] = {}

    def hosts(self) -> tuple[InventoryHost, ...]:
        return tuple(self._host(name, host) for name, host in self._declared.hosts.items())

    def all_variables(self) -> Mapping[str, Variable]:
        """Return the variables of group `all`."""
        return MappingProxyType(stack(self._of_groups([ALL])).variables)

    def all_layers(self) -> tuple[Variables, ...]:
        """Return what each place says of group `all`."""
        return _shown(self._of_groups([ALL]))

    def group_variables(self) -> Mapping[str, Variables]:
        """Return each group's own variables, its priority among them where it says one."""
        return MappingProxyType({group: self._own(group) for group in self._declared.groups})

    def _own(self, group: str) -> Variables:
        declared = self._declared.groups[group]
        files = [layer for files in self._group_files for layer in files.get(group, ())]
        found = stack([*declared.layers, *files]).variables
        if declared.priority == DEFAULT_PRIORITY:
            return found
        return {**found, PRIORITY: Variable(value=declared.priority, origin=f"group {group}")}

    def _host(self, name: str, host: DeclaredHost) -> InventoryHost:
        lineage = self._lineage(tuple(host.groups))
        layers = [*host.layers, *(layer for files in self._host_files for layer in files.get(name, ()))]
        own = stack(layers)
        target = TargetName(name)
        return InventoryHost(
            host=connection.host(target, own.settings.over(lineage.layer.settings)),
            groups=lineage.groups,
            variables=_view(lineage.layer, own) if layers else MappingProxyType(lineage.layer.variables),
            layers=lineage.layers + _shown(layers),
        )

    def _lineage(self, direct: tuple[str, ...]) -> _Lineage:
        if direct not in self._lineages:
            groups = sorted(self._family.lineage((ALL, *direct)), key=self._rank)
            layers = self._of_groups(groups)
            self._lineages[direct] = _Lineage(tuple(groups), stack(layers), _shown(layers))
        return self._lineages[direct]

    def _rank(self, group: str) -> tuple[int, int, str]:
        return self._family.depth[group], self._declared.groups[group].priority, group

    def _of_groups(self, groups: Sequence[str]) -> list[Layer]:
        """Return what is said of groups, which come in their order, `all` first."""
        found = [layer for group in groups for layer in self._declared.groups[group].layers]
        for level in ([ALL], groups[1:]):
            for files in self._group_files:
                found += [layer for group in level for layer in files.get(group, ())]
        return found


def _shown(layers: Iterable[Layer]) -> tuple[Variables, ...]:
    return tuple(layer.variables for layer in layers if layer.variables)


def _view(common: Layer, own: Layer) -> Mapping[str, Variable]:
    """Return what a host sees; the variables of its groups are shared, not copied."""
    return MappingProxyType(ChainMap(own.variables, common.variables))
