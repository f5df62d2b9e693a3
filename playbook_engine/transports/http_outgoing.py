"""A request as the library takes it, and where a redirect leads it."""

import base64
import json
from dataclasses import dataclass, replace
from typing import Final, assert_never
from urllib.parse import urlencode, urljoin

import httpx

from playbook_engine.model.replies import FaultKind
from playbook_engine.model.requests import Auth, Basic, Bearer, HttpRequest, Tls
from playbook_engine.model.targets import Host
from playbook_engine.transports.http_faults import Trouble
from playbook_engine.values import Secret, SecretText, Text, Value, reveal

READING: Final = ("GET", "HEAD", "OPTIONS")
REDIRECTS: Final = (301, 302, 303, 307, 308)
_CREDENTIALS: Final = ("authorization", "cookie", "proxy-authorization")


@dataclass(frozen=True, slots=True)
class Header:
    """A header; `private` says that it is for the first host only."""

    name: bytes
    value: bytes
    private: bool = False

    @classmethod
    def of(cls, name: str, value: Text) -> "Header":
        private = name.lower() in _CREDENTIALS or isinstance(value, SecretText)
        return cls(name.encode("ascii"), reveal(value).strip(" \t").encode("utf-8"), private)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request with its secrets revealed; lives only while it is sent. `through` is the host that carries it."""

    method: str
    url: httpx.URL
    headers: tuple[Header, ...]
    content: bytes | None
    tls: Tls | None = None
    through: Host | None = None

    @classmethod
    def of(cls, request: HttpRequest) -> "Outgoing":
        """Return the request ready to be sent; raises httpx.InvalidURL, and ValueError for what cannot be written."""
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
            url=httpx.URL(reveal(request.url)),
            headers=tuple(headers),
            content=content,
            tls=request.tls,
            through=target if through and isinstance(target, Host) else None,
        )

    @property
    def pairs(self) -> list[tuple[bytes, bytes]]:
        return [(header.name, header.value) for header in self.headers]

    def redirected(self, status: int, location: str) -> "Outgoing | Trouble":
        """Return the request that a redirect asks for, or why it is not made."""
        try:
            url = httpx.URL(urljoin(str(self.url), location))
        except (httpx.InvalidURL, ValueError):
            return _stopped("leads to a URL that is not valid")
        if url.scheme not in {"http", "https"} or not url.host:
            return _stopped("leads to something that is not HTTP")
        if url.userinfo:
            return _stopped("leads to a URL with a user name or a password")
        if self.url.scheme == "https" and url.scheme == "http":
            return _stopped("leads from https to http")
        there = replace(self if _keeps_method(self.method, status) else self._without_body(), url=url)
        return there if _origin(url) == _origin(self.url) else _for_another_host(there)

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


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


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
