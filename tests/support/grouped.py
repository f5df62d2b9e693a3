"""An inventory with groups, made without files."""

from collections.abc import Iterable, Mapping

from playbook_engine.inventory import order
from playbook_engine.model.inventory import Environment, Inventory, InventoryHost
from playbook_engine.model.targets import Host
from playbook_engine.values import TargetName

ALL = "all"
UNGROUPED = "ungrouped"


def grouped(
    hosts: Iterable[str],
    listed: Mapping[str, Iterable[str]],
    children: Mapping[str, Iterable[str]] | None = None,
) -> Inventory:
    """Return an inventory in which groups list hosts and have children; hosts that nobody lists are ungrouped."""
    names = tuple(TargetName(host) for host in hosts)
    below = {group: tuple(found) for group, found in (children or {}).items()}
    in_groups = {host for group, found in listed.items() if group != ALL for host in found}
    own = {
        ALL: tuple(TargetName(host) for host in listed.get(ALL, ())),
        UNGROUPED: tuple(host for host in names if host not in in_groups),
        **{group: tuple(TargetName(host) for host in found) for group, found in listed.items() if group != ALL},
    }
    groups = tuple(dict.fromkeys((*own, *below, *(child for found in below.values() for child in found))))
    orphans = [group for group in groups if group != ALL and not any(group in found for found in below.values())]
    tree = {group: below.get(group, ()) for group in groups} | {ALL: tuple(orphans)}
    return Inventory(
        name="prod",
        path="prod",
        sha256="",
        hosts=tuple(InventoryHost(host=Host(name=name), groups=(), variables={}) for name in names),
        groups=order.members(tree, own),
        environment=Environment(name="prod"),
    )
