"""What the web services around the API say when all is well; a test then scripts what is not."""

from collections.abc import Callable

from scripted_web import Answer, ScriptedWeb

from playbook_engine.sandbox.web import Request

HEALTH = "/api/v1/health"
DB_STATS = "/api/v1/admin/db-stats"
THREAD_STATS = "/api/v1/admin/thread-stats"
ME = "/api/v1/me"
REST = "/rest/v1/"
CONVERSATIONS = "/rest/v1/conversations"
JWKS = "/auth/v1/.well-known/jwks.json"
STATUS = "/status"
MODELS = "/v1/models"
USAGE = "/v1/usage"
ALERTS_V1 = "/api/v1/alerts"
ALERTS_V2 = "/api/v2/alerts"


def api(web: ScriptedWeb) -> None:
    checks = {"jwks": "ok", "supabase": "ok", "ai": "ok"}
    pool, queries = {"size": 10, "in_use": 1, "idle": 9, "waiting": 0}, {"total": 123, "failed": 0, "slow": 0}
    threads = {"threads": {"active": 6, "max": 200}, "requests": {"active": 1, "queued": 0}}
    web.says(HEALTH, Answer(json={"status": "ok", "checks": checks}))
    web.says(ME, Answer(json={"sub": "probe"}))
    web.says(DB_STATS, Answer(json={"pool": pool, "queries": queries}))
    web.says(THREAD_STATS, Answer(json=threads))


def supabase(web: ScriptedWeb, key: str) -> None:
    """REST asks for the service's key, as the real one does; the keys of tokens are for everybody."""
    web.says(REST, _for_the_key(key, Answer(json={"swagger": "2.0", "info": {"title": "standard public schema"}})))
    web.says(CONVERSATIONS, _for_the_key(key, Answer(json=[{"id": 1}])))
    web.says(JWKS, Answer(json={"keys": [{"kty": "RSA", "kid": "k1", "use": "sig", "n": "0vx7", "e": "AQAB"}]}))
    web.says(
        STATUS, Answer(json={"page": {}, "status": {"indicator": "none", "description": "All Systems Operational"}})
    )


def ai(web: ScriptedWeb, key: str) -> None:
    models = {"object": "list", "data": [{"id": "gpt-4o", "object": "model"}, {"id": "gpt-3.5-turbo"}]}
    web.says(MODELS, _for_the_bearer(key, Answer(json=models)))
    web.says(USAGE, _for_the_bearer(key, Answer(json={"total_usage": 1200, "limit": 100000, "remaining": 98800})))


def alertmanager(web: ScriptedWeb) -> None:
    """Nothing fires. Version 1 of the API is gone since Alertmanager 0.27, as in most installations."""
    web.says(ALERTS_V1, Answer(status=404))
    web.says(ALERTS_V2, Answer(json=[]))


def firing(web: ScriptedWeb, name: str, severity: str = "critical") -> None:
    """Have one alert fire, in the form of version 2."""
    alert = {"labels": {"alertname": name, "severity": severity}, "status": {"state": "active"}}
    web.says(ALERTS_V2, Answer(json=[alert]))


def firing_v1(web: ScriptedWeb, name: str, severity: str = "critical") -> None:
    """Have one alert fire, in the form of version 1 that the old page asks for."""
    alert = {"labels": {"alertname": name, "severity": severity}, "state": "firing"}
    web.says(ALERTS_V1, Answer(json={"status": "success", "data": [alert]}))
    web.says(ALERTS_V2, Answer(status=404))


def _for_the_key(key: str, answer: Answer) -> Callable[[Request], Answer]:
    refused = Answer(status=401, json={"message": "Invalid API key"})
    return lambda request: answer if request.headers.get("apikey") == key else refused


def _for_the_bearer(key: str, answer: Answer) -> Callable[[Request], Answer]:
    refused = Answer(status=401, json={"error": {"message": "Incorrect API key provided"}})
    return lambda request: answer if request.headers.get("authorization") == f"Bearer {key}" else refused
