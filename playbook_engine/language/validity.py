"""A quick yes to a valid document, so that only a doubtful one pays for jsonschema.

Importing jsonschema takes longer than reading, checking and building a playbook together, and a valid playbook
needs none of its explanations. This is the part of JSON Schema (draft 2020-12) that our schemas use, exactly;
where a schema uses more, nothing is accepted here and jsonschema decides.
"""

import re
from collections.abc import Callable
from typing import Any, TypeAlias

from playbook_engine.frozen import dataclass

Schema: TypeAlias = Any
"""A schema as JSON gives it: a mapping, or true or false."""

_ANNOTATIONS = frozenset(("$schema", "$id", "$defs", "$comment", "title", "description", "default", "examples"))
_WORDS = frozenset(("x-noun", "x-expected", "x-none", "x-several", "x-empty", "x-unit"))
_HANDLED_ELSEWHERE = frozenset(("then", "else"))
_IGNORED = _ANNOTATIONS | _WORDS | _HANDLED_ELSEWHERE
_LOCAL = "#/$defs/"

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def accepts(schema: Schema, value: object) -> bool:
    """Return True when the value is valid; False says nothing but that jsonschema must decide."""
    try:
        return _Validity(schema.get("$defs", {})).holds(schema, value)
    except (KeyError, TypeError):
        return False


def verbs_hold(allowed: list[str], value: object) -> bool:
    """Tell whether a step begins with its only verb: our own keyword `x-verbs`."""
    if not isinstance(value, dict):
        return True
    present = [key for key in value if key in allowed]
    return len(present) == 1 and next(iter(value)) == present[0]


@dataclass(frozen=True, slots=True)
class _Validity:
    definitions: dict[str, Schema]

    def holds(self, schema: Schema, value: object) -> bool:
        if isinstance(schema, bool):
            return schema
        return all(
            _KEYWORDS[keyword](self, argument, value, schema)
            for keyword, argument in schema.items()
            if keyword not in _IGNORED
        )


def _reference(validity: _Validity, reference: str, value: object, _: Schema) -> bool:
    if not reference.startswith(_LOCAL):
        raise KeyError(reference)
    return validity.holds(validity.definitions[reference.removeprefix(_LOCAL)], value)


def _type(_: _Validity, names: str | list[str], value: object, __: Schema) -> bool:
    return any(_is(name, value) for name in ([names] if isinstance(names, str) else names))


def _is(name: str, value: object) -> bool:
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def _enum(_: _Validity, allowed: list[object], value: object, __: Schema) -> bool:
    return any(_equal(item, value) for item in allowed)


def _const(_: _Validity, wanted: object, value: object, __: Schema) -> bool:
    return _equal(wanted, value)


def _equal(wanted: object, value: object) -> bool:
    if isinstance(wanted, dict | list):
        raise TypeError(wanted)  # not needed so far
    return isinstance(wanted, bool) == isinstance(value, bool) and wanted == value


def _properties(validity: _Validity, properties: dict[str, Schema], value: object, _: Schema) -> bool:
    if not isinstance(value, dict):
        return True
    return all(validity.holds(properties[key], item) for key, item in value.items() if key in properties)


def _additional(validity: _Validity, rule: Schema, value: object, schema: Schema) -> bool:
    if not isinstance(value, dict):
        return True
    known = schema.get("properties", {})
    return all(validity.holds(rule, item) for key, item in value.items() if key not in known)


def _property_names(validity: _Validity, rule: Schema, value: object, _: Schema) -> bool:
    return not isinstance(value, dict) or all(validity.holds(rule, key) for key in value)


def _required(_: _Validity, names: list[str], value: object, __: Schema) -> bool:
    return not isinstance(value, dict) or all(name in value for name in names)


def _dependent(_: _Validity, needs: dict[str, list[str]], value: object, __: Schema) -> bool:
    if not isinstance(value, dict):
        return True
    return all(other in value for name, others in needs.items() if name in value for other in others)


def _items(validity: _Validity, rule: Schema, value: object, _: Schema) -> bool:
    return not isinstance(value, list) or all(validity.holds(rule, item) for item in value)


def _pattern(_: _Validity, pattern: str, value: object, __: Schema) -> bool:
    return not isinstance(value, str) or re.search(pattern, value) is not None


def _bound(kind: type | tuple[type, ...], holds: Callable[[Any, Any], bool]) -> "_Keyword":
    def keyword(_: _Validity, limit: Any, value: object, __: Schema) -> bool:
        return isinstance(value, bool) or not isinstance(value, kind) or holds(value, limit)

    return keyword


def _if(validity: _Validity, condition: Schema, value: object, schema: Schema) -> bool:
    return validity.holds(schema.get("then" if validity.holds(condition, value) else "else", True), value)


def _all_of(validity: _Validity, rules: list[Schema], value: object, _: Schema) -> bool:
    return all(validity.holds(rule, value) for rule in rules)


def _any_of(validity: _Validity, rules: list[Schema], value: object, _: Schema) -> bool:
    return any(validity.holds(rule, value) for rule in rules)


def _one_of(validity: _Validity, rules: list[Schema], value: object, _: Schema) -> bool:
    return sum(validity.holds(rule, value) for rule in rules) == 1


def _verbs(_: _Validity, allowed: list[str], value: object, __: Schema) -> bool:
    return verbs_hold(allowed, value)


_Keyword: TypeAlias = Callable[[_Validity, Any, object, Schema], bool]
_KEYWORDS: dict[str, _Keyword] = {
    "$ref": _reference,
    "type": _type,
    "enum": _enum,
    "const": _const,
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": _property_names,
    "required": _required,
    "dependentRequired": _dependent,
    "items": _items,
    "pattern": _pattern,
    "minLength": _bound(str, lambda text, limit: len(text) >= limit),
    "maxLength": _bound(str, lambda text, limit: len(text) <= limit),
    "minItems": _bound(list, lambda items, limit: len(items) >= limit),
    "maxItems": _bound(list, lambda items, limit: len(items) <= limit),
    "minProperties": _bound(dict, lambda entries, limit: len(entries) >= limit),
    "maxProperties": _bound(dict, lambda entries, limit: len(entries) <= limit),
    "minimum": _bound((int, float), lambda number, limit: not number < limit),
    "maximum": _bound((int, float), lambda number, limit: not number > limit),
    "if": _if,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "x-verbs": _verbs,
}
