"""A request as the library takes it, and where a redirect leads it."""

import base64
import json
from dataclasses import dataclass, replace
from typing import Final, assert_never
from urllib.parse import urlencode

from playbook_engine import __version__
from playbook_engine.model.replies import FaultKind
from playbook_engine.model.requests import Auth, Basic, Bearer, HttpRequest, Tls
from playbook_engine.model.targets import Host
from playbook_engine.transports.http.address import Address, BadUrl
from playbook_engine.transports.http.faults import Trouble
from playbook_engine.values import Secret, SecretText, Text, Value, reveal

READING: Final = ("GET", "HEAD", "OPTIONS")
REDIRECTS: Final = (301, 302, 303, 307, 308)
_WITH_BODY: Final = ("POST", "PUT", "PATCH")
_ALWAYS: Final = (
    (b"User-Agent", f"runbook/{__version__}".encode("ascii")),
    (b"Accept", b"*/*"),
    (b"Accept-Encoding", b"gzip, deflate"),
)
_FIRST_HOST_ONLY: Final = ("authorization", "cookie", "host", "proxy-authorization")


@dataclass(frozen=True, slots=True)
class Header:
    """A header; `private` says that it is for the first host only."""

    name: bytes
    value: bytes
    private: bool = False

    @classmethod
    def of(cls, name: str, value: Text) -> "Header":
        private = name.lower() in _FIRST_HOST_ONLY or isinstance(value, SecretText)
        return cls(name.encode("ascii"), reveal(value).strip(" \t").encode("utf-8"), private)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request with its secrets revealed; lives only while it is sent. `through` is the host that carries it."""

    method: str
    url: Address
    headers: tuple[Header, ...]
    content: bytes | None
    tls: Tls | None = None
    through: Host | None = None

    @classmethod
    def of(cls, request: HttpRequest) -> "Outgoing":
        """Return the request ready to be sent; raises BadUrl, and ValueError for what cannot be written."""
        content, content_type = _content(request)
        headers = [Header.of(name, value) for name, value in request.headers]
        if content_type and not any(header.name.lower() == b"content-type" for header in headers):
            headers.append(Header(b"Content-Type", content_type.encode("ascii")))
        if request.auth is not None:
            headers.append(Header(b"Authorization", _credentials(request.auth), private=True))
        target = request.target
        through = isinstance(target, Host) and request.via_ssh and target.connection != "local"
        return cls(
            method=request.method,
            url=Address.of(reveal(request.url)),
            headers=tuple(headers),
            content=content,
            tls=request.tls,
            through=target if through and isinstance(target, Host) else None,
        )

    @property
    def pairs(self) -> list[tuple[bytes, bytes]]:
        """Return the headers as they are sent, with those that every request has unless it says otherwise."""
        given = {header.name.lower() for header in self.headers}
        always = [(b"Host", self.url.authority.encode("ascii")), *_ALWAYS]
        if b"transfer-encoding" in given:
            pass
        elif self.content is not None:
            always.append((b"Content-Length", b"%d" % len(self.content)))
        elif self.method in _WITH_BODY:
            always.append((b"Content-Length", b"0"))
        pairs = [(name, value) for name, value in always if name.lower() not in given]
        return pairs + [(header.name, header.value) for header in self.headers]

    def redirected(self, status: int, location: str) -> "Outgoing | Trouble":
        """Return the request that a redirect asks for, or why it is not made."""
        try:
            url = self.url.joined(location)
        except BadUrl as bad:
            return _stopped(f"leads to {bad.words}")
        if self.url.secure and not url.secure:
            return _stopped("leads from https to http")
        there = replace(self if _keeps_method(self.method, status) else self._without_body(), url=url)
        return there if url.origin == self.url.origin else _for_another_host(there)

    def _without_body(self) -> "Outgoing":
        headers = tuple(header for header in self.headers if header.name.lower() != b"content-type")
        method = "HEAD" if self.method == "HEAD" else "GET"
        return replace(self, method=method, headers=headers, content=None)


def _for_another_host(there: Outgoing) -> Outgoing | Trouble:
    """Leave everything out that says who we are."""
    if there.content is not None:
        return _stopped("would send the body to another host")
    headers = tuple(header for header in there.headers if not header.private)
    tls = None if there.tls is None or there.tls.ca is None else Tls(ca=there.tls.ca)
    return replace(there, headers=headers, tls=tls)


def _keeps_method(method: str, status: int) -> bool:
    """Return whether the redirect repeats the request: 303 asks for a GET, and after a POST 301 and 302 mean it."""
    return status in {307, 308} or (status in {301, 302} and method != "POST") or method in {"GET", "HEAD"}


def _stopped(why: str) -> Trouble:
    return Trouble(FaultKind.REFUSED, f"the redirect {why}; it was not followed", begun=True)


def _credentials(auth: Auth) -> bytes:
    match auth:
        case Basic(user=user, password=password):
            return b"Basic " + base64.b64encode(f"{reveal(user)}:{reveal(password)}".encode())
        case Bearer(token=token):
            return b"Bearer " + reveal(token).encode()
        case _:
            assert_never(auth)


def _content(request: HttpRequest) -> tuple[bytes | None, str]:
    if request.has_json:
        text = json.dumps(_revealed(request.json), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8"), "application/json"
    if request.form:
        pairs = [(name, reveal(value)) for name, value in request.form]
        return urlencode(pairs).encode("ascii"), "application/x-www-form-urlencoded"
    if request.body is not None:
        return reveal(request.body).encode("utf-8"), "text/plain; charset=utf-8"
    return None, ""


def _revealed(value: Value) -> object:
    """Return a JSON value with its secrets as the server must get them."""
    match value:
        case Secret() | SecretText():
            return value.reveal()
        case list() | tuple():
            return [_revealed(item) for item in value]
        case None | bool() | int() | float() | str():
            return value
        case _:
            return {name: _revealed(item) for name, item in value.items()}
