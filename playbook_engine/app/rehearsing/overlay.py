"""What a rehearsal puts on top of an inventory: variables for all hosts, and for single ones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from playbook_engine.model.inventory import Inventory, InventoryHost, Layer, Variable
from playbook_engine.model.rehearsal import Setting
from playbook_engine.values import Value

ORIGIN = "the rehearsal"


def laid_over(inventory: Inventory, settings: Sequence[Setting]) -> Inventory:
    """Return the inventory with the variables of the settings on top; the later win, those of a host over all."""
    everywhere = _layer(setting.variables for setting in settings)
    own: dict[str, Layer] = {}
    for setting in settings:
        for word, variables in setting.hosts:
            own[word.text] = {**own.get(word.text, {}), **_layer((variables,))}
    if not everywhere and not own:
        return inventory
    return replace(
        inventory,
        hosts=tuple(_host(each, everywhere, own.get(str(each.name), {})) for each in inventory.hosts),
        all_variables={**inventory.all_variables, **everywhere},
        all_layers=(*inventory.all_places, everywhere),
    )


def _host(host: InventoryHost, everywhere: Layer, own: Layer) -> InventoryHost:
    return replace(
        host,
        variables={**host.variables, **everywhere, **own},
        layers=(*host.places, everywhere, own),
    )


def _layer(places: Iterable[Mapping[str, Value]]) -> Layer:
    return {name: Variable(value=value, origin=ORIGIN) for variables in places for name, value in variables.items()}
