"""One rule for which value counts: the higher level, and within a level the later place.

Resolving is a pure function over layers. It does not depend on the order in which layers of different levels come,
every name that any layer knows has exactly one value, and names make no difference to each other.
"""

from collections.abc import Iterable, Mapping

from playbook_engine.frozen import dataclass
from playbook_engine.model.inventory import Inventory, InventoryHost, Variable
from playbook_engine.model.playbook import InputSpec, Playbook
from playbook_engine.model.precedence import Layer, Level, Resolved, Sourced
from playbook_engine.plan.inputs import hidden
from playbook_engine.values import Value


def resolve(layers: Iterable[Layer]) -> Mapping[str, Resolved]:
    """Return what every name stands for, and what each value overrode."""
    stacks: dict[str, list[Sourced]] = {}
    for layer in layers:
        for name, sourced in layer.items():
            stacks.setdefault(name, []).append(sourced)
    return {name: _resolved(name, stack) for name, stack in stacks.items()}


def _resolved(name: str, stack: list[Sourced]) -> Resolved:
    *overrode, winner = sorted(stack, key=lambda each: each.level)
    return Resolved(name, winner, tuple(reversed(overrode)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """All places that give values to the names of one playbook."""

    specs: Mapping[str, InputSpec]
    playbook: Layer
    inventory: Inventory
    given: tuple[Layer, ...]
    """What the calling playbook and the person give."""

    def view(self, host: InventoryHost | None = None) -> Mapping[str, Resolved]:
        """Return what the steps on a host see; without a host, what all other steps see."""
        return resolve((self.playbook, *self._inventory_layers(host), *self.given))

    def values(self, variables: Mapping[str, Variable]) -> dict[str, Value]:
        """Return an inventory's variables as steps see them: what the playbook declares as secret is one here too."""
        return {name: self._value(name, variable) for name, variable in variables.items()}

    def given_names(self) -> frozenset[str]:
        """Return the names whose values are stronger than any inventory's."""
        return frozenset(name for layer in self.given for name in layer)

    def _inventory_layers(self, host: InventoryHost | None) -> Iterable[Layer]:
        for variables in _places(self.inventory, host):
            yield {
                name: Sourced(self._value(name, variable), Level.INVENTORY, variable.origin)
                for name, variable in variables.items()
            }

    def _value(self, name: str, variable: Variable) -> Value:
        spec = self.specs.get(name)
        return variable.value if spec is None else hidden(spec, variable.value)


def _places(inventory: Inventory, host: InventoryHost | None) -> tuple[Mapping[str, Variable], ...]:
    """Return the inventory's variables place by place, the weakest first."""
    return inventory.all_places if host is None else host.places


def playbook_layer(playbook: Playbook) -> Layer:
    """Return what the playbook itself says: defaults of inputs, and `vars`."""
    defaults = {
        spec.name: Sourced(spec.default, Level.PLAYBOOK, f"{spec.span} ({_default(spec)})")
        for spec in playbook.inputs
        if not spec.required
    }
    own = {each.name: Sourced(each.value, Level.PLAYBOOK, f"{each.span} (vars)") for each in playbook.variables}
    return {**defaults, **own}


def _default(spec: InputSpec) -> str:
    return "no default" if spec.default is None else "default"
