"""The way in: the places of an inventory become one value."""

from collections.abc import Mapping
from types import MappingProxyType

from playbook_engine.diagnostics import Problems
from playbook_engine.frozen import dataclass
from playbook_engine.inventory import family, layout, order, surroundings, vars_files
from playbook_engine.inventory.declared import Declared
from playbook_engine.inventory.family import ALL, Family
from playbook_engine.inventory.files import Digest, ReadFile, ReadText, ReadYaml
from playbook_engine.inventory.layout import Layout
from playbook_engine.inventory.merge import Merge
from playbook_engine.inventory.reading import Reading, RunnerFor
from playbook_engine.inventory.vars_text import VarsText
from playbook_engine.inventory.vault import Vault
from playbook_engine.model.inventory import Environment, Inventory
from playbook_engine.model.sources import InventorySources
from playbook_engine.values import TargetName

__all__ = ["Means", "inventory"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What loading needs of the outside.

    `text` reads a file as text and `yaml` such text as one of Ansible's files (YAML 1.1); `environment` reads the
    environment file (YAML 1.2, checked against its schema). `runner` runs executable inventories, without the
    environment variables that it is told to hide.
    """

    text: ReadText
    yaml: ReadYaml
    environment: ReadFile
    runner: RunnerFor
    vault: Vault


def inventory(sources: InventorySources, means: Means, problems: Problems) -> Inventory | None:
    """Load an inventory from its places, later ones over earlier ones.

    None comes back when there is nothing to go on with; else look whether `problems` has errors.
    """
    digest = Digest()
    layouts = _layouts(sources, problems, digest)
    if layouts is None:
        return None
    place = surroundings.find(layouts, sources.environment, problems, digest)
    environment = surroundings.read(place, means.environment) if place else None
    if place is None or environment is None:
        return None
    reading = Reading(
        text=means.text,
        yaml=means.yaml,
        vault=means.vault,
        runner=means.runner,
        hidden=frozenset(source.env for source in environment.secrets if source.env),
        left_out=surroundings.named(environment),
    )
    declared = reading.all(layouts, problems)
    if declared is None:
        return None
    children = {name: group.children for name, group in declared.groups.items()}
    tree = family.family(children, problems, declared.sources)
    if tree is None:
        return None
    return _joined(sources, environment, layouts, _Parts(declared, tree, means, digest), place.name)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What has been read by now."""

    declared: Declared
    tree: Family
    means: Means
    digest: Digest


def _layouts(sources: InventorySources, problems: Problems, digest: Digest) -> list[Layout] | None:
    several = len(sources.places) > 1
    found = [
        layout.find(place, problems, digest, f"{number}:" if several else "")
        for number, place in enumerate(sources.places, 1)
    ]
    present = [each for each in found if each is not None]
    return present if len(present) == len(found) else None


def _joined(
    sources: InventorySources, environment: Environment, layouts: list[Layout], parts: _Parts, name: str
) -> Inventory:
    declared, tree = parts.declared, parts.tree
    merge = _merge(declared, tree, layouts, parts.means)
    children = _children(declared, tree)
    listed = {name: tuple(TargetName(host) for host in group.hosts) for name, group in declared.groups.items()}
    return Inventory(
        name=name,
        path=", ".join(place.shown for place in sources.places),
        hosts=merge.hosts(),
        groups=MappingProxyType(order.members(children, listed)),
        all_variables=merge.all_variables(),
        all_layers=merge.all_layers(),
        children=children,
        listed=MappingProxyType(listed),
        group_variables=merge.group_variables(),
        environment=environment,
        sha256=parts.digest.sha256(),
    )


def _merge(declared: Declared, tree: Family, layouts: list[Layout], means: Means) -> Merge:
    text = VarsText(read_text=means.text, read_yaml=means.yaml, vault=means.vault)
    # Two inventories in one folder share its files. The last time counts, as if they had been read twice.
    folders = {each.variables: each.files for each in reversed(layouts) if each.variables is not None}
    ordered = list(reversed(folders.items()))
    return Merge(
        declared,
        tree,
        [vars_files.read(vars_files.GROUPS, declared.groups, folder, files, text) for folder, files in ordered],
        [vars_files.read(vars_files.HOSTS, declared.hosts, folder, files, text) for folder, files in ordered],
    )


def _children(declared: Declared, tree: Family) -> Mapping[str, tuple[str, ...]]:
    """Return every group's children; groups that are nobody's are children of `all`, after those it names."""
    found = {name: list(group.children) for name, group in declared.groups.items()}
    found[ALL] += [name for name in declared.groups if tree.parents[name] == (ALL,) and name not in found[ALL]]
    return MappingProxyType({name: tuple(children) for name, children in found.items()})
