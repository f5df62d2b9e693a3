"""The API's process: from its settings to its end."""

import signal
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from playbook_engine.sandbox import keys
from playbook_engine.sandbox.api.assistant import Assistant
from playbook_engine.sandbox.api.endpoints import Api, Parts
from playbook_engine.sandbox.api.fallback import Kept, KeptKeys, keys_text
from playbook_engine.sandbox.api.hoard import Hoard
from playbook_engine.sandbox.api.limits import Rate, Slots
from playbook_engine.sandbox.api.log import Log
from playbook_engine.sandbox.api.settings import Misconfigured, Settings
from playbook_engine.sandbox.api.supabase import Database
from playbook_engine.sandbox.api.upstream import Breaker, Upstream
from playbook_engine.sandbox.keys import FetchedKeys, KeySource, PinnedKeys
from playbook_engine.sandbox.web import WebServer

DEAFEN = signal.SIGUSR1
_DRAIN_SECONDS = 0.2


def main(environ: Mapping[str, str]) -> int:
    """Serve until SIGTERM or SIGINT; return the exit status.

    SIGUSR1 is the fault of a process that is there and serves nobody: it closes the port, and goes on living.
    """
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, {*ends, DEAFEN})  # for `sigwait` below; threads inherit it
    with ExitStack() as files:
        try:
            settings = Settings.read(environ)
            log = _log(environ, files)
            server = WebServer(Api(parts(settings, log)).answer, settings.port)
        except (Misconfigured, OSError) as problem:
            fail(str(problem), environ)
            return 1
        server.start()
        log.write("INFO", f"Listening on 127.0.0.1:{server.port}, {_keys_text(settings)}")
        if signal.sigwait({*ends, DEAFEN}) == DEAFEN:
            server.close()
            log.write("CRITICAL", "The loop that accepts connections has ended: Exception: too many open files")
            signal.sigwait(ends)
        server.close(grace=_DRAIN_SECONDS)
        log.write("INFO", "Stopped")
    return 0


def fail(why: str, environ: Mapping[str, str]) -> None:
    """Write why the process cannot start, wherever its log can be written."""
    with ExitStack() as files:
        try:
            log = _log(environ, files)
        except OSError:
            log = Log(sys.stdout)
        log.write("CRITICAL", why)


def parts(settings: Settings, log: Log) -> Parts:
    """Make what the settings ask for."""
    kept = Kept(Path(settings.fallback_folder) if settings.fallback_folder else None, fallback=settings.fallback)
    now = time.time  # noqa: TID251 this is the composition root of a program of its own
    return Parts(
        keys=KeptKeys(_key_source(settings, log), kept, keys_text),
        log=log,
        now=now,
        database=_database(settings, kept, log),
        assistant=_assistant(settings, log),
        hoard=Hoard() if settings.hoards else None,
        work=Slots(settings.most_requests, 0),
        features={"ai": settings.feature_ai, "analytics": settings.feature_analytics},
    )


def _key_source(settings: Settings, log: Log) -> KeySource:
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


def _database(settings: Settings, kept: Kept, log: Log) -> Database | None:
    if not settings.supabase_url:
        return None
    key = {"apikey": settings.supabase_key}
    rest = _upstream(settings, settings.supabase_url, key)
    analytics = _upstream(settings, settings.supabase_url, key)  # it has a breaker of its own
    return Database(rest, analytics, settings.pool_size, kept, log)


def _assistant(settings: Settings, log: Log) -> Assistant | None:
    if not settings.ai_url:
        return None
    ai = _upstream(settings, settings.ai_url, {"Authorization": f"Bearer {settings.ai_key}"})
    slots = Slots(settings.ai_concurrent, settings.ai_queue)
    return Assistant(ai, settings.ai_model, slots, Rate(settings.user_rate, time.monotonic), log)


def _upstream(settings: Settings, url: str, headers: Mapping[str, str]) -> Upstream:
    threshold = settings.breaker_threshold if settings.breaker else None
    breaker = Breaker(threshold, time.monotonic)
    return Upstream(url=url, timeout=settings.timeout_seconds, breaker=breaker, headers=headers)


def _log(environ: Mapping[str, str], files: ExitStack) -> Log:
    name = environ.get("LOG_FILE")
    if not name:
        return Log(sys.stdout)
    return Log(sys.stdout, files.enter_context(open(name, "a", encoding="utf-8")))  # noqa: PTH123 a path as configured


def _keys_text(settings: Settings) -> str:
    if settings.pinned is not None:
        return f"JWKS pinned: {', '.join(settings.pinned)}"
    return f"JWKS from {settings.jwks_url}, cached for {settings.cache_seconds:g} s"
