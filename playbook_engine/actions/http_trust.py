"""Who we are and whom we trust: `auth` and `tls` of a request.

    auth: {bearer: "{{ secret.API_TOKEN }}"}
    auth: {basic: {user: ops, password: "{{ secret.API_PASSWORD }}"}}
    tls: {ca: certs/internal-ca.pem, cert: certs/ops.pem, server_name: api.internal}

Passwords and tokens come from secrets. The paths of `tls` count from the playbook's folder. There is no word for
not checking a server's certificate.
"""

import re
from pathlib import Path
from typing import TypeAlias, assert_never

from playbook_engine.actions.credentials import read_credential, render_credential
from playbook_engine.actions.nodes import known_fields, mapping_of, references_of, text_of
from playbook_engine.diagnostics import Problems
from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import NamedFile
from playbook_engine.model.document import Mapping, Node
from playbook_engine.model.expressions import Compiler, ExpressionError, Reference, Template
from playbook_engine.model.requests import Auth, Basic, Bearer, Tls
from playbook_engine.values import Names, SecretText, reveal

FILES = ("ca", "cert", "key")
_PASSWORD, _TOKEN = "the password", "the token"
_NO_NAME = re.compile(r"[^A-Za-z0-9._:-]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class BasicWish:
    user: Template
    password: Template


@dataclass(frozen=True, slots=True)
class BearerWish:
    token: Template


AuthWish: TypeAlias = BasicWish | BearerWish


def auth_references(wish: AuthWish | None) -> tuple[Reference, ...]:
    """Return the names that an authentication uses."""
    match wish:
        case None:
            return ()
        case BasicWish(user, password):
            return references_of((user, password))
        case BearerWish(token):
            return token.references
        case _:
            assert_never(wish)


def render_auth(wish: AuthWish | None, names: Names) -> Auth | None:
    """Return who we are; raises ExpressionError."""
    match wish:
        case None:
            return None
        case BasicWish(user, password):
            return Basic(user=_user(user, names), password=render_credential(password, _PASSWORD, names))
        case BearerWish(token):
            return Bearer(token=render_credential(token, _TOKEN, names))
        case _:
            assert_never(wish)


def _user(template: Template, names: Names) -> SecretText | str:
    text = template.text(names)
    if ":" in reveal(text) or _CONTROL.search(reveal(text)):
        message = "a user name for basic authentication holds no colon and no control character"
        raise ExpressionError(message, template.span)
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsWish:
    """What `tls` says; `folder` is where its paths count from."""

    folder: Path
    files: tuple[tuple[str, Template], ...] = ()
    server_name: Template | None = None

    @property
    def references(self) -> tuple[Reference, ...]:
        named = (template for _, template in self.files)
        return references_of((*named, self.server_name) if self.server_name else named)

    @property
    def known_files(self) -> tuple[NamedFile, ...]:
        """Return the files whose names hold no values."""
        return tuple(
            NamedFile(self._path(template.source), template.span) for _, template in self.files if template.is_literal
        )

    def rendered(self, names: Names) -> Tls:
        """Return the files and the name; raises ExpressionError."""
        paths = {field: self._path(_shown_text(template, "a path", names)) for field, template in self.files}
        return Tls(**paths, server_name=self._name(names))

    def _name(self, names: Names) -> str | None:
        if self.server_name is None:
            return None
        text = _shown_text(self.server_name, "a host name", names)
        if not text or _NO_NAME.search(text):
            raise ExpressionError(f"'{text}' is not a host name", self.server_name.span)
        return text

    def _path(self, text: str) -> str:
        return str(self.folder / Path(text).expanduser())


def _shown_text(template: Template, what: str, names: Names) -> str:
    text = template.text(names)
    if isinstance(text, SecretText):
        raise ExpressionError(f"{what} is shown, so it cannot be a secret", template.span)
    if "\0" in text:
        raise ExpressionError(f"a NUL character cannot be part of {what}", template.span)
    return text


def read_auth(node: Node, compiler: Compiler, problems: Problems) -> AuthWish | None:
    """Read `auth`: one of `basic` and `bearer`."""
    form = mapping_of(node, "{basic: …} or {bearer: …}", problems)
    if form is None:
        return None
    known_fields(form, ("basic", "bearer"), "auth", problems)
    basic, bearer = form.get("basic"), form.entry("bearer")
    if basic is not None and bearer is not None:
        problems.error("conflicting-keys", "'auth' is 'basic' or 'bearer'", bearer.key.span, "Keep one of them.")
        return None
    if basic is not None:
        return _basic(basic, compiler, problems)
    if bearer is not None:
        token = read_credential(bearer.value, _TOKEN, compiler, problems)
        return None if token is None else BearerWish(token)
    problems.error("missing-key", "'auth' needs 'basic' or 'bearer'", node.span)
    return None


def _basic(node: Node, compiler: Compiler, problems: Problems) -> BasicWish | None:
    form = mapping_of(node, "{user: …, password: …}", problems)
    if form is None:
        return None
    known_fields(form, ("user", "password"), "basic", problems)
    for name in ("user", "password"):
        if name not in form:
            problems.error("missing-key", f"'basic' needs '{name}'", form.span)
    user = _text(form, "user", "a user name", compiler, problems)
    password = form.get("password")
    secret = None if password is None else read_credential(password, _PASSWORD, compiler, problems)
    return BasicWish(user, secret) if user and secret else None


def read_tls(node: Node, compiler: Compiler, problems: Problems) -> TlsWish | None:
    """Read `tls`: files of certificates, and the name that the server must prove."""
    form = mapping_of(node, "what to trust, such as {ca: certs/internal-ca.pem}", problems)
    if form is None:
        return None
    known_fields(form, (*FILES, "server_name"), "tls", problems)
    key = form.entry("key")
    if key is not None and "cert" not in form:
        problems.error("missing-key", "'key' has no meaning without 'cert'", key.key.span)
    read = {name: _text(form, name, "the path of a PEM file", compiler, problems) for name in FILES if name in form}
    server = _text(form, "server_name", "a host name", compiler, problems)
    files = tuple((name, template) for name, template in read.items() if template is not None)
    if len(files) < len(read) or (server is None and "server_name" in form):
        return None
    return TlsWish(folder=Path(node.span.source.name).parent, files=files, server_name=server)


def _text(form: Mapping, name: str, expected: str, compiler: Compiler, problems: Problems) -> Template | None:
    node = form.get(name)
    scalar = None if node is None else text_of(node, expected, problems)
    return compiler.template(scalar) if scalar else None
