"""Texts and values for declared inputs: read as the declared type, judged, and hidden where they are secret."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NoReturn

from playbook_engine.diagnostics import Problems
from playbook_engine.model.inputs import TYPES, has_type, objection
from playbook_engine.model.playbook import InputSpec
from playbook_engine.values import Secret, SecretText, Value

EXAMPLES = {
    "string": "a text",
    "integer": "a whole number such as 3600",
    "number": "a number such as 0.5",
    "boolean": "true or false",
    "array": 'a JSON list such as ["a", "b"]',
    "object": 'a JSON object such as {"a": 1}',
    "duration": "a duration such as 30s",
}
"""What a text for an input of each type looks like."""
SHOWN = 80
"""How much of a value that does not fit is shown."""
_INTEGER = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def parse(spec: InputSpec, text: str) -> Value:
    """Return a text as the input's type; ValueError says what was expected, and shows nothing of a secret."""
    try:
        value = _typed(spec.type, text)
    except (KeyError, ValueError, TypeError, RecursionError):
        raise ValueError(f"expected {EXAMPLES[spec.type]}{_found(spec, text)}") from None
    if not has_type(spec.type, value):
        raise ValueError(f"expected {EXAMPLES[spec.type]}{_found(spec, text)}")
    return _allowed(spec, value, text)


def check(spec: InputSpec, value: Value) -> Value:
    """Return a typed value, hidden if it is secret; ValueError says why it does not fit."""
    if isinstance(value, Secret):
        # Of a vaulted value only the text is known; nothing of it may get into the message.
        parse(replace(spec, secret=True), value.reveal())
        return value
    if not has_type(spec.type, value):
        raise ValueError(f"expected {TYPES[spec.type]}{_found(spec, value)}")
    return _allowed(spec, value, None)


def _allowed(spec: InputSpec, value: Value, text: str | None) -> Value:
    complaint = objection(spec, value)
    if complaint is not None:
        raise ValueError(f"{'the value' if spec.secret else _shown(value)} {complaint}")
    return hidden(spec, value if text is None or not spec.secret else text)


def hidden(spec: InputSpec, value: Value) -> Value:
    """Return a secret input's value as a secret, wherever it came from; any other value as it is."""
    if not spec.secret or isinstance(value, Secret | SecretText):
        return value
    return Secret(spec.name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))


def _typed(kind: str, text: str) -> Value:
    match kind:
        case "integer":
            return int(_matching(_INTEGER, text))
        case "number":
            return int(text) if _INTEGER.fullmatch(text) else float(_matching(_NUMBER, text))
        case "boolean":
            return {"true": True, "false": False}[text]
        case "array" | "object":
            value: Value = json.loads(text, parse_constant=_refuse_constant)
            return value
        case _:
            return text


def _matching(pattern: re.Pattern[str], text: str) -> str:
    """Return the text if it is written so; Python itself reads ` 1_000 ` and `nan` as numbers too."""
    if not pattern.fullmatch(text):
        raise ValueError(text)
    return text


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


def _found(spec: InputSpec, value: Value) -> str:
    """Return what was found, for a message; nothing of a secret."""
    return "" if spec.secret else f", found {_shown(value)}"


def _shown(value: Value) -> str:
    if value is None:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def required(
    specs: tuple[InputSpec, ...], have: Mapping[str, object] | set[str], used: frozenset[str], problems: Problems
) -> None:
    """Report each required input that these steps use and nobody gave: a sweep only needs what health asks for."""
    for spec in specs:
        if spec.required and spec.name in used and spec.name not in have:
            hint = f"Give it with --set {spec.name}=… ({EXAMPLES[spec.type]})."
            problems.error("missing-input", f"the input '{spec.name}' has no value", spec.span, hint)
