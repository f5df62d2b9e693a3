"""What stands before the steps: what this is about, what is needed."""

import re
from collections.abc import Iterator
from itertools import islice
from shlex import quote

from playbook_engine.model.actions import Addressing
from playbook_engine.model.inventory import SecretSource
from playbook_engine.model.playbook import InputSpec, Playbook
from playbook_engine.model.targets import Host
from playbook_engine.phrases.handbook import Top
from playbook_engine.phrases.lists import Lists, listed
from playbook_engine.phrases.words import Words
from playbook_engine.report.handbook.markdown import code, items, prose, table, text
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
    "item": Top.ITEM,
    "run": Top.RUN_ONLY,
    "env": Top.SHELL_VARIABLE,
    "hosts": Top.HOST_NAMES,
    "inventory_hostname": Top.HOST_NAME,
}


def title(reading: Reading) -> Iterator[str]:
    """Yield the title, the facts in a line, and what it is about."""
    playbook = reading.playbook
    yield f"# {text(playbook.title)}"
    yield " · ".join(_facts(playbook, reading.words))
    if playbook.description:
        yield prose(playbook.description)


def _facts(playbook: Playbook, words: Words) -> Iterator[str]:
    if playbook.severity:
        yield words(Top.SEVERITY, severity=text(playbook.severity))
    if playbook.owner:
        yield words(Top.OWNER, owner=text(playbook.owner))
    yield words(Top.PLAYBOOK, name=code(playbook.name), version=text(playbook.version))
    if playbook.reviewed:
        yield words(Top.REVIEWED, day=text(playbook.reviewed))
    if playbook.tags:
        yield words(Top.TAGS, tags=listed(words, [code(tag) for tag in playbook.tags]))
    if playbook.alerts:
        yield words(Top.ALERTS, alerts=listed(words, [code(alert) for alert in playbook.alerts]))


def bullets(heading: str, lines: tuple[str, ...]) -> Iterator[str]:
    """Yield a section that is a list; nothing for an empty one."""
    if lines:
        yield f"## {heading}"
        yield items(text(line) for line in lines)


def preparation(reading: Reading) -> Iterator[str]:
    """Yield what to have at hand before the first step."""
    blocks = [*_inputs(reading), *_values(reading), *_secrets(reading), *_hosts(reading)]
    if blocks:
        yield f"## {reading.words(Top.BEFORE)}"
        yield from blocks


def _inputs(reading: Reading) -> Iterator[str]:
    inputs = reading.playbook.inputs
    if not inputs:
        return
    here, words = reading.environment is not None, reading.words
    yield words(Top.DECIDE_VALUES)
    head = (Top.INPUT, Top.TYPE, Top.DEFAULT, *([Top.HERE] if here else []), Top.LIMITS, Top.MEANING)
    rows = [
        (
            code(spec.name),
            spec.type,
            words(Top.MUST_BE_GIVEN) if spec.required else _shown(spec, spec.default, words),
            *([_shown(spec, reading.names.get(spec.name), words)] if here else []),
            words(Lists.COMMA).join(_limits(spec, words)) or "–",
            text(spec.description) or "–",
        )
        for spec in inputs
    ]
    yield table(tuple(map(words, head)), rows)


def _shown(spec: InputSpec, value: Value, words: Words) -> str:
    if spec.secret:
        return words(Top.SECRET)
    return "–" if value is None else code(value_text(value))


def _limits(spec: InputSpec, words: Words) -> Iterator[str]:
    if spec.enum:
        values = listed(words, [code(value_text(item)) for item in spec.enum], Lists.OR)
        yield words(Top.ONE_OF, values=values)
    if spec.minimum is not None:
        yield words(Top.AT_LEAST, limit=spec.minimum)
    if spec.maximum is not None:
        yield words(Top.AT_MOST, limit=spec.maximum)
    if spec.pattern is not None:
        yield words(Top.MATCHES, pattern=code(spec.pattern))


def _values(reading: Reading) -> Iterator[str]:
    """Yield the names that a person has to replace, with their values where the playbook says them."""
    playbook, words = reading.playbook, reading.words
    unknown = tuple(dict.fromkeys(_unknown(reading)))
    if not unknown:
        return
    set_here = {variable.name: code(value_text(variable.value)) for variable in playbook.variables}
    inputs = {spec.name: words(Top.SEE_INPUTS) for spec in playbook.inputs}
    given = {
        name: words(Top.FROM_STEP, number=number)
        for number, step in numbered_playbook(playbook)
        for name in results(step)
    }
    built_in = {name: words(phrase) for name, phrase in _BUILT_IN.items()}
    known = {**inputs, **set_here, **given, **_by_host(reading), **built_in}
    yield words(Top.REPLACE, braces=code("{{ … }}"))
    rows = [(code(name), known.get(name, words(Top.OF_INVENTORY))) for name in unknown]
    yield table((words(Top.NAME), words(Top.VALUE)), rows)


def _by_host(reading: Reading) -> dict[str, str]:
    """Return the values that names have on each host, where they differ."""
    found: dict[str, dict[str, str]] = {}
    for step, action in acted(reading.playbook):
        for name, values in reading.place(step, action).differing.items():
            shown = {code(str(host)): code(value_text(value)) for host, value in values.items()}
            found.setdefault(name, {}).update(shown)
    return {name: _on_each(values, reading.words) for name, values in found.items()}


def _on_each(values: dict[str, str], words: Words) -> str:
    if len(values) > LISTED:
        return words(Top.DIFFERS)
    each = (words(Top.ON_HOST, value=value, host=host) for host, value in values.items())
    return words(Lists.COMMA).join(each)


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
    words = reading.words
    yield words(Top.SECRETS)
    commands = ((code(f"${_UNFIT.sub('_', name)}"), code(_export(name, sources.get(name)))) for name in names)
    yield items(words(Top.SECRET_LINE, name=name, command=command) for name, command in commands)


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
    words = reading.words
    if found:
        yield words(Top.LOG_IN)
        rows = [(code(name), code(_login(host))) for name, host in islice(found.items(), _MOST_HOSTS)]
        yield table((words(Top.HOST), words(Top.LOG_IN_WITH)), rows)
    if len(found) > _MOST_HOSTS:
        yield words(Top.MORE_HOSTS, count=len(found) - _MOST_HOSTS, option=code("--host NAME"))


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
