"""A playbook bound to an inventory, ready to run."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from playbook_engine.actions.registry import ACTIONS
from playbook_engine.app import binding, children, credentials, keys, limiting, loading, origin, secrets, vars_files
from playbook_engine.app import files as named_files
from playbook_engine.app.config import Config
from playbook_engine.app.shelf import Shelf
from playbook_engine.app.tongues import Tongue
from playbook_engine.diagnostics import Diagnostic, Problems, Severity
from playbook_engine.errors import InvalidInput
from playbook_engine.frozen import dataclass
from playbook_engine.model.inventory import Environment, Inventory
from playbook_engine.model.plan import Plan, planned_plays
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.precedence import GivenNode
from playbook_engine.model.settings import Mode, RunSettings
from playbook_engine.model.sources import InventorySources
from playbook_engine.model.steps import Step
from playbook_engine.model.translations import UNTRANSLATED, Reader
from playbook_engine.plan import given, names, scope
from playbook_engine.plan.walk import actions_of
from playbook_engine.values import Secret, SecretText, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to play, on what: files and the words of the command line."""

    playbook: Path
    inventory: InventorySources
    settings: RunSettings
    limit: str | None = None
    only_look: bool = False
    """Nothing will be run (`--plan`): secrets and keys need not be there."""
    set_texts: Mapping[str, str]
    vars_files: tuple[Path, ...] = ()
    elsewhere: frozenset[str] = frozenset()
    """The inputs of all playbooks of a sweep: the same values are for all of them."""
    config: Config = Config()
    """Where the playbooks lie that others play."""
    tongue: Tongue = Tongue()
    """The language of whoever reads along; nothing that is recorded depends on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A plan with what it may not hold itself: secrets, warnings, and the inputs as they may be shown."""

    plan: Plan
    secrets: Mapping[str, Secret]
    warnings: tuple[Diagnostic, ...]
    inputs: tuple[tuple[str, str], ...]
    reader: Reader = UNTRANSLATED


@dataclass(frozen=True, slots=True)
class Loaded:
    """An inventory that several playbooks share, and what is wrong with it."""

    inventory: Inventory | None
    problems: tuple[Diagnostic, ...]

    @property
    def broken(self) -> bool:
        """Tell whether something in it could not be read."""
        return any(each.severity is Severity.ERROR for each in self.problems)


def load(sources: InventorySources) -> Loaded:
    """Read an inventory once; a program among its files is run once, too."""
    problems = Problems()
    return Loaded(loading.inventory(sources, problems), problems.sorted())


def prepare(request: Request, loaded: Loaded | None = None) -> Ready:
    """Read, check and bind everything; the inventory only if it has not been loaded yet.

    Raises:
        InvalidInput: with every problem found.
    """
    problems = Problems()
    shelf = Shelf(request.config, request.tongue)
    playbook = shelf.read(request.playbook, problems)
    files = vars_files.read(request.vars_files, problems)
    return join(request, playbook, loaded or load(request.inventory), problems, Beside(files, shelf))


@dataclass(frozen=True, slots=True)
class Beside:
    """What has been read beside a playbook: values for its inputs, and the playbooks that it may play."""

    files: tuple[tuple[GivenNode, ...], ...]
    shelf: Shelf


def join(request: Request, playbook: Playbook | None, loaded: Loaded, problems: Problems, beside: Beside) -> Ready:
    """Bind what has been read, if it could be read.

    Raises:
        InvalidInput: with every problem found.
    """
    problems.extend(loaded.problems)
    if playbook is None or loaded.inventory is None:
        raise InvalidInput(problems.sorted())
    if loaded.broken:
        # A name that is not known may be one of those that could not be read.
        names.check(playbook, None, ACTIONS, problems)
        raise InvalidInput(problems.sorted())
    return bind(request, playbook, loaded.inventory, problems, beside)


def bind(request: Request, playbook: Playbook, inventory: Inventory, problems: Problems, beside: Beside) -> Ready:
    """Bind a playbook that has been read to an inventory that has been read.

    Raises:
        InvalidInput: with every problem found.
    """
    sweep = request.settings.mode is Mode.SWEEP
    broken = problems.has_errors
    members = children.members(playbook, beside.shelf, inventory.variable_names(), problems, sweep=sweep)
    if broken or children.cannot_be_bound(problems):
        # Targets and values of what could not be read whole would only add noise.
        raise InvalidInput(problems.sorted())
    runs = limiting.Runs(request.settings.state_dir, playbook.name)
    selected = limiting.selected(inventory, request.limit, runs, problems)
    inventory = credentials.given(inventory, credentials.read(inventory, selected, os.environ))
    acting = [step for member in members for step in binding.steps(member, request.settings.mode)]
    needs = names.needs(acting)
    found = _read_secrets(request, inventory.environment, needs, problems)
    where = binding.Where(
        inventory=inventory,
        limit=request.limit,
        selected=selected,
        settings=request.settings,
        outside=_outside(request, inventory.environment, found, beside.files),
    )
    ref = origin.playbook_ref(playbook, request.playbook)
    plan, resolved = binding.bind(playbook, ref, where, binding.Company(members, beside.shelf), problems)
    if not request.only_look:
        _check_files(plan, acting, inventory, problems)
    if problems.has_errors:
        raise InvalidInput(problems.sorted())
    return Ready(
        plan=plan,
        secrets=found | credentials.of(host.host for host in inventory.hosts) | _secret_inputs(resolved, plan),
        warnings=tuple(d for d in problems.sorted() if d.severity is Severity.WARNING),
        inputs=resolved.shown_inputs,
        reader=beside.shelf.reader,
    )


def _check_files(plan: Plan, acting: Sequence[Step], inventory: Inventory, problems: Problems) -> None:
    """Report each private key, each secret of a host and each file of an action that cannot be read."""
    hosts = tuple(keys.ssh_hosts(plan.blocks))
    keys.check(hosts, inventory, problems)
    credentials.check(hosts, inventory.environment, os.environ, problems)
    named_files.check((action for step in acting for action in actions_of(step)), problems)


def _read_secrets(
    request: Request, environment: Environment, needs: names.Needs, problems: Problems
) -> dict[str, Secret]:
    """Read what the steps need, and what notices need; for a mere look nothing has to be there."""
    needed = () if request.only_look else needs.secrets
    wanted = (*needs.secrets, *secrets.channel_secrets(environment))
    return secrets.read(environment, needed, wanted, os.environ, problems)


def _outside(
    request: Request,
    environment: Environment,
    found: Mapping[str, Secret],
    files: tuple[tuple[GivenNode, ...], ...],
) -> scope.Outside:
    """Return what comes from outside; a secret that is declared and could not be read has been reported once."""
    declared = {source.name: Secret(source.name, "") for source in environment.secrets}
    return scope.Outside(
        set_texts=request.set_texts,
        environ=os.environ,
        secrets={**declared, **found},
        files=files,
        elsewhere=request.elsewhere,
    )


def given_names(request: Request, files: tuple[tuple[GivenNode, ...], ...]) -> frozenset[str]:
    """Return the inputs that somebody tries to give a value to."""
    return given.names(given.Given(environ=os.environ, files=files, set_texts=request.set_texts))


def _secret_inputs(resolved: scope.Scope, plan: Plan) -> dict[str, Secret]:
    """Return the secrets among inputs and variables, under names that no secret of an environment can have.

    Those that were overridden are among them: an expression may still come by one, through `env`. And so are those of
    the playbooks that the plan's playbook may play.
    """
    plays = tuple(planned_plays(plan.blocks))
    views = [resolved.names, *resolved.host_names.values()]
    views += [view for play in plays for view in (play.names, dict(play.given), *play.host_names.values())]
    values = [value for names in views for name, value in names.items() if name != "secret"]
    values += [sourced.value for layer in resolved.sources.given for sourced in layer.values()]
    # Hosts share the secrets of their groups, and each has to be searched for only once.
    found = dict.fromkeys(secret for value in values for secret in _secrets_in(value))
    return {f"input {secret.name} {number}": secret for number, secret in enumerate(found)}


def _secrets_in(value: Value) -> Iterator[Secret]:
    """Yield the secrets in a value: an encrypted variable may be a list or a mapping of them."""
    match value:
        case Secret():
            yield value
        case SecretText():
            yield from value.secrets()
        case Mapping():
            for inner in value.values():
                yield from _secrets_in(inner)
        case list() | tuple():
            for inner in value:
                yield from _secrets_in(inner)
