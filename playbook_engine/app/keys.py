"""The private keys that an inventory names for the hosts of a plan: can they be read?"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from playbook_engine.actions.registry import ACTIONS
from playbook_engine.app import files
from playbook_engine.diagnostics import Problems
from playbook_engine.model.actions import Action, Addressing, addressing_of
from playbook_engine.model.inventory import Inventory
from playbook_engine.model.plan import Blocks, PlannedBranch, PlannedEscalate, planned_steps
from playbook_engine.model.targets import Host
from playbook_engine.values import TargetName

VARIABLES = ("ansible_ssh_private_key_file", "ansible_private_key_file")
SHOWN = 3
"""How many hosts are named that have a key in common."""


def ssh_hosts(blocks: Blocks) -> Iterator[Host]:
    """Yield the hosts that steps would log in to, in file order; one may come several times."""
    for step in planned_steps(blocks):
        if not isinstance(step, PlannedBranch | PlannedEscalate):
            for probe in step.probes:
                if logs_in(probe.action):
                    yield from (target for target in probe.targets if isinstance(target, Host))


def logs_in(action: Action) -> bool:
    """Return whether an action goes to hosts by SSH: a command, or a request that goes through a host."""
    return addressing_of(action, ACTIONS) is Addressing.HOSTS


def check(hosts: Iterable[Host], inventory: Inventory, problems: Problems) -> None:
    """Report each key file that cannot be read, once for all hosts that have it in common.

    Where only the public half is there, an agent may hold the private one (ssh does it this way as well).
    """
    origins = _origins(inventory)
    having: dict[str, dict[TargetName, None]] = {}
    for host in hosts:
        if host.private_key_file is not None and host.connection == "ssh":
            having.setdefault(host.private_key_file, {})[host.name] = None
    for name, used_by in having.items():
        reason = _unreadable(Path(name.replace("%d", str(Path.home()))))
        if reason is not None:
            message = f"the private key {name} of {_listed(tuple(used_by))} cannot be read: {reason}"
            origin = next((origins[host] for host in used_by if host in origins), None)
            problems.error("unreadable-key", message, None, f"It comes from {origin}." if origin else None)


def _unreadable(path: Path) -> str | None:
    if not path.exists() and Path(f"{path}.pub").exists():
        return None
    return files.unreadable(path)


def _listed(hosts: tuple[TargetName, ...]) -> str:
    more = len(hosts) - SHOWN
    return ", ".join(hosts[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _origins(inventory: Inventory) -> Mapping[TargetName, str]:
    """Return where each host's key file is written; origins are relative to the inventory's folder."""
    folder = Path(inventory.path) if Path(inventory.path).is_dir() else Path(inventory.path).parent
    return {
        host.name: str(folder / host.variables[variable].origin)
        for host in inventory.hosts
        for variable in VARIABLES
        if variable in host.variables
    }
