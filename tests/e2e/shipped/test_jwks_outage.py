"""`jwks-outage` on real hosts whose API reads its settings from .env."""

import pytest
from playing_parts import Parts
from scripted_web import Answer
from services_well import JWKS, ME

pytestmark = pytest.mark.sshd
FAULT = "2026-11-23 14:30:15 ERROR Failed to fetch JWKS from the identity provider: HTTP 503\n"


def broken(parts: Parts) -> None:
    """Have the endpoint fail, and refuse tokens until the pinned key stands in every host's .env."""
    parts.supabase.says(JWKS, Answer(status=503))
    parts.log("api-1").write_text(FAULT, encoding="utf-8")
    files = [parts.app_dir(host) / ".env" for host in parts.hosts]

    def me(_: object) -> Answer:
        pinned = all("SUPABASE_JWK=" in file.read_text(encoding="utf-8") for file in files)
        return Answer(status=200 if pinned else 401)

    parts.api.says(ME, me)


def test_all_is_well(parts: Parts) -> None:
    played = parts.play("jwks-outage")
    assert (played.code, played.verdict) == (0, "healthy"), played.screen


def test_containers_get_the_pinned_key_one_after_the_other(parts: Parts) -> None:
    broken(parts)
    parts.variables["platform"] = "docker"
    calls = parts.folder / "docker-calls"
    parts.tools.put("docker", f'echo "$*" >> {calls}')
    before = (parts.app_dir() / ".env").read_text(encoding="utf-8")

    played = parts.play("jwks-outage", given={"cache_ttl": 7200})

    assert (played.code, played.verdict) == (0, "resolved"), played.screen
    assert {"pin": "skipped", "pin_host": "ok", "token": "ok"}.items() <= played.outcomes.items()
    for host in parts.hosts:
        lines = (parts.app_dir(host) / ".env").read_text(encoding="utf-8").splitlines()
        assert lines[-2:] == [f"SUPABASE_JWK='{parts.secrets['SUPABASE_JWK']}'", "JWKS_CACHE_TTL_SECONDS=7200"]
        assert [kept.read_text(encoding="utf-8") for kept in parts.app_dir(host).glob(".env.0*")] == [before]
    assert calls.read_text(encoding="utf-8") == "restart gymbro-api\n" * 2
    played.hides(*parts.secrets.values())


def test_a_unit_that_does_not_start_again_gets_its_settings_back(parts: Parts) -> None:
    """The second host's unit fails with the new settings; both files are what they were, both units started again."""
    broken(parts)
    parts.variables["platform"] = "systemd"
    parts.host_variables["api-2"] = {"unit": "gymbro-api-2"}
    calls = parts.folder / "systemctl-calls"
    fails = f'echo "$*" >> {calls}; [ "$2" != gymbro-api-2 ] || ! grep -q SUPABASE_JWK= {parts.app_dir("api-2")}/.env'
    parts.tools.put("systemctl", fails)
    before = (parts.app_dir() / ".env").read_text(encoding="utf-8")

    played = parts.play("jwks-outage")

    assert (played.code, played.verdict) == (1, "unresolved"), played.screen
    assert played.undone == ["Write the pinned signing key and the cache time into .env, and restart"]
    assert [(parts.app_dir(host) / ".env").read_text(encoding="utf-8") for host in parts.hosts] == [before] * 2
    assert (
        sorted(calls.read_text(encoding="utf-8").splitlines())
        == ["restart gymbro-api"] * 2 + ["restart gymbro-api-2"] * 2
    )
    assert played.told == ["tech_manager"]
