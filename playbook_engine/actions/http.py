"""The `http` action: one request, sent from the control machine.

http: GET {{ api_url }}/health

http:
  request: POST {{ api_url }}/cache/flush
  headers: {Authorization: "Bearer {{ secret.API_TOKEN }}"}
  json: {region: "{{ region }}", force: true}
"""

import json
from collections.abc import Callable

from playbook_engine.actions.curl import curl
from playbook_engine.actions.http_payload import (
    Body,
    Field,
    Form,
    Json,
    Payload,
    read_body,
    read_form,
    read_headers,
    read_json,
    references,
    render_json,
)
from playbook_engine.actions.http_url import READING_METHODS, RequestLine, read_request_line
from playbook_engine.actions.nodes import known_fields, one_line, references_of, text_of
from playbook_engine.diagnostics import Problems, Span
from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import ActionKind, Addressing, ByHand, Effect, Success
from playbook_engine.model.document import Entry, Mapping, Node, plain
from playbook_engine.model.expressions import Compiler, Reference
from playbook_engine.model.requests import HttpRequest
from playbook_engine.model.targets import Cluster, Control, Host, Person, Target
from playbook_engine.values import Duration, Names

_TIMEOUT = Duration(10_000)
_SUCCESS = Success(words="the status is below 400", expression="status < 400")
_PAYLOADS: dict[str, Callable[[Node, Compiler, Problems], Payload | None]] = {
    "json": read_json,
    "form": read_form,
    "body": read_body,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAction:
    """One HTTP request; `source` is what the author wrote, on one line."""

    span: Span
    line: RequestLine
    source: str
    headers: tuple[Field, ...] = ()
    payload: Payload | None = None

    @property
    def kind(self) -> str:
        return "http"

    @property
    def effect(self) -> Effect:
        return Effect.READS if self.line.method in READING_METHODS else Effect.CHANGES

    @property
    def may_only_read(self) -> bool:
        return self.line.method == "POST"

    @property
    def effect_reason(self) -> str:
        return f"HTTP {self.line.method}"

    @property
    def default_timeout(self) -> Duration:
        return _TIMEOUT

    @property
    def references(self) -> tuple[Reference, ...]:
        headers = references_of(field.template for field in self.headers)
        return self.line.references + headers + references(self.payload)

    def request(self, names: Names, target: Target, timeout: Duration) -> HttpRequest:
        """Render the request; raises ExpressionError."""
        payload = self.payload
        has_json = payload is not None and not isinstance(payload, Form | Body)
        return HttpRequest(
            target=_sender(target),
            method=self.line.method,
            url=self.line.url(names),
            headers=tuple(field.header(names) for field in self.headers),
            json=None if payload is None or isinstance(payload, Form | Body) else render_json(payload, names),
            has_json=has_json,
            form=tuple(field.form(names) for field in payload.fields) if isinstance(payload, Form) else (),
            body=payload.template.text(names) if isinstance(payload, Body) else None,
            timeout=timeout,
        )

    def by_hand(self, names: Names, target: Target | None) -> ByHand:
        """Return the request as a command line for curl."""
        del target
        command = curl(self.line.method, self.line.draft(names), self.headers, self.payload, names)
        return ByHand(command=command, success=_SUCCESS)


def _sender(target: Target) -> Host | Control:
    match target:
        case Host() | Control():
            return target
        case Cluster() | Person():
            raise TypeError(f"http cannot be addressed to {target.name}")


def _read(node: Node, compiler: Compiler, problems: Problems) -> HttpAction | None:
    if isinstance(node, Mapping):
        return _long(node, compiler, problems)
    line = _line(node, compiler, problems)
    return HttpAction(span=node.span, line=line, source=f"{line.method} {line.source}") if line else None


def _line(node: Node, compiler: Compiler, problems: Problems) -> RequestLine | None:
    scalar = text_of(node, "a method and a URL, such as 'GET https://example.org/health'", problems)
    return read_request_line(scalar, compiler, problems) if scalar else None


def _long(form: Mapping, compiler: Compiler, problems: Problems) -> HttpAction | None:
    known_fields(form, ("request", "headers", *_PAYLOADS), "http", problems)
    node, header_node = form.get("request"), form.get("headers")
    if node is None:
        problems.error("missing-key", "http needs 'request', such as 'GET https://example.org/health'", form.span)
    line = None if node is None else _line(node, compiler, problems)
    headers = () if header_node is None else read_headers(header_node, compiler, problems)
    entry = _payload_entry(form, line, problems)
    payload = None if entry is None else _PAYLOADS[entry.key.text](entry.value, compiler, problems)
    if line is None or headers is None or (entry is not None and payload is None):
        return None
    return HttpAction(span=form.span, line=line, source=_source(form, line), headers=headers, payload=payload)


def _payload_entry(form: Mapping, line: RequestLine | None, problems: Problems) -> Entry | None:
    """Return the one of `json`, `form` and `body` that is given; several, or one with a GET, are reported."""
    entries = [entry for entry in form if entry.key.text in _PAYLOADS]
    for extra in entries[1:]:
        message = f"'{entries[0].key.text}' and '{extra.key.text}' exclude each other"
        problems.error("conflicting-keys", message, extra.key.span, "A request has one body.")
    if entries and line is not None and line.method in ("GET", "HEAD"):
        message = f"a {line.method} request has no body"
        problems.error("body-not-allowed", message, entries[0].key.span, "Use POST, or put values into the query.")
    return entries[0] if entries else None


def _source(form: Mapping, line: RequestLine) -> str:
    rest = (
        f"{entry.key.text}: {json.dumps(plain(entry.value), ensure_ascii=False)}"
        for entry in form
        if entry.key.text != "request"
    )
    return one_line(" ".join((f"{line.method} {line.source}", *rest)))


HTTP = ActionKind("http", Addressing.CONTROL, _read, fields=("status", "headers", "body", "duration", "json"))

__all__ = ["HTTP", "HttpAction", "Json"]
