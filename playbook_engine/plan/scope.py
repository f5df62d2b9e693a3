"""The levels of precedence, resolved into what every step sees.

| level | where from | wins over |
|---|---|---|
| 1 | `inputs` defaults and `vars` of the playbook | – |
| 2 | group variables of the inventory | 1 |
| 3 | host variables of the inventory | 1–2 |
| 4 | `inputs` that a calling playbook gives | 1–3 |
| 5 | what the person gives: environment, then `--vars-file`, then `--set` | all |

Steps that are not carried out on a host see the variables of group `all` at level 2. Why it is so:
`docs/decisions/0010-inputs.md`.
"""

from collections.abc import Iterable, Mapping

from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.model.expressions import Reference
from playbook_engine.model.fields import Fields
from playbook_engine.model.inputs import environment_name
from playbook_engine.model.inventory import Inventory
from playbook_engine.model.inventory import Variable as InventoryVariable
from playbook_engine.model.playbook import InputSpec, Playbook
from playbook_engine.model.precedence import GivenNode, Layer
from playbook_engine.plan import given, inputs
from playbook_engine.plan.names import Needs
from playbook_engine.plan.precedence import Sources, playbook_layer
from playbook_engine.values import Names, Secret, TargetName, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What comes from outside the files: `--set` texts, the process environment, the secrets that were read."""

    set_texts: Mapping[str, str]
    environ: Mapping[str, str]
    secrets: Mapping[str, Secret]
    files: tuple[tuple[GivenNode, ...], ...] = ()
    """The values of each `--vars-file`."""
    caller: Layer | None = None
    """What the playbook that plays this one gives; then nothing that the person gives is for this one.

    None as a value says that it will be known when it comes to that.
    """
    elsewhere: frozenset[str] = frozenset()
    """The inputs of all playbooks of a sweep: the same values are for all of them."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What every step sees (`names`), what is added on each host (`host_names`), and where it all comes from."""

    names: Names
    host_names: Mapping[TargetName, Names]
    shown_inputs: tuple[tuple[str, str], ...]
    sources: Sources


def resolve(
    playbook: Playbook,
    inventory: Inventory,
    selected: tuple[TargetName, ...],
    needs: Needs,
    outside: Outside,
    problems: Problems,
) -> Scope:
    """Return the names with their values; inputs without a value and values that do not fit are problems."""
    chosen = set(selected)
    hosts = {host.name: host.variables for host in inventory.hosts if host.name in chosen}
    sources = _sources(playbook, inventory, outside, problems)
    names: dict[str, Value] = {name: resolved.winner.value for name, resolved in sources.view().items()}
    given_names = sources.given_names()
    _check_inventory_inputs(sources.specs, (inventory.all_variables, *hosts.values()), given_names, problems)
    everywhere = set.intersection(*(set(variables) for variables in hosts.values())) if hosts else set()
    inputs.required(playbook.inputs, {*names, *everywhere, *_attempted(outside)}, needs.names, problems)
    names |= _built_in(playbook, selected, needs, outside, problems)
    host_names = {name: _host_view(sources.values(own), name, given_names) for name, own in hosts.items()}
    shown = tuple((spec.name, _shown(spec, names.get(spec.name))) for spec in playbook.inputs)
    return Scope(names, host_names, shown, sources)


def _sources(playbook: Playbook, inventory: Inventory, outside: Outside, problems: Problems) -> Sources:
    by_person = given.layers(playbook.inputs, _given(outside), problems) if outside.caller is None else ()
    return Sources(
        specs={spec.name: spec for spec in playbook.inputs},
        playbook=playbook_layer(playbook),
        inventory=inventory,
        given=(outside.caller or {}, *by_person),
    )


def _given(outside: Outside) -> given.Given:
    return given.Given(
        environ=outside.environ, files=outside.files, set_texts=outside.set_texts, elsewhere=outside.elsewhere
    )


def _attempted(outside: Outside) -> frozenset[str]:
    """Return the inputs that were given, well or badly: what was given badly has been reported."""
    return given.names(_given(outside)) if outside.caller is None else frozenset(outside.caller)


def _host_view(variables: Mapping[str, Value], name: TargetName, given_names: frozenset[str]) -> Names:
    own = {key: value for key, value in variables.items() if key not in given_names}
    return own | {"inventory_hostname": str(name)}


def _shown(spec: InputSpec, value: Value) -> str:
    return f"<secret {spec.name}>" if spec.secret else str(value)


def _check_inventory_inputs(
    specs: Mapping[str, InputSpec],
    levels: Iterable[Mapping[str, InventoryVariable]],
    given_names: frozenset[str],
    problems: Problems,
) -> None:
    """Report what the inventory gives to an input and does not fit, once for each place it comes from."""
    for variables in levels:
        for name in specs.keys() & variables.keys() - given_names:
            spec, variable = specs[name], variables[name]
            try:
                inputs.check(spec, variable.value)
            except ValueError as error:
                message = f"the inventory's value for the input '{name}' does not fit: {error}"
                problems.error("invalid-input", message, spec.span, f"It comes from {variable.origin}.")


def _built_in(
    playbook: Playbook,
    selected: tuple[TargetName, ...],
    needs: Needs,
    outside: Outside,
    problems: Problems,
) -> dict[str, Value]:
    secret = secret_variables(playbook)
    env: dict[str, Value] = {}
    for name, reference in needs.env.items():
        if name in outside.environ:
            text = outside.environ[name]
            env[name] = Secret(secret[name], text) if name in secret else text
        elif not reference.optional:
            hint = did_you_mean(name, outside.environ)
            problems.error("missing-env", f"the environment variable {name} is not set", reference.span, hint)
    _check_secrets(needs.secrets, outside.secrets, problems)
    return {
        "env": Fields(env),
        "secret": Fields(dict(outside.secrets)),
        "playbook": Fields({"name": playbook.name, "version": playbook.version, "title": playbook.title}),
        "hosts": [str(name) for name in selected],
    }


def secret_variables(playbook: Playbook) -> Mapping[str, str]:
    """Return the environment variables that hold secrets, each with the input it gives a value to."""
    return {environment_name(spec.name): spec.name for spec in playbook.inputs if spec.secret}


def _check_secrets(wanted: Mapping[str, Reference], have: Mapping[str, Secret], problems: Problems) -> None:
    for name, reference in wanted.items():
        if name not in have and not reference.optional:
            hint = did_you_mean(name, have) or "Declare it under `secrets` in the environment file."
            problems.error("unknown-secret", f"the environment declares no secret '{name}'", reference.span, hint)
