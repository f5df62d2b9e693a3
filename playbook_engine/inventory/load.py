"""The way in: an inventory's folder or file becomes one value."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from playbook_engine.diagnostics import Problems
from playbook_engine.inventory import environment, family, hosts, layout, vars_files
from playbook_engine.inventory.family import Family
from playbook_engine.inventory.files import Files, ReadFile
from playbook_engine.inventory.hosts import Declared
from playbook_engine.inventory.layout import Layout
from playbook_engine.inventory.merge import Merge
from playbook_engine.model.inventory import Environment, Inventory
from playbook_engine.values import TargetName

__all__ = ["ReadFile", "inventory"]


def inventory(
    path: Path, shown: str, read_hosts: ReadFile, read_environment: ReadFile, problems: Problems
) -> Inventory | None:
    """Load the inventory at `path`, which people know as `shown`.

    `read_hosts` reads Ansible's files (YAML 1.1), `read_environment` the environment file (YAML 1.2, checked against
    its schema). None comes back when there is nothing to go on with; else look whether `problems` has errors.
    """
    found = layout.find(path, shown, problems)
    if found is None:
        return None
    surroundings = _environment(found, read_environment)
    read = found.files.read(found.hosts, read_hosts)
    if read is None or surroundings is None:
        return None
    declared = hosts.read(read.document, read.relative, problems)
    tree = family.family({name: group.children for name, group in declared.groups.items()}, problems)
    if tree is None:
        return None
    merge = _merge(declared, tree, found.files, read_hosts)
    return Inventory(
        name=found.name,
        path=shown,
        sha256=found.files.sha256(),
        hosts=merge.hosts(),
        groups=_members(declared, tree),
        all_variables=merge.all_variables(),
        environment=surroundings,
    )


def _environment(found: Layout, read: ReadFile) -> Environment | None:
    if found.environment is None:
        return Environment(name=found.name)
    file = found.files.read(found.environment, read)
    return (
        environment.build(file.document, found.name, found.environment.parent, found.files.problems) if file else None
    )


def _merge(declared: Declared, tree: Family, files: Files, read: ReadFile) -> Merge:
    groups = vars_files.read(vars_files.GROUPS, declared.groups.keys(), files, read)
    of_hosts = vars_files.read(vars_files.HOSTS, declared.hosts.keys(), files, read)
    return Merge(declared, tree, groups, of_hosts)


def _members(declared: Declared, tree: Family) -> Mapping[str, tuple[TargetName, ...]]:
    """Return every group's hosts in the order of the file."""
    names = [TargetName(name) for name in declared.hosts]
    own: dict[str, set[int]] = {}
    for number, host in enumerate(declared.hosts.values()):
        for group in host.groups:
            own.setdefault(group, set()).add(number)
    found = family.members(tree, own)
    return MappingProxyType(
        {name: tuple(names[number] for number in sorted(found[name])) for name in declared.groups}
    )
