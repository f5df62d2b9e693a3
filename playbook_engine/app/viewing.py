"""An inventory to look at, within a limit; nothing is contacted."""

from playbook_engine.app import limiting, loading
from playbook_engine.diagnostics import Diagnostic, Problems, Severity, did_you_mean
from playbook_engine.errors import InvalidInput, UsageError
from playbook_engine.frozen import dataclass
from playbook_engine.model.inventory import Inventory, InventoryHost
from playbook_engine.model.sources import InventorySources
from playbook_engine.values import TargetName


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """An inventory, the hosts of it that are shown, and what is doubtful about it."""

    inventory: Inventory
    selected: frozenset[TargetName]
    warnings: tuple[Diagnostic, ...]

    def group(self, name: str) -> str:
        """Return the name of a group that is there; UsageError for another."""
        if name not in self.inventory.groups:
            hint = _also(name, self.inventory) or did_you_mean(name, self.inventory.groups)
            raise UsageError(f"the inventory has no group '{name}'", hint)
        return name

    def host(self, name: str) -> InventoryHost:
        """Return a host by its name; UsageError for one that is not there."""
        found = self.inventory.host(name)
        if found is None:
            hint = did_you_mean(name, (host.name for host in self.inventory.hosts))
            if name in self.inventory.groups:
                hint = f"It is a group: runbook inventory graph {name}"
            raise UsageError(f"the inventory has no host '{name}'", hint)
        return found


def view(sources: InventorySources, limit: str | None) -> View:
    """Read an inventory.

    Raises:
        InvalidInput: with every problem found.
    """
    problems = Problems()
    inventory = loading.inventory(sources, problems)
    selected: tuple[TargetName, ...] = ()
    if inventory is not None and (inventory.hosts or limit is not None):
        selected = limiting.selected(inventory, limit, None, problems)
    if inventory is None or problems.has_errors:
        raise InvalidInput(problems.sorted())
    warnings = tuple(each for each in problems.sorted() if each.severity is Severity.WARNING)
    return View(inventory=inventory, selected=frozenset(selected), warnings=warnings)


def _also(name: str, inventory: Inventory) -> str | None:
    return f"It is a host: runbook inventory host {name}" if inventory.host(name) else None
