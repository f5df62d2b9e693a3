"""The values of `--set`, parsed by their declared types and checked against their limits."""

import json
import re
from collections.abc import Mapping

from playbook_engine.diagnostics import Problems, Span, did_you_mean
from playbook_engine.model.playbook import InputSpec
from playbook_engine.values import Duration, Secret, Value

EXAMPLES = {
    "string": "a text",
    "integer": "a whole number such as 3600",
    "number": "a number such as 0.5",
    "boolean": "true or false",
    "array": 'a JSON list such as ["a", "b"]',
    "object": 'a JSON object such as {"a": 1}',
    "duration": "a duration such as 30s",
}


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
    value = _typed(spec.type, text)
    check_limits(spec, value)
    return Secret(spec.name, text) if spec.secret else value


def _typed(kind: str, text: str) -> Value:
    try:
        match kind:
            case "integer":
                return int(text)
            case "number":
                return float(text) if not re.fullmatch(r"[+-]?\d+", text) else int(text)
            case "boolean":
                return {"true": True, "false": False}[text]
            case "duration":
                return str(Duration.parse(text))
            case "array" | "object":
                return _json(text, list if kind == "array" else dict)
            case _:
                return text
    except (KeyError, ValueError, TypeError):
        raise ValueError(f"expected {EXAMPLES[kind]}, found {text!r}") from None


def _json(text: str, kind: type[list[Value] | dict[str, Value]]) -> Value:
    value: Value = json.loads(text)
    if not isinstance(value, kind):
        raise TypeError(type(value).__name__)
    return value


def check_type(spec: InputSpec, value: Value) -> None:
    """Raise ValueError when a value that came from an inventory is not of the declared type."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "number": number,
        "boolean": isinstance(value, bool),
        "array": isinstance(value, list | tuple),
        "object": isinstance(value, Mapping),
        "duration": isinstance(value, str),
        "string": isinstance(value, str),
    }
    if not fits[spec.type]:
        raise ValueError(f"expected {EXAMPLES[spec.type]}, found {value!r}")
    if spec.type == "duration":
        Duration.parse(str(value))
    check_limits(spec, value)


def check_limits(spec: InputSpec, value: Value) -> None:
    """Raise ValueError when the value is outside enum, pattern, minimum or maximum."""
    if spec.enum and value not in spec.enum:
        allowed = ", ".join(str(item) for item in spec.enum)
        raise ValueError(f"expected one of {allowed}; found {value!r}")
    if spec.pattern is not None and isinstance(value, str) and not re.search(spec.pattern, value):
        raise ValueError(f"does not match the pattern {spec.pattern}")
    if isinstance(value, int | float) and not isinstance(value, bool):
        if spec.minimum is not None and value < spec.minimum:
            raise ValueError(f"{value} is below the minimum of {spec.minimum}")
        if spec.maximum is not None and value > spec.maximum:
            raise ValueError(f"{value} is above the maximum of {spec.maximum}")


def required(specs: tuple[InputSpec, ...], have: set[str], problems: Problems) -> None:
    """Report each required input that nobody gave."""
    for spec in specs:
        if spec.required and spec.name not in have:
            span: Span = spec.span
            problems.error(
                "missing-input",
                f"the input '{spec.name}' has no value",
                span,
                f"Give it with --set {spec.name}=… ({EXAMPLES[spec.type]}).",
            )
