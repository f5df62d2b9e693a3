"""A playbook bound to an inventory, ready to run."""

import os
from collections.abc import Mapping
from pathlib import Path

from playbook_engine.actions.registry import ACTIONS
from playbook_engine.app import children, keys, loading, origin, secrets
from playbook_engine.app.config import Config
from playbook_engine.app.shelf import Shelf
from playbook_engine.diagnostics import Diagnostic, Problems, Severity
from playbook_engine.errors import InvalidInput
from playbook_engine.frozen import dataclass
from playbook_engine.inventory import patterns
from playbook_engine.model.inventory import Environment, Inventory
from playbook_engine.model.plan import InventoryRef, Plan, planned_plays
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.settings import Mode, RunSettings
from playbook_engine.model.steps import Step
from playbook_engine.plan import build, names, scope, tags
from playbook_engine.plan.targets import Addresses
from playbook_engine.plan.walk import playbook_steps
from playbook_engine.values import Names, Secret, TargetName


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to play, on what: files and the words of the command line."""

    playbook: Path
    inventory: Path
    settings: RunSettings
    limit: str | None = None
    only_look: bool = False
    """Nothing will be run (`--plan`): secrets and keys need not be there."""
    set_texts: Mapping[str, str]
    config: Config = Config()
    """Where the playbooks lie that others play."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A plan with what it may not hold itself: secrets, warnings, and the inputs as they may be shown."""

    plan: Plan
    secrets: Mapping[str, Secret]
    warnings: tuple[Diagnostic, ...]
    inputs: tuple[tuple[str, str], ...]


def prepare(request: Request) -> Ready:
    """Read, check and bind everything.

    Raises:
        InvalidInput: with every problem found.
    """
    problems = Problems()
    shelf = Shelf(request.config)
    playbook = shelf.read(request.playbook, problems)
    inventory = loading.inventory(request.inventory, problems)
    if playbook is None or inventory is None:
        raise InvalidInput(problems.sorted())
    return bind(request, playbook, inventory, problems, shelf)


def bind(
    request: Request, playbook: Playbook, inventory: Inventory, problems: Problems, shelf: Shelf | None = None
) -> Ready:
    """Bind a playbook that has been read to an inventory that has been read; `shelf` has those that it plays.

    Raises:
        InvalidInput: with every problem found.
    """
    shelf = shelf or Shelf(request.config)
    sweep = request.settings.mode is Mode.SWEEP
    broken = problems.has_errors
    members = children.members(playbook, shelf, _variables(inventory), problems, sweep=sweep)
    if broken or children.cannot_be_bound(problems):
        # Targets and values of what could not be read whole would only add noise.
        raise InvalidInput(problems.sorted())
    selected = _selected(inventory, request.limit, problems)
    needs = names.needs(step for member in members for step in _steps(member, request.settings.mode))
    found = _read_secrets(request, inventory.environment, needs, problems)
    outside = _outside(request, inventory.environment, found)
    own_needs = names.needs(_steps(playbook, request.settings.mode))
    resolved = scope.resolve(playbook, inventory, selected, own_needs, outside, problems)
    opener = children.Opener(inventory, selected, outside, shelf, problems)
    if not sweep:  # which looks at the tags of several playbooks
        tags.check(request.settings, tags.known(members), problems)
    steps = build.bind(
        playbook, _addresses(request, playbook, inventory, selected, problems), request.settings, opener
    )
    if not request.only_look:
        keys.check(keys.ssh_hosts(steps.health + steps.steps + steps.finally_), inventory, problems)
    if problems.has_errors:
        raise InvalidInput(problems.sorted())
    plan = Plan(
        playbook=playbook,
        playbook_ref=origin.playbook_ref(playbook, request.playbook),
        inventory_ref=_inventory_ref(inventory, request.limit, selected),
        environment=inventory.environment,
        settings=request.settings,
        health=steps.health,
        steps=steps.steps,
        finally_=steps.finally_,
        names=resolved.names,
        host_names=resolved.host_names,
    )
    return Ready(
        plan=plan,
        secrets=found | secret_values({"": resolved.names}, resolved.host_names) | _secrets_within(plan),
        warnings=tuple(d for d in problems.sorted() if d.severity is Severity.WARNING),
        inputs=resolved.shown_inputs,
    )


def _read_secrets(
    request: Request, environment: Environment, needs: names.Needs, problems: Problems
) -> dict[str, Secret]:
    """Read what the steps need, and what notices need; for a mere look nothing has to be there."""
    needed = () if request.only_look else needs.secrets
    wanted = (*needs.secrets, *secrets.channel_secrets(environment))
    return secrets.read(environment, needed, wanted, os.environ, problems)


def _outside(request: Request, environment: Environment, found: Mapping[str, Secret]) -> scope.Outside:
    """Return what comes from outside; a secret that is declared and could not be read has been reported once."""
    declared = {source.name: Secret(source.name, "") for source in environment.secrets}
    return scope.Outside(set_texts=request.set_texts, environ=os.environ, secrets={**declared, **found})


def _addresses(
    request: Request,
    playbook: Playbook,
    inventory: Inventory,
    selected: tuple[TargetName, ...],
    problems: Problems,
) -> Addresses:
    return Addresses(
        inventory=inventory,
        select=patterns.select,
        kinds=ACTIONS,
        default_hosts=playbook.hosts,
        limit=request.limit,
        selected=frozenset(selected),
        problems=problems,
    )


def secret_values(
    everywhere: Mapping[str, Names], on_hosts: Mapping[TargetName, Names], of: str = ""
) -> dict[str, Secret]:
    """Return the secrets among the inputs, under names that no secret of an environment can have."""
    views = {**everywhere, **{f" on {host}": own for host, own in on_hosts.items()}}
    return {
        f"input {name}{where}{of}": value
        for where, names in views.items()
        for name, value in names.items()
        if isinstance(value, Secret)
    }


def _secrets_within(plan: Plan) -> dict[str, Secret]:
    """Return the secrets among the inputs of the playbooks that the plan's playbook may play."""
    found: dict[str, Secret] = {}
    for play in planned_plays(plan.blocks):
        found |= secret_values({"": {**play.names, **dict(play.given)}}, play.host_names, f" of {play.path}")
    return found


def _variables(inventory: Inventory) -> frozenset[str]:
    hosts = (name for host in inventory.hosts for name in host.variables)
    return frozenset({*inventory.all_variables, *hosts})


def _steps(playbook: Playbook, mode: Mode) -> tuple[Step, ...]:
    return playbook.health if mode is Mode.SWEEP else tuple(playbook_steps(playbook))


def _selected(inventory: Inventory, limit: str | None, problems: Problems) -> tuple[TargetName, ...]:
    if limit is None:
        return tuple(host.name for host in inventory.hosts)
    return patterns.select(inventory, limit, None, problems)


def _inventory_ref(inventory: Inventory, limit: str | None, selected: tuple[TargetName, ...]) -> InventoryRef:
    return InventoryRef(
        name=inventory.name,
        path=inventory.path,
        sha256=inventory.sha256,
        hosts=len(inventory.hosts),
        limit=limit,
        selected=selected,
    )
