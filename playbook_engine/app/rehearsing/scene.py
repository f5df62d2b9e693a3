"""A scenario bound to its inventory, ready to be played."""

import os
from pathlib import Path

from playbook_engine.app import binding, limiting
from playbook_engine.app.rehearsing import overlay
from playbook_engine.app.rehearsing.reading import Cast, Library
from playbook_engine.diagnostics import Problems
from playbook_engine.frozen import dataclass
from playbook_engine.model.inventory import Environment
from playbook_engine.model.plan import Plan
from playbook_engine.model.rehearsal import Scenario, Setting
from playbook_engine.model.settings import RunSettings
from playbook_engine.plan import scope
from playbook_engine.rehearsal.taken import Bound
from playbook_engine.values import Secret


@dataclass(frozen=True, slots=True)
class Scene:
    """A scenario and the plan that it plays."""

    cast: Cast
    scenario: Scenario
    bound: Bound

    @property
    def plan(self) -> Plan:
        return self.bound.plan


class Scenes:
    """Binds the scenarios of a rehearsal; what is played in the same setting is bound once."""

    def __init__(self, cast: Cast, library: Library) -> None:
        self._cast = cast
        self._library = library
        self._bound: list[tuple[Setting, bool, Bound]] = []

    def scene(self, scenario: Scenario, problems: Problems) -> Scene | None:
        """Bind a scenario; None when it cannot be bound, and the problems are on the list."""
        present = scenario.approvals.present
        for setting, there, bound in self._bound:
            if setting == scenario.setting and there is present:
                return Scene(self._cast, scenario, bound)
        plan = _plan(self._cast, scenario, self._library, problems)
        if plan is None:
            return None
        self._bound.append((scenario.setting, present, Bound.of(plan)))
        return Scene(self._cast, scenario, self._bound[-1][2])


def _plan(cast: Cast, scenario: Scenario, library: Library, problems: Problems) -> Plan | None:
    own = Problems()
    settings = (cast.rehearsal.setting, scenario.setting)
    inventory = overlay.laid_over(cast.inventory, settings)
    members = library.members(cast.playbook, inventory.variable_names(), own)
    if _told(own, cast, scenario, problems):
        return None
    limit = scenario.setting.limit or cast.rehearsal.setting.limit
    where = binding.Where(
        inventory=inventory,
        limit=limit,
        selected=limiting.selected(inventory, limit, None, own),
        settings=_run_settings(settings, present=scenario.approvals.present),
        outside=_outside(inventory.environment, settings),
    )
    company = binding.Company(members, library.shelf)
    plan, _ = binding.bind(cast.playbook, library.shelf.ref(cast.playbook), where, company, own)
    return None if _told(own, cast, scenario, problems) else plan


def _told(own: Problems, cast: Cast, scenario: Scenario, problems: Problems) -> bool:
    """Hand on what was found; where it is elsewhere, also say which scenario comes to it."""
    if own.has_errors and all(
        each.span is None or each.span.source != cast.rehearsal.source for each in own.sorted()
    ):
        message = f"'{cast.playbook.name}' cannot be played in this scenario; its own problems are listed, too"
        hint = "What the inventory does not say, 'vars', 'hosts', 'inputs', 'env' and 'secrets' can."
        problems.error("cannot-be-played", message, scenario.span, hint)
    problems.extend(own.sorted())
    return own.has_errors


def _run_settings(settings: tuple[Setting, ...], *, present: bool) -> RunSettings:
    return RunSettings(
        interactive=present,
        tags=frozenset(tag for setting in settings for tag in setting.tags),
        skip_tags=frozenset(tag for setting in settings for tag in setting.skip_tags),
        state_dir=Path(os.devnull),
    )


def _outside(environment: Environment, settings: tuple[Setting, ...]) -> scope.Outside:
    """Return what comes from outside: of the real environment and the real secrets nothing is read."""
    secrets = {source.name: f"stand-in for {source.name}" for source in environment.secrets}
    secrets |= {word.text: text for setting in settings for word, text in setting.secrets}
    return scope.Outside(
        set_texts={},
        environ={name: text for setting in settings for name, text in setting.env.items()},
        secrets={name: Secret(name, text) for name, text in secrets.items()},
        files=tuple(setting.inputs for setting in settings),
    )
