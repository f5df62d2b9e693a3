"""What hosts want to hear before they let us in: the secrets that an inventory names for them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from playbook_engine.app import secrets
from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.model.inventory import Environment, Inventory, InventoryHost
from playbook_engine.model.targets import Host, SecretName
from playbook_engine.values import Secret, TargetName

_FIELDS: Final = ("password", "passphrase", "become_password")


def read(inventory: Inventory, selected: Iterable[TargetName], environ: Mapping[str, str]) -> dict[str, Secret]:
    """Return the secrets that are named for hosts; whether one is missed is seen when it is known who logs in."""
    chosen = set(selected)
    hosts = (each.host for each in inventory.hosts if each.name in chosen)
    names = {name.name for host in hosts for name in _named(host)}
    return secrets.read(inventory.environment, (), names, environ, Problems()) if names else {}


def given(inventory: Inventory, found: Mapping[str, Secret]) -> Inventory:
    """Return the inventory with the secrets in their places."""
    if not found:
        return inventory
    return replace(inventory, hosts=tuple(_given(each, found) for each in inventory.hosts))


def check(hosts: Iterable[Host], environment: Environment, environ: Mapping[str, str], problems: Problems) -> None:
    """Report each secret that a host needs and that is not there, once for all hosts."""
    declared = [source.name for source in environment.secrets]
    missing: dict[str, TargetName] = {}
    for host in hosts:
        for name in _named(host):
            missing.setdefault(name.name, host.name)
    for secret, used_by in missing.items():
        if secret not in declared:
            hint = did_you_mean(secret, declared) or "Declare it under `secrets` in the environment file."
            message = f"the environment declares no secret '{secret}', which the inventory names for {used_by}"
            problems.error("unknown-secret", message, None, hint)
    secrets.read(environment, missing, (), environ, problems)


def of(hosts: Iterable[Host]) -> dict[str, Secret]:
    """Return all secrets that are for hosts, under names that no secret of an environment can have."""
    values = (getattr(host, field) for host in hosts for field in _FIELDS)
    found = dict.fromkeys(value for value in values if isinstance(value, Secret))
    return {f"host {secret.name} {number}": secret for number, secret in enumerate(found)}


def _named(host: Host) -> Iterator[SecretName]:
    for field in _FIELDS:
        value = getattr(host, field)
        if isinstance(value, SecretName):
            yield value


def _given(each: InventoryHost, found: Mapping[str, Secret]) -> InventoryHost:
    values: dict[str, Any] = {
        field: found[value.name]
        for field in _FIELDS
        if isinstance(value := getattr(each.host, field), SecretName) and value.name in found
    }
    return replace(each, host=replace(each.host, **values)) if values else each
