"""A playbook with what is known of the place where it would be played; nothing is contacted, no secret is read."""

import re
from dataclasses import replace
from pathlib import Path

from playbook_engine.actions.registry import ACTIONS
from playbook_engine.app import languages, loading
from playbook_engine.app.places import Places, below_home
from playbook_engine.app.tongues import Tongue
from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.errors import InvalidInput, UsageError
from playbook_engine.inventory import patterns
from playbook_engine.language.expressions.shaping import shape_of
from playbook_engine.language.translations import binding
from playbook_engine.model.inventory import Environment, Inventory
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.sources import InventorySources
from playbook_engine.phrases.words import ENGLISH, Words
from playbook_engine.plan import scope
from playbook_engine.plan.foreseen import Foreseen
from playbook_engine.plan.names import Needs, needs
from playbook_engine.plan.targets import Addresses
from playbook_engine.plan.walk import playbook_steps
from playbook_engine.report.graph.building import graph_of
from playbook_engine.report.graph.graph import Graph
from playbook_engine.report.handbook.reading import Place, Reading
from playbook_engine.values import Names, Secret, TargetName, Value

_DELICATE = re.compile(r"pass|secret|token|credential|private_key(?!_file)", re.IGNORECASE)
"""Variables of an inventory that are not filled in, whoever forgot to declare them as secrets."""


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


def translated(found: Playbook, path: Path, tongue: Tongue, problems: Problems) -> Playbook:
    """Return the playbook of a file in the reader's language; what is wrong with its translation is a warning."""
    return binding.translated(found, languages.texts(path, found, tongue, problems))


def graph(found: Playbook, words: Words = ENGLISH) -> Graph:
    """Return the decisions of a playbook as a graph."""
    return graph_of(found, shape_of, words)


def reading(found: Playbook, inventory: InventorySources | None, host: str | None, words: Words = ENGLISH) -> Reading:
    """Return a playbook as its reader needs it; with an inventory, values that are known before a run are filled in.

    Raises:
        InvalidInput: the inventory cannot be read.
        UsageError: the host is not in the inventory.
    """
    if inventory is None:
        names = _known(found, ())
        return Reading(
            playbook=found,
            kinds=ACTIONS,
            shape_of=shape_of,
            place=lambda *_: Place(names=names),
            names=names,
            words=words,
        )
    problems = Problems()
    loaded = loading.inventory(inventory, problems)
    if loaded is None or problems.has_errors:
        raise InvalidInput(problems.sorted())
    return replace(_placed(found, loaded, _chosen(loaded, host)), words=words)


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
    names = _open(resolved.names) | _known(found, declared)
    host_names = {name: _open(view) for name, view in resolved.host_names.items()}
    addresses = Addresses(
        inventory=inventory,
        select=patterns.select,
        kinds=ACTIONS,
        default_hosts=found.hosts,
        limit=None,
        selected=frozenset(selected),
        problems=Problems(),
    )
    places = Places(found, addresses, names, host_names)
    return Reading(
        playbook=found,
        kinds=ACTIONS,
        shape_of=shape_of,
        place=places.place,
        names=names,
        never=_foreseen(found, resolved).never,
        environment=_readable(inventory.environment),
    )


def _foreseen(found: Playbook, resolved: scope.Scope) -> Foreseen:
    """Return what the inventory alone decides; inputs may be given later."""
    later = {spec.name for spec in found.inputs}
    return Foreseen({name: value for name, value in resolved.names.items() if name not in later}, resolved.host_names)


def _open(names: Names) -> dict[str, Value]:
    """Return the names that may stand in a document: nothing that looks like a password, nothing of this process."""
    return {name: value for name, value in names.items() if name != "env" and not _DELICATE.search(name)}


def _known(found: Playbook, declared: tuple[str, ...]) -> dict[str, Value]:
    """Return what is known without an inventory: the playbook itself, and of secrets their names."""
    used = needs(playbook_steps(found)).secrets
    own = {spec.name: Secret(spec.name, "") for spec in found.inputs if spec.secret}
    about: Names = {"name": found.name, "version": found.version, "title": found.title}
    return {"playbook": about, "secret": {name: Secret(name, "") for name in (*used, *declared)}, **own}


def _readable(environment: Environment) -> Environment:
    """Return the environment with the paths of its secrets as people type them."""
    secrets = (
        replace(source, file=below_home(source.file)) if source.file else source for source in environment.secrets
    )
    return replace(environment, secrets=tuple(secrets))
