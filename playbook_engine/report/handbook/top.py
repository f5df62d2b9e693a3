"""What stands before the steps: what this is about, what is needed."""

import re
from collections.abc import Iterator
from itertools import islice
from shlex import quote

from playbook_engine.model.actions import Addressing
from playbook_engine.model.inventory import SecretSource
from playbook_engine.model.playbook import InputSpec, Playbook
from playbook_engine.model.targets import Host
from playbook_engine.report.handbook.markdown import code, items, listed, prose, table, text
from playbook_engine.report.handbook.numbers import numbered_playbook
from playbook_engine.report.handbook.reading import Reading
from playbook_engine.report.handbook.uses import acted, references, results, told
from playbook_engine.report.handbook.values import value_text
from playbook_engine.report.names import LISTED
from playbook_engine.values import Value

_MOST_HOSTS = 40
"""How many hosts are listed."""
_UNFIT = re.compile(r"[^A-Za-z0-9_]")
_BUILT_IN = {
    "item": "the item at hand",
    "run": "only a run by the program has it",
    "env": "a variable of your shell",
    "hosts": "the names of the hosts",
    "inventory_hostname": "the name of the host",
}


def title(playbook: Playbook) -> Iterator[str]:
    """Yield the title, the facts in a line, and what it is about."""
    yield f"# {text(playbook.title)}"
    facts = [
        playbook.severity and f"severity **{text(playbook.severity)}**",
        playbook.owner and f"owner {text(playbook.owner)}",
        f"playbook {code(playbook.name)}, version {text(playbook.version)}",
        playbook.reviewed and f"reviewed {text(playbook.reviewed)}",
        playbook.tags and f"tags {listed([code(tag) for tag in playbook.tags])}",
        playbook.alerts and f"alerts {listed([code(alert) for alert in playbook.alerts])}",
    ]
    yield " · ".join(fact for fact in facts if fact)
    if playbook.description:
        yield prose(playbook.description)


def bullets(heading: str, lines: tuple[str, ...]) -> Iterator[str]:
    """Yield a section that is a list; nothing for an empty one."""
    if lines:
        yield f"## {heading}"
        yield items(text(line) for line in lines)


def preparation(reading: Reading) -> Iterator[str]:
    """Yield what to have at hand before the first step."""
    blocks = [*_inputs(reading), *_values(reading), *_secrets(reading), *_hosts(reading)]
    if blocks:
        yield "## Before you begin"
        yield from blocks


def _inputs(reading: Reading) -> Iterator[str]:
    inputs = reading.playbook.inputs
    if not inputs:
        return
    here = reading.environment is not None
    yield "Decide on these values:"
    head = ("Input", "Type", "Default", *(["Here"] if here else []), "Limits", "Meaning")
    rows = [
        (
            code(spec.name),
            spec.type,
            "must be given" if spec.required else _shown(spec, spec.default),
            *([_shown(spec, reading.names.get(spec.name))] if here else []),
            ", ".join(_limits(spec)) or "–",
            text(spec.description) or "–",
        )
        for spec in inputs
    ]
    yield table(head, rows)


def _shown(spec: InputSpec, value: Value) -> str:
    if spec.secret:
        return "secret"
    return "–" if value is None else code(value_text(value))


def _limits(spec: InputSpec) -> Iterator[str]:
    if spec.enum:
        yield f"one of {listed([code(value_text(item)) for item in spec.enum], 'or')}"
    if spec.minimum is not None:
        yield f"at least {spec.minimum}"
    if spec.maximum is not None:
        yield f"at most {spec.maximum}"
    if spec.pattern is not None:
        yield f"matches {code(spec.pattern)}"


def _values(reading: Reading) -> Iterator[str]:
    """Yield the names that a person has to replace, with their values where the playbook says them."""
    playbook = reading.playbook
    unknown = tuple(dict.fromkeys(_unknown(reading)))
    if not unknown:
        return
    set_here = {variable.name: code(value_text(variable.value)) for variable in playbook.variables}
    inputs = {spec.name: "see the inputs above" for spec in playbook.inputs}
    given = {name: f"from step {number}" for number, step in numbered_playbook(playbook) for name in results(step)}
    known = {**inputs, **set_here, **given, **_by_host(reading), **_BUILT_IN}
    yield f"In what follows, replace each {code('{{ … }}')} by its value:"
    yield table(("Name", "Value"), [(code(name), known.get(name, "a variable of the inventory")) for name in unknown])


def _by_host(reading: Reading) -> dict[str, str]:
    """Return the values that names have on each host, where they differ."""
    found: dict[str, dict[str, str]] = {}
    for step, action in acted(reading.playbook):
        for name, values in reading.place(step, action).differing.items():
            shown = {code(str(host)): code(value_text(value)) for host, value in values.items()}
            found.setdefault(name, {}).update(shown)
    return {name: _on_each(values) for name, values in found.items()}


def _on_each(values: dict[str, str]) -> str:
    if len(values) > LISTED:
        return "differs between hosts; `--host NAME` fills it in"
    return ", ".join(f"{value} on {host}" for host, value in values.items())


def _unknown(reading: Reading) -> Iterator[str]:
    """Yield the names that stay as they are written."""
    for step, action in acted(reading.playbook):
        names = reading.place(step, action).names
        yield from (each.name for each in action.references if each.name not in names)
    for template in told(reading.playbook):
        yield from (each.name for each in template.references if each.name not in reading.names)


def _secrets(reading: Reading) -> Iterator[str]:
    used = [each.attributes[0] for each in references(reading.playbook) if each.name == "secret" and each.attributes]
    names = tuple(dict.fromkeys(used))
    if not names:
        return
    sources = {source.name: source for source in reading.environment.secrets} if reading.environment else {}
    yield "Put the secrets into your shell; the commands name them and never show them:"
    yield items(f"{code('$' + _UNFIT.sub('_', name))}: {code(_export(name, sources.get(name)))}" for name in names)


def _export(name: str, source: SecretSource | None) -> str:
    """Return a command that puts a secret into a variable without showing it."""
    name = _UNFIT.sub("_", name)
    if source is None:
        return f"read -rs {name} && export {name}"
    if source.file:
        return f'export {name}="$(cat {_path(source.file)})"'
    return f"export {name}" if source.env == name else f'export {name}="${source.env}"'


def _path(path: str) -> str:
    """Return a path for a shell, which goes on to read `~`."""
    return f"~/{quote(path[2:])}" if path.startswith("~/") else quote(path)


def _hosts(reading: Reading) -> Iterator[str]:
    """Yield how to log in where steps are carried out."""
    found: dict[str, Host] = {}
    for step, action in acted(reading.playbook):
        if reading.kinds[action.kind].addressing is Addressing.HOSTS:
            hosts = (target for target in reading.place(step, action).targets if isinstance(target, Host))
            found |= {str(host.name): host for host in hosts}
    if found:
        yield "Log in where a step says so:"
        rows = [(code(name), code(_login(host))) for name, host in islice(found.items(), _MOST_HOSTS)]
        yield table(("Host", "Log in with"), rows)
    if len(found) > _MOST_HOSTS:
        yield f"There are {len(found) - _MOST_HOSTS} more; {code('--host NAME')} shows one of them."


def _login(host: Host) -> str:
    if host.connection == "local":
        return "sh"
    words = ["ssh"]
    if host.port:
        words += ["-p", str(host.port)]
    if host.private_key_file:
        words += ["-i", _path(host.private_key_file)]
    address = host.address or str(host.name)
    return " ".join([*words, quote(f"{host.user}@{address}" if host.user else address)])
