"""A tree against a JSON schema: what is wrong, and where.

The schemas under `schemas/` define the language for editors and for this check alike. Beside the keywords of
JSON Schema they hold words for messages, which a validator may ignore:

x-noun      what such a mapping is called: "a check"
x-expected  what such a value must be: "a duration such as 30s"
x-unit      the unit that people forget: "s"
x-none      what to say when none of the alternatives of `oneOf` or `anyOf` is there
x-several   what to say when more than one is
x-empty     what an empty list would mean
x-verbs     the words of which exactly one must be there, and first (the only one that decides anything)
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from playbook_engine.diagnostics import Problems, Span
from playbook_engine.language.complaints import Violation, diagnose
from playbook_engine.language.validity import Schema, accepts, verbs_hold
from playbook_engine.model.document import Document, plain
from playbook_engine.resources import schema_text

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator


def check(document: Document, schema_name: str, problems: Problems) -> None:
    """Report every way in which a document differs from a schema, at the key or value to blame."""
    schema = _load(schema_name)
    if document.root is None:
        message = f"the file is empty; expected {schema.get('x-noun', 'a mapping')}"
        problems.error("empty-file", message, Span(document.source, 1, 1, 1, 1))
        return
    value = plain(document.root)
    if not accepts(schema, value):
        problems.extend(diagnose(document.root, schema, _violations(schema, value), problems.sorted()))


@cache
def _load(name: str) -> Schema:
    return json.loads(schema_text(name))


def _violations(schema: Schema, value: object) -> list[Violation]:
    # Imported here because a valid document, the usual one, does not need it.
    from jsonschema.validators import Draft202012Validator, extend  # noqa: PLC0415 - see above

    validator = extend(Draft202012Validator, {"x-verbs": _verbs})  # type: ignore[no-untyped-call]  # a gap in its stubs
    return [_violation(error) for error in validator(schema).iter_errors(value)]


def _verbs(_: "Validator", allowed: list[str], value: object, __: Schema) -> "Iterator[ValidationError]":
    from jsonschema.exceptions import ValidationError  # noqa: PLC0415 - as above

    if not verbs_hold(allowed, value):
        yield ValidationError("a step begins with its only verb")


def _violation(error: "ValidationError") -> Violation:
    schema: Any = error.schema
    return Violation(
        keyword=str(error.validator),
        argument=error.validator_value,
        path=tuple(error.absolute_path),
        schema=schema if isinstance(schema, dict) else {},
        value=error.instance,
        of_name="propertyNames" in error.relative_schema_path,
    )
