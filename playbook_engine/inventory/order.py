"""The order in which a group has its hosts: that of Ansible, because batches are cut from it.

Level by level: the hosts that the group lists itself, then those of its children as they were declared, then those of
the children's children; a host that comes again keeps its first place.
"""

from collections.abc import Mapping

from playbook_engine.values import TargetName


def members(
    children: Mapping[str, tuple[str, ...]], listed: Mapping[str, tuple[TargetName, ...]]
) -> dict[str, tuple[TargetName, ...]]:
    """Return every group's hosts, its children's included; the groups must not contain each other."""
    return {
        group: tuple(dict.fromkeys(host for each in descent(group, children) for host in listed.get(each, ())))
        for group in children
    }


def descent(group: str, children: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return a group and all below it, level by level."""
    found = {group: None}
    level: tuple[str, ...] = (group,)
    while level:
        below = dict.fromkeys(child for each in level for child in children.get(each, ()) if child not in found)
        found.update(below)
        level = tuple(below)
    return tuple(found)
