"""The values of `--set`, parsed by their declared types and checked against their limits."""

import json
import re
from collections.abc import Mapping
from typing import NoReturn

from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.model.playbook import InputSpec
from playbook_engine.values import Duration, Secret, SecretText, Value

EXAMPLES = {
    "string": "a text",
    "integer": "a whole number such as 3600",
    "number": "a number such as 0.5",
    "boolean": "true or false",
    "array": 'a JSON list such as ["a", "b"]',
    "object": 'a JSON object such as {"a": 1}',
    "duration": "a duration such as 30s",
}
SHOWN = 80
"""How much of a value that does not fit is shown."""
_INTEGER = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def given(specs: tuple[InputSpec, ...], texts: Mapping[str, str], problems: Problems) -> dict[str, Value]:
    """Return the typed values of `--set NAME=TEXT`; what does not fit is a problem."""
    known = {spec.name: spec for spec in specs}
    values: dict[str, Value] = {}
    for name, text in texts.items():
        spec = known.get(name)
        if spec is None:
            hint = did_you_mean(name, known) or (f"The inputs are: {', '.join(known)}." if known else None)
            problems.error("unknown-input", f"--set {name}: the playbook has no input '{name}'", None, hint)
            continue
        try:
            value = parse(spec, text)
        except ValueError as error:
            problems.error("invalid-input", f"--set {name}: {error}", None, spec.description or None)
            continue
        values[name] = value
    return values


def parse(spec: InputSpec, text: str) -> Value:
    """Return the text as the input's type; ValueError says what was expected."""
    try:
        value = _typed(spec.type, text)
    except (KeyError, ValueError, TypeError, RecursionError):
        raise ValueError(f"expected {EXAMPLES[spec.type]}{_found(spec, text)}") from None
    check_limits(spec, value)
    return Secret(spec.name, text) if spec.secret else value


def _typed(kind: str, text: str) -> Value:
    match kind:
        case "integer":
            return int(_matching(_INTEGER, text))
        case "number":
            return int(text) if _INTEGER.fullmatch(text) else float(_matching(_NUMBER, text))
        case "boolean":
            return {"true": True, "false": False}[text]
        case "duration":
            return str(Duration.parse(text))
        case "array":
            return _json(text, list)
        case "object":
            return _json(text, dict)
        case _:
            return text


def _matching(pattern: re.Pattern[str], text: str) -> str:
    """Return the text if it is written so; Python itself reads ` 1_000 ` and `nan` as numbers too."""
    if not pattern.fullmatch(text):
        raise ValueError(text)
    return text


def _json(text: str, kind: type[list[Value] | dict[str, Value]]) -> Value:
    value: Value = json.loads(text, parse_constant=_refuse_constant)
    if not isinstance(value, kind):
        raise TypeError(type(value).__name__)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


def _found(spec: InputSpec, value: Value) -> str:
    """Return what was found, for a message; nothing of a secret."""
    return "" if spec.secret else f", found {_shown(value)}"


def _shown(value: Value) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def check(spec: InputSpec, value: Value) -> Value:
    """Return a typed value, hidden if it is secret; ValueError says why it does not fit."""
    if isinstance(value, Secret | SecretText):
        return value  # it was a secret where it comes from, and its text is nobody's business
    check_type(spec, value)
    return hidden(spec, value)


def check_type(spec: InputSpec, value: Value) -> None:
    """Raise ValueError when a value that came from an inventory is not of the declared type."""
    if not _fits(spec.type, value):
        raise ValueError(f"expected {EXAMPLES[spec.type]}{_found(spec, value)}")
    check_limits(spec, value)


def _fits(kind: str, value: Value) -> bool:
    match kind:
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "array":
            return isinstance(value, list | tuple)
        case "object":
            return isinstance(value, Mapping)
        case "duration":
            return isinstance(value, str) and _is_duration(value)
        case _:
            return isinstance(value, str)


def _is_duration(text: str) -> bool:
    try:
        Duration.parse(text)
    except ValueError:
        return False
    return True


def check_limits(spec: InputSpec, value: Value) -> None:
    """Raise ValueError when the value is outside enum, pattern, minimum or maximum."""
    it = "the value" if spec.secret else _shown(value)
    if spec.enum and value not in spec.enum:
        allowed = ", ".join(str(item) for item in spec.enum)
        raise ValueError(f"expected one of {allowed}{_found(spec, value)}")
    if spec.pattern is not None and isinstance(value, str) and not re.search(spec.pattern, value):
        raise ValueError(f"{it} does not match the pattern {spec.pattern}")
    if isinstance(value, int | float) and not isinstance(value, bool):
        if spec.minimum is not None and value < spec.minimum:
            raise ValueError(f"{it} is below the minimum of {spec.minimum}")
        if spec.maximum is not None and value > spec.maximum:
            raise ValueError(f"{it} is above the maximum of {spec.maximum}")


def hidden(spec: InputSpec, value: Value) -> Value:
    """Return a secret input's value as a secret, wherever it came from; any other value as it is."""
    if not spec.secret or isinstance(value, Secret):
        return value
    return Secret(spec.name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))


def required(specs: tuple[InputSpec, ...], have: set[str], used: frozenset[str], problems: Problems) -> None:
    """Report each required input that these steps use and nobody gave: a sweep only needs what health asks for."""
    for spec in specs:
        if spec.required and spec.name in used and spec.name not in have:
            hint = f"Give it with --set {spec.name}=… ({EXAMPLES[spec.type]})."
            problems.error("missing-input", f"the input '{spec.name}' has no value", spec.span, hint)
