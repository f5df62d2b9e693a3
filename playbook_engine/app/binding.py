"""A playbook and an inventory, with all that is known of both: a plan."""

from playbook_engine.actions.registry import ACTIONS
from playbook_engine.app import children
from playbook_engine.app.shelf import Shelf
from playbook_engine.diagnostics import Problems
from playbook_engine.frozen import dataclass
from playbook_engine.inventory import patterns
from playbook_engine.model.inventory import Inventory
from playbook_engine.model.plan import InventoryRef, Plan, PlaybookRef
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.settings import Mode, RunSettings
from playbook_engine.model.steps import Step
from playbook_engine.plan import build, names, scope, tags
from playbook_engine.plan.foreseen import Foreseen
from playbook_engine.plan.targets import Addresses
from playbook_engine.plan.walk import playbook_steps
from playbook_engine.values import TargetName


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """On what a playbook is played, and what comes from outside."""

    inventory: Inventory
    limit: str | None
    selected: tuple[TargetName, ...]
    settings: RunSettings
    outside: scope.Outside


@dataclass(frozen=True, slots=True)
class Company:
    """A playbook with those that it may come to play, and where they are found."""

    members: tuple[Playbook, ...]
    shelf: Shelf


def bind(
    playbook: Playbook, ref: PlaybookRef, where: Where, company: Company, problems: Problems
) -> tuple[Plan, scope.Scope]:
    """Return the plan and what its names stand for; it must not be played when there are problems."""
    inventory, settings, selected = where.inventory, where.settings, where.selected
    needs = names.needs(steps(playbook, settings.mode))
    resolved = scope.resolve(playbook, inventory, selected, needs, where.outside, problems)
    opener = children.Opener(inventory, selected, where.outside, company.shelf, problems)
    if settings.mode is not Mode.SWEEP:  # which looks at the tags of several playbooks
        tags.check(settings, tags.known(company.members), problems)
    known = Foreseen(resolved.names, resolved.host_names)
    bound = build.bind(playbook, _addresses(playbook, where, problems), settings, known, opener)
    plan = Plan(
        playbook=playbook,
        playbook_ref=ref,
        inventory_ref=_inventory_ref(where),
        environment=inventory.environment,
        settings=settings,
        health=bound.health,
        steps=bound.steps,
        finally_=bound.finally_,
        names=resolved.names,
        host_names=resolved.host_names,
    )
    return plan, resolved


def steps(playbook: Playbook, mode: Mode) -> tuple[Step, ...]:
    """Return the steps of a playbook that a run in this mode may come to."""
    return playbook.health if mode is Mode.SWEEP else tuple(playbook_steps(playbook))


def _addresses(playbook: Playbook, where: Where, problems: Problems) -> Addresses:
    return Addresses(
        inventory=where.inventory,
        select=patterns.select,
        kinds=ACTIONS,
        default_hosts=playbook.hosts,
        limit=where.limit,
        selected=frozenset(where.selected),
        problems=problems,
    )


def _inventory_ref(where: Where) -> InventoryRef:
    inventory = where.inventory
    return InventoryRef(
        name=inventory.name,
        path=inventory.path,
        sha256=inventory.sha256,
        hosts=len(inventory.hosts),
        limit=where.limit,
        selected=where.selected,
    )
