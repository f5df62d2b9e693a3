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
from playbook_engine.actions.http_query import Query
from playbook_engine.actions.http_trust import AuthWish, BasicWish, BearerWish, TlsWish
from playbook_engine.actions.pasting import pasted, spoken
from playbook_engine.frozen import dataclass
from playbook_engine.model.expressions import Template
from playbook_engine.values import Names, Secret, SecretText, Text

_ONE_LINE = 90
"""A command that is longer gets a line for each of its parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a request is sent, besides what is sent."""

    query: Query = Query()
    auth: AuthWish | None = None
    tls: TlsWish | None = None
    follow: int = 0


def curl(
    method: str, url: Text, headers: tuple[Field, ...], payload: Payload | None, manner: Manner, names: Names
) -> str:
    """Return the command: it prints status, headers and body."""
    first = {"GET": "curl -sS -i", "HEAD": "curl -sS --head"}.get(method, f"curl -sS -i -X {method}")
    parts = [f"{first} {pasted(url)}"]
    parts += [
        f"--url-query {pasted(_named(each.name, '=', each.template, names))}" for each in manner.query.parameters
    ]
    parts += [f"-H {pasted(_pair(field, ': ', names))}" for field in headers]
    parts += [*_auth(manner.auth, names), *_tls(manner.tls, names)]
    parts += [f"-L --max-redirs {manner.follow}"] if manner.follow else []
    parts += _payload(payload, {field.name.lower() for field in headers}, names)
    line = " ".join(parts)
    return _proven(manner.tls, names) + (line if len(line) <= _ONE_LINE else " \\\n  ".join(parts))


def _proven(wish: TlsWish | None, names: Names) -> str:
    """Return a comment with what curl has no option for."""
    if wish is None or wish.server_name is None:
        return ""
    return f"# the server's certificate must be that of {spoken(wish.server_name.draft(names))}\n"


def _pair(field: Field, between: str, names: Names) -> Text:
    return _named(field.name, between, field.template, names)


def _named(name: str, between: str, template: Template, names: Names) -> Text:
    return _text([f"{name}{between}", *_parts(template.draft(names))])


def _auth(wish: AuthWish | None, names: Names) -> list[str]:
    match wish:
        case None:
            return []
        case BasicWish(user, password):
            return [f"-u {pasted(_text([*_parts(user.draft(names)), ':', *_parts(password.draft(names))]))}"]
        case BearerWish(token):
            return [f"-H {pasted(_named('Authorization', ': Bearer ', token, names))}"]
        case _:
            assert_never(wish)


def _tls(wish: TlsWish | None, names: Names) -> list[str]:
    """Return the certificates to use; paths stand as they are written, and count from the playbook's folder."""
    if wish is None:
        return []
    options = {"ca": "--cacert", "cert": "--cert", "key": "--key"}
    return [f"{options[name]} {pasted(template.draft(names))}" for name, template in wish.files]


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
