"""The API: its answers in this process, and its life as a process of its own."""

import http.client
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from playbook_engine.sandbox.api.endpoints import Api, Parts
from playbook_engine.sandbox.api.log import Log
from playbook_engine.sandbox.api.settings import Misconfigured, Settings
from playbook_engine.sandbox.identity import IdentityProvider, Trouble
from playbook_engine.sandbox.keys import KeysUnavailable, PinnedKeys
from playbook_engine.sandbox.tokens import PrivateKey, PublicKeys, jwk, sign
from playbook_engine.sandbox.web import Reply, Request


class _NoKeys:
    def keys(self) -> PublicKeys:
        raise KeysUnavailable("HTTP 503")


def _get(api: Api, path: str, authorization: str | None = None, method: str = "GET") -> Reply:
    headers = {} if authorization is None else {"authorization": authorization}
    return api.answer(Request(method=method, path=path, headers=headers))


def _pinned(key: PrivateKey, log: io.StringIO | None = None) -> Api:
    keys = PinnedKeys({key.public.kid: key.public})
    return Api(Parts(keys=keys, log=Log(log or io.StringIO()), now=lambda: 1_000.0))


def _without_keys() -> Api:
    return Api(Parts(keys=_NoKeys(), log=Log(), now=lambda: 0.0))


def test_health_is_well_with_a_key_and_degraded_without(key: PrivateKey) -> None:
    well = _get(_pinned(key), "/api/v1/health")
    assert (well.status, json.loads(well.body)) == (200, {"status": "ok", "checks": {"jwks": "ok"}})
    ill = _get(_without_keys(), "/api/v1/health")
    assert (ill.status, json.loads(ill.body)) == (503, {"status": "degraded", "checks": {"jwks": "unavailable"}})


def test_a_token_says_who_its_bearer_is(key: PrivateKey) -> None:
    token = sign({"sub": "ann", "exp": 2_000}, key)
    answer = _get(_pinned(key), "/api/v1/me", f"Bearer {token}")
    assert (answer.status, json.loads(answer.body)) == (200, {"sub": "ann"})


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer abc", "Bearer a.b.c"])
def test_without_a_good_token_nobody_is_let_in(key: PrivateKey, authorization: str | None) -> None:
    assert _get(_pinned(key), "/api/v1/me", authorization).status == 401


def test_refusals_name_jwks_when_that_is_the_reason(key: PrivateKey, other_key: PrivateKey) -> None:
    bearer = f"Bearer {sign({'sub': 'ann', 'exp': 2_000}, key)}"
    unavailable = _get(_without_keys(), "/api/v1/me", bearer)
    assert json.loads(unavailable.body) == {"error": "JWKS could not be fetched: HTTP 503"}
    unknown = _get(_pinned(other_key), "/api/v1/me", bearer)
    assert json.loads(unknown.body) == {"error": "JWKS has no key with the id that the token names"}


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/", 404), ("POST", "/api/v1/me", 405)])
def test_other_paths_and_methods_are_refused(key: PrivateKey, method: str, path: str, status: int) -> None:
    assert _get(_pinned(key), path, method=method).status == status


def test_the_access_log_has_a_line_for_each_request_and_no_token(key: PrivateKey) -> None:
    log = io.StringIO()
    token = sign({"sub": "ann", "exp": 2_000}, key)
    _get(_pinned(key, log), "/api/v1/me", f"Bearer {token}")
    _get(_pinned(key, log), "/\x1b[31mred")
    first, second = log.getvalue().splitlines()
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d INFO HTTP GET /api/v1/me \{\"duration_ms\":\d+,\"user\":\"-\"\} 200", first
    )
    assert "/%1B%5B31mred " in second
    assert second.endswith(" 404")
    assert token not in log.getvalue()


@pytest.mark.parametrize(
    ("environ", "why"),
    [
        ({}, "SUPABASE_JWKS_URL is not set"),
        ({"SUPABASE_JWKS_URL": "http://x", "PORT": "http"}, "PORT is not a whole number"),
        ({"SUPABASE_JWKS_URL": "http://x", "JWKS_CACHE_TTL_SECONDS": "1h"}, "JWKS_CACHE_TTL_SECONDS"),
        ({"SUPABASE_JWK": "{}"}, "SUPABASE_JWK cannot be used"),
    ],
)
def test_wrong_settings_are_named(environ: Mapping[str, str], why: str) -> None:
    with pytest.raises(Misconfigured, match=why):
        Settings.read(environ)


def test_an_empty_variable_counts_as_unset() -> None:
    settings = Settings.read({"SUPABASE_JWKS_URL": "http://x", "SUPABASE_JWK": " ", "PORT": "", "LOG_FILE": ""})
    assert (settings.pinned, settings.port, settings.log_file) == (None, 8080, None)


@contextmanager
def _process(environ: Mapping[str, str]) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run the API as the demo does; yield the process and the port that it names in its log."""
    command = [sys.executable, "-m", "playbook_engine.sandbox.api"]
    environment = {"PATH": os.defpath, "PORT": "0", **environ}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        match = re.search(r"Listening on 127\.0\.0\.1:(\d+)", line)
        assert match, line
        try:
            yield process, int(match[1])
        finally:
            process.kill()


def _ask(port: int, path: str, token: str = "") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_process_notices_an_outage_and_heals_with_a_pinned_key(key: PrivateKey, tmp_path: Path) -> None:
    identity = IdentityProvider(key)
    identity.start()
    token = identity.token("probe")
    log = tmp_path / "api.log"
    environ = {"SUPABASE_JWKS_URL": identity.jwks_url, "JWKS_CACHE_TTL_SECONDS": "0", "LOG_FILE": str(log)}
    with _process(environ) as (_, port):
        assert _ask(port, "/api/v1/me", token) == 200
        identity.suffer(Trouble.UNAVAILABLE)
        assert _ask(port, "/api/v1/me", token) == 401
        assert _ask(port, "/api/v1/health") == 503
    assert f"ERROR Failed to fetch JWKS from {identity.jwks_url}: HTTP 503\n" in log.read_text()
    with _process({**environ, "SUPABASE_JWK": json.dumps(jwk(key.public))}) as (_, port):
        assert _ask(port, "/api/v1/me", token) == 200
        assert _ask(port, "/api/v1/health") == 200
    identity.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_ends_well_when_it_is_asked_to(key: PrivateKey, number: signal.Signals) -> None:
    with _process({"SUPABASE_JWK": json.dumps(jwk(key.public))}) as (process, _):
        process.send_signal(number)
        assert process.wait(2) == 0


def test_a_misconfigured_process_says_why_and_fails() -> None:
    command = [sys.executable, "-m", "playbook_engine.sandbox.api"]
    environment = {"PATH": os.defpath, "SUPABASE_JWK": "nonsense"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 1
    assert done.stdout.endswith("CRITICAL SUPABASE_JWK cannot be used: not JSON\n")
    assert done.stderr == ""
