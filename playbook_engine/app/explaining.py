"""What every name of a playbook stands for on an inventory, and why; nothing is contacted, no secret is read."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from playbook_engine.app import limiting, loading, vars_files
from playbook_engine.diagnostics import Diagnostic, Problems, did_you_mean
from playbook_engine.errors import InvalidInput, UsageError
from playbook_engine.frozen import dataclass
from playbook_engine.model.explanation import Difference, Explained, Explanation, Origin
from playbook_engine.model.inventory import Environment, Inventory, InventoryHost
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.precedence import Level, Resolved, Sourced
from playbook_engine.model.sources import InventorySources
from playbook_engine.plan import names, scope
from playbook_engine.plan.names import Needs
from playbook_engine.plan.precedence import Sources
from playbook_engine.plan.walk import playbook_steps
from playbook_engine.values import Secret, TargetName, Value

NO_INVENTORY = Inventory(
    name="", path="", sha256="", hosts=(), groups={}, all_variables={}, environment=Environment(name="")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to explain: files and the words of the command line."""

    playbook: Path
    inventory: InventorySources | None = None
    host: str | None = None
    limit: str | None = None
    set_texts: Mapping[str, str]
    vars_files: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The explanation, and what is wrong with the values that it speaks of."""

    explanation: Explanation
    problems: tuple[Diagnostic, ...]


def explain(question: Question) -> Answer:
    """Return what every name stands for.

    Raises:
        InvalidInput: a file cannot be read, or is wrong.
        UsageError: there is no such host.
    """
    problems = Problems()
    playbook = loading.playbook(question.playbook, problems)
    inventory = NO_INVENTORY if question.inventory is None else loading.inventory(question.inventory, problems)
    files = vars_files.read(question.vars_files, problems)
    if playbook is None or inventory is None or problems.has_errors:
        raise InvalidInput(problems.sorted())
    host = None if question.host is None else _host(inventory, question.host)
    chosen = limiting.selected(inventory, question.limit, None, problems) if host is None else (host.name,)
    needs = names.needs(tuple(playbook_steps(playbook)))
    wanted = Needs(names=needs.names if question.inventory else frozenset())
    outside = scope.Outside(set_texts=question.set_texts, environ=os.environ, secrets={}, files=files)
    resolved = scope.resolve(playbook, inventory, chosen, wanted, outside, problems)
    known = _known(playbook, resolved.sources, host, _hosts(inventory, chosen))
    secrets = _secrets(inventory, needs) if question.inventory else ()
    explanation = Explanation(
        playbook=playbook.name,
        version=playbook.version,
        title=playbook.title,
        environment=inventory.environment.name if question.inventory else None,
        host=None if host is None else host.name,
        hosts=len(chosen),
        names=(*known, *_environment(playbook, needs), *secrets),
    )
    return Answer(explanation, problems.sorted())


def _host(inventory: Inventory, name: str) -> InventoryHost:
    host = inventory.host(name)
    if host is None:
        known = [str(each.name) for each in inventory.hosts]
        hint = did_you_mean(name, known) or "Name one host as the inventory calls it."
        raise UsageError(f"there is no host '{name}' in the inventory", hint)
    return host


def _hosts(inventory: Inventory, chosen: tuple[TargetName, ...]) -> list[InventoryHost]:
    wanted = set(chosen)
    return [host for host in inventory.hosts if host.name in wanted]


def _known(
    playbook: Playbook, sources: Sources, host: InventoryHost | None, hosts: list[InventoryHost]
) -> Iterator[Explained]:
    """Yield inputs and `vars` as the playbook lists them, then the inventory's variables by name."""
    common = sources.view(host)
    views = {} if host is not None else {each.name: sources.view(each) for each in hosts}
    kinds = {spec.name: Origin.INPUT for spec in playbook.inputs}
    kinds |= {variable.name: Origin.VARIABLE for variable in playbook.variables}
    others = {name for view in (common, *views.values()) for name in view if name not in kinds}
    for name in sorted(others, key=lambda name: (name.startswith("ansible_"), name)):
        kinds[name] = Origin.INVENTORY
    for name, kind in kinds.items():
        differences = tuple(_differences(common.get(name), name, views))
        yield Explained(name=name, kind=kind, resolved=common.get(name), differences=differences)


def _differences(
    common: Resolved | None, name: str, views: Mapping[TargetName, Mapping[str, Resolved]]
) -> Iterator[Difference]:
    """Yield the hosts that see another value than all other steps, one group for each value."""
    usual = None if common is None else _identity(common.winner.value)
    groups: dict[str, list[tuple[TargetName, Sourced]]] = {}
    for host, view in views.items():
        if name in view and _identity(view[name].winner.value) != usual:
            groups.setdefault(_identity(view[name].winner.value), []).append((host, view[name].winner))
    for found in groups.values():
        sources = {sourced.origin: sourced for _, sourced in found}
        yield Difference(tuple(host for host, _ in found), tuple(sources.values()))


def _identity(value: Value) -> str:
    """Return a text that is the same for equal values of one type, and tells secrets apart without leaving here."""
    return json.dumps(value, default=_plain, sort_keys=True)


def _plain(value: Value) -> Value:
    if isinstance(value, Secret):
        return ["secret", value.reveal()]
    return dict(value) if isinstance(value, Mapping) else str(value)


def _environment(playbook: Playbook, needs: Needs) -> Iterator[Explained]:
    hidden = scope.secret_variables(playbook)
    for name in sorted(needs.env):
        value: Value = os.environ.get(name)
        if value is not None and name in hidden:
            value = Secret(hidden[name], str(value))
        sourced = Sourced(value, Level.PERSON, "the environment of this process")
        resolved = None if value is None else Resolved(f"env.{name}", sourced)
        yield Explained(name=f"env.{name}", kind=Origin.ENVIRONMENT, resolved=resolved)


def _secrets(inventory: Inventory, needs: Needs) -> Iterator[Explained]:
    """Yield the secrets that the playbook names, with where they would be read from."""
    declared = {source.name: source for source in inventory.environment.secrets}
    for name in sorted(needs.secrets):
        source = declared.get(name)
        resolved = None
        if source is not None:
            place = f"the environment variable {source.env}" if source.env else f"the file {source.file}"
            sourced = Sourced(Secret(name, ""), Level.INVENTORY, f"{place} ({source.span})")
            resolved = Resolved(f"secret.{name}", sourced)
        yield Explained(name=f"secret.{name}", kind=Origin.SECRET, resolved=resolved)
