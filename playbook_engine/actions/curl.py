"""An HTTP request as a command line for curl."""

import json
from collections.abc import Iterator
from typing import assert_never

from playbook_engine.actions.http_payload import (
    Body,
    Field,
    Form,
    Json,
    JsonList,
    JsonObject,
    JsonText,
    JsonValue,
    Payload,
)
from playbook_engine.actions.pasting import pasted
from playbook_engine.values import Names, Secret, SecretText, Text

_ONE_LINE = 90
"""A command that is longer gets a line for each of its parts."""


def curl(method: str, url: Text, headers: tuple[Field, ...], payload: Payload | None, names: Names) -> str:
    """Return the command: it prints status, headers and body."""
    first = {"GET": "curl -sS -i", "HEAD": "curl -sS --head"}.get(method, f"curl -sS -i -X {method}")
    parts = [f"{first} {pasted(url)}"]
    parts += [f"-H {pasted(_pair(field, ': ', names))}" for field in headers]
    parts += _payload(payload, {field.name.lower() for field in headers}, names)
    line = " ".join(parts)
    return line if len(line) <= _ONE_LINE else " \\\n  ".join(parts)


def _pair(field: Field, between: str, names: Names) -> Text:
    return _text([f"{field.name}{between}", *_parts(field.template.draft(names))])


def _payload(payload: Payload | None, headers: set[str], names: Names) -> list[str]:
    match payload:
        case None:
            return []
        case Form(fields):
            return [f"--data-urlencode {pasted(_pair(field, '=', names))}" for field in fields]
        case Body(template):
            # curl would call any text a form.
            kind = [] if "content-type" in headers else ["-H 'Content-Type:'"]
            return [*kind, f"--data-raw {pasted(template.draft(names))}"]
        case _:
            kind = [] if "content-type" in headers else ["-H 'Content-Type: application/json'"]
            return [*kind, f"--data-raw {pasted(_text(list(_json(payload, names))))}"]


def _json(value: Json, names: Names) -> Iterator[str | Secret]:
    """Yield JSON text, with secrets between its pieces."""
    match value:
        case JsonValue(plain):
            yield json.dumps(plain)
        case JsonText(template):
            yield '"'
            for part in _parts(template.draft(names)):
                yield json.dumps(part, ensure_ascii=False)[1:-1] if isinstance(part, str) else part
            yield '"'
        case JsonList(items):
            yield "["
            for number, item in enumerate(items):
                yield ", " if number else ""
                yield from _json(item, names)
            yield "]"
        case JsonObject(fields):
            yield "{"
            for number, (name, item) in enumerate(fields):
                yield f"{', ' if number else ''}{json.dumps(name, ensure_ascii=False)}: "
                yield from _json(item, names)
            yield "}"
        case _:
            assert_never(value)


def _parts(text: Text) -> tuple[str | Secret, ...]:
    return (text,) if isinstance(text, str) else text.parts


def _text(parts: list[str | Secret]) -> SecretText:
    """Return parts as one text, plain stretches joined."""
    joined: list[str | Secret] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, str) and isinstance(last, str):
            joined[-1] = last + part
        else:
            joined.append(part)
    return SecretText(tuple(joined))
