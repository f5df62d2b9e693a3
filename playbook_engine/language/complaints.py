"""What a validator found, in words that a person can act on, and one complaint for one mistake."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from playbook_engine.diagnostics import Diagnostic, Span, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.language.validity import Schema
from playbook_engine.language.wording import Path, describe, expected, label, one_of
from playbook_engine.model.document import Mapping, Node, Scalar, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One keyword of a schema that a value does not meet."""

    keyword: str
    argument: Any
    path: Path
    schema: dict[str, Any]
    value: Any
    of_name: bool = False
    """Whether the value is the name of a key (`propertyNames`)."""


def diagnose(
    root: Node, schema: Schema, violations: Iterable[Violation], earlier: Iterable[Diagnostic]
) -> Iterator[Diagnostic]:
    """Return the violations as diagnostics; a place that was complained about before is left alone."""
    known = {_start(diagnostic.span) for diagnostic in earlier if diagnostic.span}
    words = _Words(root, schema)
    for violation in _causes(list(violations)):
        for diagnostic in words.of(violation):
            if diagnostic.span is None or _start(diagnostic.span) not in known:
                yield diagnostic


def _start(span: Span) -> tuple[int, int]:
    return span.line, span.column


def _causes(violations: list[Violation]) -> Iterator[Violation]:
    """Leave out what only follows from another violation at the same place."""
    wrong_type = {v.path: v for v in reversed(violations) if v.keyword == "type" and not v.of_name}
    no_verb = {v.path for v in violations if v.keyword == "x-verbs" and len(_present(v)) != 1}
    misspelt = [(v.path, name) for v in violations for name in _meant(v)]
    for violation in violations:
        keyword, path = violation.keyword, violation.path
        if wrong_type.get(path, violation) is not violation:
            continue
        if path in no_verb and keyword != "x-verbs":
            continue
        if keyword in ("oneOf", "anyOf") and any(
            (path, name) in misspelt for branch in violation.argument for name in _required(branch)
        ):
            continue
        if keyword == "required" and all(
            name in violation.value or (path, name) in misspelt for name in violation.argument
        ):
            continue
        yield violation


def _present(violation: Violation) -> list[str]:
    """Return the verbs of a step, in its order."""
    return [key for key in violation.value if key in violation.argument]


def _required(branch: Schema) -> list[str]:
    names: list[str] = branch.get("required", []) if isinstance(branch, dict) else []
    return names


def _unknown(violation: Violation) -> list[str]:
    """Return the keys that a mapping must not have."""
    if violation.keyword != "additionalProperties" or violation.argument is not False:
        return []
    return [key for key in violation.value if key not in violation.schema.get("properties", {})]


def _meant(violation: Violation) -> Iterator[str]:
    """Yield the fields that misspelt keys were meant to be."""
    for key in _unknown(violation):
        near = _nearest(key, violation)
        if near is not None:
            yield near


def _nearest(key: str, violation: Violation) -> str | None:
    fields = [field for field in violation.schema.get("properties", {}) if field not in violation.value]
    if key.lower() in fields:
        return key.lower()
    return next((field for field in fields if did_you_mean(key, fields) == f"Did you mean '{field}'?"), None)


class _Words:
    """Finds the place of a violation and the words for it."""

    def __init__(self, root: Node, schema: Schema) -> None:
        self._root = root
        self._schema = schema

    def of(self, violation: Violation) -> Iterable[Diagnostic]:
        match violation.keyword:
            case "additionalProperties":
                return self._unknown_keys(violation)
            case "required":
                return self._missing_keys(violation)
            case "dependentRequired":
                return self._lonely_keys(violation)
            case "oneOf" | "anyOf":
                return (self._alternatives(violation),)
            case "x-verbs":
                return (self._verbs(violation),)
            case "minItems" | "minLength":
                return (self._empty(violation),)
            case "minProperties" | "maxProperties":
                return (self._number_of_keys(violation),)
            case _:
                return (self._value(violation),)

    def _unknown_keys(self, violation: Violation) -> Iterator[Diagnostic]:
        fields = violation.schema.get("properties", {})
        for key in _unknown(violation):
            span = self._key(violation.path, key)
            near = _nearest(key, violation)
            free = ", ".join(field for field in fields if field not in violation.value)
            hint = f"Did you mean '{near}'?" if near else self._home(key) or f"It can have {free}."
            yield Diagnostic("unknown-key", f"'{key}' is not a field of {self._noun(violation)}", span, hint)

    def _home(self, key: str) -> str | None:
        """Return what else has a field of this name."""
        definitions = [self._schema, *self._schema.get("$defs", {}).values()]
        nouns = [d["x-noun"] for d in definitions if "x-noun" in d and key in d.get("properties", {})]
        return f"It is a field of {' and of '.join(nouns)}." if nouns else None

    def _missing_keys(self, violation: Violation) -> Iterator[Diagnostic]:
        for name in violation.argument:
            if name not in violation.value:
                message = f"{self._noun(violation)} needs '{name}'"
                hint = violation.schema.get("properties", {}).get(name, {}).get("description")
                yield Diagnostic("missing-key", message, self._parent(violation.path), hint)

    def _lonely_keys(self, violation: Violation) -> Iterator[Diagnostic]:
        for name, others in violation.argument.items():
            for other in others:
                if name in violation.value and other not in violation.value:
                    span = self._key(violation.path, name)
                    yield Diagnostic("missing-key", f"'{name}' has no meaning without '{other}'", span)

    def _alternatives(self, violation: Violation) -> Diagnostic:
        names = [name for branch in violation.argument for name in _required(branch)]
        if names and isinstance(violation.value, dict):
            return self._choice(violation, [name for name in violation.value if name in names])
        return self._value(violation)

    def _choice(self, violation: Violation, present: list[str]) -> Diagnostic:
        names = " or ".join(f"'{name}'" for branch in violation.argument for name in _required(branch))
        if not present:
            message = violation.schema.get("x-none") or f"{self._noun(violation)} needs {names}"
            return Diagnostic("missing-key", message, self._parent(violation.path))
        found = " and ".join(f"'{name}'" for name in present)
        message = violation.schema.get("x-several") or f"{self._noun(violation)} takes one of {names}"
        span = self._key(violation.path, present[-1])
        return Diagnostic("conflicting-keys", f"{message}; found {found}", span, "Keep one of them.")

    def _verbs(self, violation: Violation) -> Diagnostic:
        allowed, present = violation.argument, _present(violation)
        if len(present) > 1:
            message = f"a step has one verb; found {' and '.join(repr(verb) for verb in present)}"
            hint = "Begin a new step with '- ' for each verb."
            return Diagnostic("several-verbs", message, self._key(violation.path, present[1]), hint)
        if present:
            message = f"the verb '{present[0]}' must be the first key of its step"
            return Diagnostic("verb-not-first", message, self._key(violation.path, present[0]), "Move it to the top.")
        return self._no_verb(violation, ", ".join(allowed))

    def _no_verb(self, violation: Violation, allowed: str) -> Diagnostic:
        first = next(iter(violation.value), None)
        if first is None:
            return Diagnostic("missing-verb", f"an empty step; expected {allowed}", self._place(violation.path))
        span = self._key(violation.path, first)
        other = self._schema.get("$defs", {}).get("step", {}).get("x-verbs", ())
        if first in other:
            return Diagnostic("misplaced-verb", f"'{first}' cannot stand here; expected {allowed}", span)
        hint = did_you_mean(first, violation.argument)
        if hint is None and self._home(first):
            message = "this step has no verb"
            return Diagnostic("missing-verb", message, span, f"Begin it with one of {allowed}, and its title.")
        message = f"'{first}' is not a verb; a step begins with one of {allowed}"
        return Diagnostic("unknown-verb", message, span, hint)

    def _empty(self, violation: Violation) -> Diagnostic:
        meaning = violation.schema.get("x-empty")
        what = describe(self._node(violation.path))
        message = f"{label(violation.path)}: {what}{f': {meaning}' if meaning else ' is not enough'}"
        return Diagnostic("empty-value", message, self._place(violation.path), self._advice(violation))

    def _number_of_keys(self, violation: Violation) -> Diagnostic:
        names = one_of(list(violation.schema.get("properties", {}))) or "its keys"
        few = violation.keyword == "minProperties"
        message = f"{label(violation.path)}: give {'at least' if few else 'at most'} {violation.argument} of {names}"
        code = "missing-key" if few else "conflicting-keys"
        return Diagnostic(code, message, self._place(violation.path), violation.schema.get("description"))

    def _value(self, violation: Violation) -> Diagnostic:
        if violation.of_name:
            message = f"'{violation.value}' cannot be a name here: expected {self._expected(violation)}"
            return Diagnostic("wrong-name", message, self._key(violation.path, str(violation.value)))
        node = self._node(violation.path)
        code = "wrong-type" if violation.keyword == "type" else "wrong-value"
        message = f"{label(violation.path)}: expected {self._expected(violation)}, found {describe(node)}"
        return Diagnostic(code, message, self._place(violation.path), self._advice(violation))

    def _expected(self, violation: Violation) -> str:
        return expected(violation.schema, violation.keyword, violation.argument)

    def _advice(self, violation: Violation) -> str | None:
        node, argument = self._node(violation.path), violation.argument
        if violation.keyword == "enum" and isinstance(violation.value, str):
            return did_you_mean(violation.value, [item for item in argument if isinstance(item, str)])
        if violation.keyword == "type" and argument == "string" and isinstance(node, Mapping):
            return "A ': ' in an unquoted text makes a mapping of it: put the text in quotes."
        if violation.keyword == "type" and isinstance(node, Scalar) and node.text and "string" in argument:
            return _as_text(node.text, violation.schema)
        description: str | None = violation.schema.get("description")
        return None if "x-expected" in violation.schema else description

    def _noun(self, violation: Violation) -> str:
        noun = violation.schema.get("x-noun")
        if noun:
            return str(noun)
        keys = [key for key in violation.path if isinstance(key, str)]
        return f"'{keys[-1]}'" if keys else "this file"

    def _node(self, path: Path) -> Node:
        node = self._root
        for key in path:
            child = _child(node, key)
            if child is None:
                break
            node = child
        return node

    def _key(self, path: Path, key: str) -> Span:
        """Return where a key of a mapping stands."""
        node = self._node(path)
        entry = node.entry(key) if isinstance(node, Mapping) else None
        return entry.key.span if entry else node.span

    def _place(self, path: Path) -> Span:
        """Return where a value stands; for what has many lines or none, its key."""
        node = self._node(path)
        if isinstance(node, Scalar) and node.text:
            return node.span
        return self._key(path[:-1], str(path[-1])) if path and isinstance(path[-1], str) else _first_line(node)

    def _parent(self, path: Path) -> Span:
        """Return where a mapping that lacks something begins."""
        return self._key(path[:-1], path[-1]) if path and isinstance(path[-1], str) else _first_line(self._node(path))


def _as_text(word: str, schema: dict[str, Any]) -> str | None:
    """Return how to write a number, boolean or null so that it is the text that a schema wants."""
    if "x-unit" in schema:
        return f"Write the unit too: {word}{schema['x-unit']}." if word.isdigit() else None
    if "pattern" in schema and not re.search(schema["pattern"], word):
        return None
    return f'If it is meant as a text, put it in quotes: "{word}".'


def _child(node: Node, key: str | int) -> Node | None:
    match node:
        case Mapping():
            return node.get(str(key))
        case Sequence():
            return node.items[int(key)] if isinstance(key, int) else None
        case Scalar():
            return None


def _first_line(node: Node) -> Span:
    if isinstance(node, Mapping) and node.entries:
        return node.entries[0].key.span
    return node.span
