"""The GymBro-like API of the demo: `python -m playbook_engine.sandbox.api`.

It is configured by environment variables alone:

PORT                     where to listen on loopback; 0 lets the system choose
SUPABASE_JWKS_URL        where the keys that verify tokens are fetched
SUPABASE_JWK             a pinned key, or set of keys, as JSON; when it is set, nothing is fetched
JWKS_CACHE_TTL_SECONDS   how long fetched keys are used (default 300)
HTTP_TIMEOUT_SECONDS     how long a fetch may take (default 2)
LOG_FILE                 a file that every log line is appended to; standard output gets them too
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TextIO
from urllib.parse import quote

from playbook_engine.sandbox import keys, tokens
from playbook_engine.sandbox.keys import FetchedKeys, KeySource, KeysUnavailable, PinnedKeys
from playbook_engine.sandbox.stamps import log_time
from playbook_engine.sandbox.tokens import PublicKeys, TokenRefused
from playbook_engine.sandbox.web import Reply, Request, WebServer, json_reply

_DRAIN_SECONDS = 0.2


class Misconfigured(Exception):
    """The environment does not say what the API has to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The configuration, read once when the process starts."""

    port: int
    jwks_url: str
    pinned: PublicKeys | None
    cache_seconds: float
    timeout_seconds: float
    log_file: str | None

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the environment variables; Misconfigured names the one that is wrong."""
        settings = cls(
            port=int(_number(environ, "PORT", "8080")),
            jwks_url=environ.get("SUPABASE_JWKS_URL", ""),
            pinned=_pinned(environ.get("SUPABASE_JWK", "")),
            cache_seconds=_number(environ, "JWKS_CACHE_TTL_SECONDS", "300"),
            timeout_seconds=_number(environ, "HTTP_TIMEOUT_SECONDS", "2"),
            log_file=environ.get("LOG_FILE") or None,
        )
        if not settings.jwks_url and settings.pinned is None:
            raise Misconfigured("SUPABASE_JWKS_URL is not set, and no key is pinned by SUPABASE_JWK")
        return settings


class Log:
    """Writes each line to all of its files at once; lines of two threads do not mix."""

    def __init__(self, *files: TextIO) -> None:
        self._files = files
        self._lock = threading.Lock()

    def write(self, level: str, message: str) -> None:
        line = f"{log_time()} {level} {message}\n"
        with self._lock:
            for file in self._files:
                file.write(line)
                file.flush()


class Api:
    """The endpoints; `answer` is the whole of it."""

    def __init__(self, source: KeySource, log: Log, now: Callable[[], float]) -> None:
        self._source = source
        self._log = log
        self._now = now

    def answer(self, request: Request) -> Reply:
        """Answer one request and write its line to the access log."""
        began = time.monotonic()
        reply = self._route(request)
        took = round((time.monotonic() - began) * 1000)
        path = quote(request.path, safe="/%:")
        self._log.write("INFO", f"HTTP {request.method} {path} {reply.status} duration_ms={took}")
        return reply

    def _route(self, request: Request) -> Reply:
        endpoints = {"/api/v1/health": self._health, "/api/v1/me": self._me}
        endpoint = endpoints.get(request.path)
        if endpoint is None:
            return json_reply(HTTPStatus.NOT_FOUND, {"error": "not found"})
        if request.method not in {"GET", "HEAD"}:
            return json_reply(HTTPStatus.METHOD_NOT_ALLOWED, {"error": "method not allowed"}, allow="GET, HEAD")
        return endpoint(request)

    def _health(self, _: Request) -> Reply:
        """Say whether a token could be verified now; for that it gets a key, as a real request would."""
        try:
            self._source.keys()
        except KeysUnavailable:
            degraded = {"status": "degraded", "checks": {"jwks": "unavailable"}}
            return json_reply(HTTPStatus.SERVICE_UNAVAILABLE, degraded)
        return json_reply(HTTPStatus.OK, {"status": "ok", "checks": {"jwks": "ok"}})

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
        key = self._source.keys().get(kid)
        if key is None:
            raise TokenRefused("JWKS has no key with the id that the token names")
        return tokens.verify(token, key, self._now())


def key_source(settings: Settings, log: Log) -> KeySource:
    """Return the pinned keys when there are any, else those of the JWKS endpoint."""
    if settings.pinned is not None:
        return PinnedKeys(settings.pinned)
    url = settings.jwks_url
    return FetchedKeys(
        fetch=partial(keys.fetch, url, settings.timeout_seconds),
        ttl=settings.cache_seconds,
        monotonic=time.monotonic,
        report=lambda problem: log.write("ERROR", f"Failed to fetch JWKS from {url}: {problem}"),
    )


def main(environ: Mapping[str, str]) -> int:
    """Serve until SIGTERM or SIGINT; return the exit status."""
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # for `sigwait` below; threads inherit it
    with ExitStack() as files:
        try:
            settings = Settings.read(environ)
            log = Log(sys.stdout, *_log_files(settings, files))
            now = time.time  # noqa: TID251 this is the composition root of a program of its own
            server = WebServer(Api(key_source(settings, log), log, now).answer, settings.port)
        except (Misconfigured, OSError) as problem:
            Log(sys.stdout).write("CRITICAL", str(problem))
            return 1
        server.start()
        log.write("INFO", f"Listening on 127.0.0.1:{server.port}, {_keys_text(settings)}")
        signal.sigwait(ends)
        server.close(grace=_DRAIN_SECONDS)
        log.write("INFO", "Stopped")
    return 0


def _log_files(settings: Settings, files: ExitStack) -> tuple[TextIO, ...]:
    if settings.log_file is None:
        return ()
    return (files.enter_context(open(settings.log_file, "a", encoding="utf-8")),)  # noqa: PTH123 a path as configured


def _keys_text(settings: Settings) -> str:
    if settings.pinned is not None:
        return f"JWKS pinned: {', '.join(settings.pinned)}"
    return f"JWKS from {settings.jwks_url}, cached for {settings.cache_seconds:g} s"


def _number(environ: Mapping[str, str], name: str, default: str) -> float:
    text = environ.get(name) or default
    if not text.isdecimal():
        raise Misconfigured(f"{name} is not a whole number")
    return int(text)


def _pinned(text: str) -> PublicKeys | None:
    if not text.strip():
        return None
    try:
        return tokens.read_keys(text)
    except ValueError as problem:
        raise Misconfigured(f"SUPABASE_JWK cannot be used: {problem}") from None


def _unauthorized(why: str) -> Reply:
    return json_reply(HTTPStatus.UNAUTHORIZED, {"error": why}, www_authenticate="Bearer")


if __name__ == "__main__":
    sys.exit(main(os.environ))
