"""The `http` action: one request, sent from the control machine, or as a host would send it itself.

http: GET {{ api_url }}/health

http:
  request: POST {{ api_url }}/cache/flush
  headers: {Authorization: "Bearer {{ secret.API_TOKEN }}"}
  json: {region: "{{ region }}", force: true}

http: {request: GET http://localhost:9999/health, via: ssh}
"""

import json
from collections.abc import Callable

from playbook_engine.actions.curl import Manner, curl
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
from playbook_engine.actions.http_query import Query, read_query
from playbook_engine.actions.http_trust import (
    AuthWish,
    TlsWish,
    auth_references,
    read_auth,
    read_tls,
    render_auth,
)
from playbook_engine.actions.http_url import READING_METHODS, RequestLine, read_request_line
from playbook_engine.actions.nodes import describe, known_fields, one_line, references_of, text_of
from playbook_engine.diagnostics import Problems, Span
from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import ActionKind, Addressing, ByHand, Effect, NamedFile, Success
from playbook_engine.model.document import Entry, Mapping, Node, Scalar, plain
from playbook_engine.model.expressions import Compiler, ExpressionError, Reference
from playbook_engine.model.requests import HttpRequest, Tls
from playbook_engine.model.targets import Cluster, Control, Host, Person, Target
from playbook_engine.phrases import actions as phrases
from playbook_engine.values import Duration, Names, Text, reveal

_TIMEOUT = Duration(10_000)
_SUCCESS = Success(words=phrases.Success.STATUS, expression="status < 400")
_PAYLOADS: dict[str, Callable[[Node, Compiler, Problems], Payload | None]] = {
    "json": read_json,
    "form": read_form,
    "body": read_body,
}
_TRUST = ("auth", "tls")
FOLLOW_AT_MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAction:
    """One HTTP request; `source` is what the author wrote, on one line."""

    span: Span
    line: RequestLine
    source: str
    query: Query = Query()
    headers: tuple[Field, ...] = ()
    payload: Payload | None = None
    auth: AuthWish | None = None
    tls: TlsWish | None = None
    follow: int = 0
    via_ssh: bool = False

    @property
    def addressing(self) -> Addressing:
        return Addressing.HOSTS if self.via_ssh else Addressing.CONTROL

    @property
    def files(self) -> tuple[NamedFile, ...]:
        return self.tls.known_files if self.tls else ()

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
        trust = auth_references(self.auth) + (self.tls.references if self.tls else ())
        return self.line.references + self.query.references + headers + references(self.payload) + trust

    def request(self, names: Names, target: Target, timeout: Duration) -> HttpRequest:
        """Render the request; raises ExpressionError."""
        payload = self.payload
        has_json = payload is not None and not isinstance(payload, Form | Body)
        url = self.query.added_to(self.line.url(names), names)
        return HttpRequest(
            target=self._sender(target),
            method=self.line.method,
            url=url,
            headers=tuple(field.header(names) for field in self.headers),
            json=None if payload is None or isinstance(payload, Form | Body) else render_json(payload, names),
            has_json=has_json,
            form=tuple(field.form(names) for field in payload.fields) if isinstance(payload, Form) else (),
            body=payload.template.text(names) if isinstance(payload, Body) else None,
            auth=render_auth(self.auth, names),
            tls=self._tls(url, names),
            follow=self.follow,
            via_ssh=self.via_ssh,
            timeout=timeout,
        )

    def by_hand(self, names: Names, target: Target | None) -> ByHand:
        """Return the request as a command line for curl."""
        del target
        manner = Manner(query=self.query, auth=self.auth, tls=self.tls, follow=self.follow)
        command = curl(self.line.method, self.line.draft(names), self.headers, self.payload, manner, names)
        return ByHand(command=command, success=_SUCCESS)

    def _sender(self, target: Target) -> Host | Control:
        match target:
            case Control() if self.via_ssh:
                message = "'via: ssh' sends the request through a host, and this is not carried out on hosts"
                raise ExpressionError(message, self.span, "Name the hosts, or leave 'via' out.")
            case Host() | Control():
                return target
            case Cluster() | Person():
                raise TypeError(f"http cannot be addressed to {target.name}")

    def _tls(self, url: Text, names: Names) -> Tls | None:
        if self.tls is None:
            return None
        if not reveal(url).lower().startswith("https:") and not self.follow:
            message = "'tls' is given, and the URL does not begin with https://"
            raise ExpressionError(message, self.line.span, "Use https://, or leave 'tls' out.")
        return self.tls.rendered(names)


def _read(node: Node, compiler: Compiler, problems: Problems) -> HttpAction | None:
    if isinstance(node, Mapping):
        return _long(node, compiler, problems)
    line = _line(node, compiler, problems)
    return HttpAction(span=node.span, line=line, source=f"{line.method} {line.source}") if line else None


def _line(node: Node, compiler: Compiler, problems: Problems) -> RequestLine | None:
    scalar = text_of(node, "a method and a URL, such as 'GET https://example.org/health'", problems)
    return read_request_line(scalar, compiler, problems) if scalar else None


def _long(form: Mapping, compiler: Compiler, problems: Problems) -> HttpAction | None:
    known_fields(form, ("request", "query", "headers", *_PAYLOADS, *_TRUST, "follow", "via"), "http", problems)
    node, header_node = form.get("request"), form.get("headers")
    if node is None:
        problems.error("missing-key", "http needs 'request', such as 'GET https://example.org/health'", form.span)
    line = None if node is None else _line(node, compiler, problems)
    headers = () if header_node is None else read_headers(header_node, compiler, problems)
    query = read_query(form.get("query"), compiler, problems)
    entry = _payload_entry(form, line, problems)
    payload = None if entry is None else _PAYLOADS[entry.key.text](entry.value, compiler, problems)
    trust = _trust(form, compiler, problems)
    follow, via_ssh = _follow(form.get("follow"), problems), _via(form.get("via"), problems)
    _check_together(form, line, headers or (), problems)
    if line is None or headers is None or query is None or trust is None or follow is None:
        return None
    if entry is not None and payload is None:
        return None
    return HttpAction(
        span=form.span,
        line=line,
        source=_source(form, line),
        query=query,
        headers=headers,
        payload=payload,
        auth=trust[0],
        tls=trust[1],
        follow=follow,
        via_ssh=via_ssh,
    )


def _trust(form: Mapping, compiler: Compiler, problems: Problems) -> tuple[AuthWish | None, TlsWish | None] | None:
    """Return `auth` and `tls`; None when one that is given is wrong."""
    auth_node, tls_node = form.get("auth"), form.get("tls")
    auth = None if auth_node is None else read_auth(auth_node, compiler, problems)
    tls = None if tls_node is None else read_tls(tls_node, compiler, problems)
    if (auth is None) != (auth_node is None) or (tls is None) != (tls_node is None):
        return None
    return auth, tls


def _follow(node: Node | None, problems: Problems) -> int | None:
    """Return how many redirects are followed; None when that is not a number of them."""
    if node is None:
        return 0
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= FOLLOW_AT_MOST:
        return value
    message = f"expected a number of redirects from 1 to {FOLLOW_AT_MOST}, found {describe(node)}"
    problems.error("wrong-value", message, node.span, "Leave 'follow' out to follow none.")
    return None


def _via(node: Node | None, problems: Problems) -> bool:
    if node is not None and not (isinstance(node, Scalar) and node.value == "ssh"):
        problems.error("wrong-value", f"expected ssh, found {describe(node)}", node.span)
    return node is not None


def _check_together(form: Mapping, line: RequestLine | None, headers: tuple[Field, ...], problems: Problems) -> None:
    """Report fields that contradict each other."""
    auth, tls = form.entry("auth"), form.entry("tls")
    if auth is not None and any(header.name.lower() == "authorization" for header in headers):
        message = "'auth' and the header 'Authorization' say the same thing twice"
        problems.error("conflicting-keys", message, auth.key.span, "Keep one of them.")
    plain_http = line is not None and line.source.lower().startswith("http:")
    if tls is not None and plain_http and "follow" not in form:
        message = "'tls' has no meaning for http://"
        problems.error("contradictory-field", message, tls.key.span, "Use https://, or leave it out.")


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


_FIELDS = (
    "status",
    "headers",
    "body",
    "duration",
    "connect_time",
    "tls_time",
    "ttfb",
    "certificate_days_left",
    "certificate_not_after",
    "certificate_names",
    "certificate_issuer",
    "json",
)
HTTP = ActionKind("http", Addressing.CONTROL, _read, fields=_FIELDS)

__all__ = ["HTTP", "HttpAction", "Json"]
