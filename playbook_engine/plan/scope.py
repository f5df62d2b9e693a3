"""The five levels of precedence, resolved into what every step sees.

| level | where from | wins over |
|---|---|---|
| 1 | `inputs` defaults and `vars` of the playbook | – |
| 2 | group variables of the inventory | 1 |
| 3 | host variables of the inventory | 1–2 |
| 4 | variables of a step (a later version) | 1–3 |
| 5 | `--set` | all |

Steps that are not carried out on a host see the variables of group `all` at level 2.
"""

from collections.abc import Iterable, Mapping

from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.model.expressions import Reference
from playbook_engine.model.fields import Fields
from playbook_engine.model.inventory import Inventory
from playbook_engine.model.inventory import Variable as InventoryVariable
from playbook_engine.model.playbook import InputSpec, Playbook
from playbook_engine.plan import inputs
from playbook_engine.plan.names import Needs
from playbook_engine.values import Names, Secret, TargetName, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What comes from outside the files: `--set` texts, the process environment, the secrets that were read."""

    set_texts: Mapping[str, str]
    environ: Mapping[str, str]
    secrets: Mapping[str, Secret]
    caller: Mapping[str, Value] | None = None
    """What the playbook that plays this one gives; then nothing that the person gives is for this one.

    None as a value says that it will be known when it comes to that.
    """


@dataclass(frozen=True, slots=True)
class Scope:
    """What every step sees (`names`), and what is added on each host (`host_names`)."""

    names: Names
    host_names: Mapping[TargetName, Names]
    shown_inputs: tuple[tuple[str, str], ...]


def resolve(
    playbook: Playbook,
    inventory: Inventory,
    selected: tuple[TargetName, ...],
    needs: Needs,
    outside: Outside,
    problems: Problems,
) -> Scope:
    """Return the names with their values; inputs without a value and values that do not fit are problems."""
    given = dict(outside.caller or {}) if outside.caller is not None else _by_person(playbook, outside, problems)
    specs = {spec.name: spec for spec in playbook.inputs}
    hosts = {host.name: host.variables for host in inventory.hosts if host.name in set(selected)}
    names: dict[str, Value] = {spec.name: spec.default for spec in playbook.inputs if not spec.required}
    names |= {variable.name: variable.value for variable in playbook.variables}
    names |= _values(inventory.all_variables, specs) | given
    everywhere = set.intersection(*(set(variables) for variables in hosts.values())) if hosts else set()
    attempted = set(outside.set_texts) if outside.caller is None else set()
    inputs.required(playbook.inputs, set(names) | everywhere | attempted, needs.names, problems)
    _check_inventory_inputs(specs, (inventory.all_variables, *hosts.values()), set(given), problems)
    names |= _built_in(playbook, selected, needs, outside, problems)
    host_names = {name: _host_view(_values(variables, specs), name, given) for name, variables in hosts.items()}
    shown = tuple((spec.name, _shown(spec, names.get(spec.name))) for spec in playbook.inputs)
    return Scope(names, host_names, shown)


def _by_person(playbook: Playbook, outside: Outside, problems: Problems) -> dict[str, Value]:
    return inputs.given(playbook.inputs, outside.set_texts, problems)


def _values(variables: Mapping[str, InventoryVariable], specs: Mapping[str, InputSpec]) -> dict[str, Value]:
    """Return the variables' values; what the playbook declares as a secret is one here too."""
    return {
        name: inputs.hidden(specs[name], variable.value) if name in specs else variable.value
        for name, variable in variables.items()
    }


def _host_view(variables: Mapping[str, Value], name: TargetName, given: Mapping[str, Value]) -> Names:
    own = {key: value for key, value in variables.items() if key not in given}
    return own | {"inventory_hostname": str(name)}


def _shown(spec: InputSpec, value: Value) -> str:
    return f"<secret {spec.name}>" if spec.secret else str(value)


def _check_inventory_inputs(
    specs: Mapping[str, InputSpec],
    levels: Iterable[Mapping[str, InventoryVariable]],
    given: set[str],
    problems: Problems,
) -> None:
    """Report what the inventory gives to an input and does not fit, once for each place it comes from."""
    for variables in levels:
        for name in specs.keys() & variables.keys() - given:
            spec, variable = specs[name], variables[name]
            try:
                inputs.check_type(spec, variable.value)
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
    env: dict[str, Value] = {}
    for name, reference in needs.env.items():
        if name in outside.environ:
            env[name] = outside.environ[name]
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


def _check_secrets(wanted: Mapping[str, Reference], have: Mapping[str, Secret], problems: Problems) -> None:
    for name, reference in wanted.items():
        if name not in have and not reference.optional:
            hint = did_you_mean(name, have) or "Declare it under `secrets` in the environment file."
            problems.error("unknown-secret", f"the environment declares no secret '{name}'", reference.span, hint)
