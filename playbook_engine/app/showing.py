"""A playbook with what is known of the place where it would be played; nothing is contacted, no secret is read."""

from collections.abc import Mapping
from pathlib import Path

from playbook_engine.actions.registry import ACTIONS
from playbook_engine.app import loading
from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.errors import InvalidInput, UsageError
from playbook_engine.frozen import dataclass
from playbook_engine.inventory import patterns
from playbook_engine.language.expressions.shaping import shape_of
from playbook_engine.model.actions import Action
from playbook_engine.model.inventory import Inventory
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.steps import HostPattern
from playbook_engine.model.targets import Host
from playbook_engine.plan import scope
from playbook_engine.plan.names import Needs, needs
from playbook_engine.plan.targets import Addresses
from playbook_engine.plan.walk import playbook_steps
from playbook_engine.report.handbook.reading import Place, Reading
from playbook_engine.values import Names, Secret, TargetName, Value


def playbook(path: Path) -> Playbook:
    """Read a playbook.

    Raises:
        InvalidInput: with every problem found.
    """
    problems = Problems()
    found = loading.playbook(path, problems)
    if found is None:
        raise InvalidInput(problems.sorted())
    return found


def reading(found: Playbook, inventory: Path | None, host: str | None) -> Reading:
    """Return a playbook as its reader needs it; with an inventory, values that are known before a run are filled in.

    Raises:
        InvalidInput: the inventory cannot be read.
        UsageError: the host is not in the inventory.
    """
    if inventory is None:
        names = _secrets(found, ())
        return Reading(
            playbook=found,
            kinds=ACTIONS,
            shape_of=shape_of,
            place=lambda *_: Place(names=names),
            names=names,
        )
    problems = Problems()
    loaded = loading.inventory(inventory, problems)
    if loaded is None or problems.has_errors:
        raise InvalidInput(problems.sorted())
    return _placed(found, loaded, _chosen(loaded, host))


def _chosen(inventory: Inventory, host: str | None) -> tuple[TargetName, ...]:
    known = [each.name for each in inventory.hosts]
    if host is None:
        return tuple(known)
    if host not in known:
        raise UsageError(f"there is no host '{host}' in {inventory.path}", did_you_mean(host, known))
    return (TargetName(host),)


def _placed(found: Playbook, inventory: Inventory, selected: tuple[TargetName, ...]) -> Reading:
    declared = tuple(source.name for source in inventory.environment.secrets)
    secrets = {name: Secret(name, "") for name in declared}
    # What is missing for a run is no reason not to show the playbook.
    outside = scope.Outside(set_texts={}, environ={}, secrets=secrets)
    resolved = scope.resolve(found, inventory, selected, Needs(), outside, Problems())
    names = {name: value for name, value in resolved.names.items() if name != "env"} | _secrets(found, declared)
    addresses = Addresses(
        inventory=inventory,
        select=patterns.select,
        kinds=ACTIONS,
        default_hosts=found.hosts,
        limit=None,
        selected=frozenset(selected),
        problems=Problems(),
    )
    places = _Places(addresses, names, resolved.host_names)
    return Reading(
        playbook=found,
        kinds=ACTIONS,
        shape_of=shape_of,
        place=places.place,
        names=names,
        environment=inventory.environment,
    )


def _secrets(found: Playbook, declared: tuple[str, ...]) -> dict[str, Value]:
    """Return the secrets by their names: what a reader sees of them is never more."""
    used = needs(playbook_steps(found)).secrets
    own = {spec.name: Secret(spec.name, "") for spec in found.inputs if spec.secret}
    return {"secret": {name: Secret(name, "") for name in (*used, *declared)}, **own}


@dataclass(frozen=True, slots=True)
class _Places:
    """Finds the targets of an action, and the names that mean the same on all of them."""

    addresses: Addresses
    names: Names
    host_names: Mapping[TargetName, Names]

    def place(self, action: Action, hosts: HostPattern | None, cluster: str | None) -> Place:
        """Return where an action is carried out; nowhere, when the inventory does not say."""
        targets = self.addresses.of(action, hosts, cluster)
        views = [self.host_names.get(target.name, {}) for target in targets if isinstance(target, Host)]
        return Place(names={**self.names, **_shared(views)} if views else self.names, targets=targets)


def _shared(views: list[Names]) -> Names:
    """Return the names that have one value on all hosts."""
    first, *others = views
    return {
        name: value for name, value in first.items() if all(name in view and view[name] == value for view in others)
    }
