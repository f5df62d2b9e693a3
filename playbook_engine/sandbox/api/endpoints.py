"""Which path of the API does what; each request has its line in the log."""

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeAlias
from urllib.parse import quote

from playbook_engine.sandbox import tokens
from playbook_engine.sandbox.api.assistant import Assistant
from playbook_engine.sandbox.api.hoard import Hoard
from playbook_engine.sandbox.api.limits import Full, Slots
from playbook_engine.sandbox.api.log import Log, compact
from playbook_engine.sandbox.api.supabase import Database
from playbook_engine.sandbox.api.upstream import UpstreamFailed
from playbook_engine.sandbox.keys import KeySource, KeysUnavailable
from playbook_engine.sandbox.tokens import TokenRefused
from playbook_engine.sandbox.web import Reply, Request, json_reply

Endpoint: TypeAlias = Callable[[Request], Reply]
_USER = re.compile(r"[A-Za-z0-9_-]{1,40}")
_BAD = {"unavailable"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the endpoints are made of; a part that is not configured is None."""

    keys: KeySource
    log: Log
    now: Callable[[], float]
    database: Database | None = None
    assistant: Assistant | None = None
    hoard: Hoard | None = None
    work: Slots | None = None
    features: Mapping[str, bool] | None = None


class Api:
    """The endpoints; `answer` is the whole of it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._work = parts.work or Slots(0, 0)
        self._features = parts.features or {}
        self._always: Mapping[tuple[str, str], Endpoint] = {
            ("GET", "/api/v1/health"): self._health,
            ("GET", "/api/v1/admin/db-stats"): self._db_stats,
            ("GET", "/api/v1/admin/thread-stats"): self._thread_stats,
        }
        self._worked: Mapping[tuple[str, str], Endpoint] = {
            ("GET", "/api/v1/me"): self._me,
            ("GET", "/api/v1/conversations"): self._conversations,
            ("POST", "/api/v1/messages"): self._message,
            ("POST", "/api/v1/events"): self._event,
        }

    def answer(self, request: Request) -> Reply:
        """Answer one request and write its line to the access log."""
        began = time.monotonic()
        reply = self._route(request)
        about = compact({"duration_ms": round((time.monotonic() - began) * 1000), "user": _user(request)})
        level = "ERROR" if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR else "INFO"
        path = quote(request.path, safe="/%:")
        self._parts.log.write(level, f"HTTP {request.method} {path} {about} {reply.status}")
        return reply

    def _route(self, request: Request) -> Reply:
        method = "GET" if request.method == "HEAD" else request.method
        if (always := self._always.get((method, request.path))) is not None:
            return always(request)
        worked = self._worked.get((method, request.path))
        if worked is None:
            return self._unrouted(request.path)
        try:
            with self._work.slot():
                return worked(request)
        except Full:
            self._parts.log.write("ERROR", f"Overloaded: {self._work.size} requests are being worked on already")
            return _unavailable("overloaded")

    def _unrouted(self, path: str) -> Reply:
        known = [method for method, route in (*self._always, *self._worked) if route == path]
        if not known:
            return json_reply(HTTPStatus.NOT_FOUND, {"error": "not found"})
        allow = ", ".join("GET, HEAD" if method == "GET" else method for method in known)
        return json_reply(HTTPStatus.METHOD_NOT_ALLOWED, {"error": "method not allowed"}, allow=allow)

    def _health(self, _: Request) -> Reply:
        """Say whether requests can be answered now; for that a key is got and the database asked, as they would."""
        checks = {"jwks": self._keys_state()}
        if self._parts.database is not None:
            checks["supabase"] = self._parts.database.state()
        if self._parts.assistant is not None:
            checks["ai"] = self._parts.assistant.state if self._features.get("ai", True) else "off"
        if _BAD & set(checks.values()):
            return json_reply(HTTPStatus.SERVICE_UNAVAILABLE, {"status": "degraded", "checks": checks})
        return json_reply(HTTPStatus.OK, {"status": "ok", "checks": checks})

    def _keys_state(self) -> str:
        try:
            self._parts.keys.keys()
        except KeysUnavailable:
            return "unavailable"
        return "ok"

    def _db_stats(self, _: Request) -> Reply:
        if self._parts.database is None:
            return _unavailable("no database is configured")
        return json_reply(HTTPStatus.OK, self._parts.database.stats())

    def _thread_stats(self, _: Request) -> Reply:
        work = self._work
        threads = {"active": threading.active_count(), "max": work.size or None}
        return json_reply(HTTPStatus.OK, {"threads": threads, "requests": {"active": work.taken, "queued": 0}})

    def _me(self, request: Request) -> Reply:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return _unauthorized("send a bearer token")
        try:
            claims = self._verify(token.strip())
        except KeysUnavailable as problem:
            return _unauthorized(f"JWKS could not be fetched: {problem}")
        except TokenRefused as problem:
            return _unauthorized(str(problem))
        return json_reply(HTTPStatus.OK, {"sub": claims.get("sub")})

    def _verify(self, token: str) -> dict[str, object]:
        kid = tokens.key_id(token)
        key = self._parts.keys.keys().get(kid)
        if key is None:
            raise TokenRefused("JWKS has no key with the id that the token names")
        return tokens.verify(token, key, self._parts.now())

    def _conversations(self, _: Request) -> Reply:
        if self._parts.database is None:
            return _unavailable("no database is configured")
        if self._parts.hoard is not None:
            self._parts.hoard.keep()
        try:
            return json_reply(HTTPStatus.OK, self._parts.database.conversations())
        except UpstreamFailed as problem:
            return _unavailable(f"the database does not answer: {problem}")

    def _message(self, request: Request) -> Reply:
        if not self._features.get("ai", True):
            return json_reply(HTTPStatus.ACCEPTED, {"answer": None, "why": "the AI is switched off"})
        if self._parts.assistant is None:
            return _unavailable("no AI is configured")
        return self._parts.assistant.answer(_user(request), f"c-{_user(request)}")

    def _event(self, _: Request) -> Reply:
        """Take an analytics event; one that is dropped on purpose is accepted all the same."""
        if self._parts.database is None or not self._features.get("analytics", True):
            return json_reply(HTTPStatus.ACCEPTED, {"recorded": False})
        try:
            self._parts.database.record({"kind": "seen"})
        except UpstreamFailed as problem:
            if problem.is_protection:
                return json_reply(HTTPStatus.ACCEPTED, {"recorded": False})
            self._parts.log.write("ERROR", f"Analytics could not be written: {problem}")
            return json_reply(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": "the event was not recorded"})
        return json_reply(HTTPStatus.CREATED, {"recorded": True})


def _user(request: Request) -> str:
    user = request.headers.get("x-user", "")
    return user if _USER.fullmatch(user) else "-"


def _unavailable(why: str) -> Reply:
    return json_reply(HTTPStatus.SERVICE_UNAVAILABLE, {"error": why})


def _unauthorized(why: str) -> Reply:
    return json_reply(HTTPStatus.UNAUTHORIZED, {"error": why}, www_authenticate="Bearer")
