"""The API's configuration: environment variables, read once when the process starts.

PORT                          where to listen on loopback; 0 lets the system choose
LOG_FILE                      a file that every log line is appended to; standard output gets them too
HTTP_TIMEOUT_SECONDS          how long a call of another service may take (default 2)

SUPABASE_JWKS_URL             where the keys that verify tokens are fetched
SUPABASE_JWK                  a pinned key, or set of keys, as JSON; when it is set, nothing is fetched
JWKS_CACHE_TTL_SECONDS        how long fetched keys are used (default 300)
AUTH_FALLBACK_MODE            true: keys and rows that were good last are used while nobody gives fresh ones
FALLBACK_FOLDER               where those are kept between two processes

SUPABASE_URL                  the database's project; without it there are no conversations
SUPABASE_PROJECT_ID           another project at the same place: it stands for the last part of SUPABASE_URL
SUPABASE_SERVICE_KEY          what the database wants to see
DB_POOL_SIZE                  how many calls of the database at once (default 10); more of them wait

AI_API_URL, AI_API_KEY        who answers messages; without it there are none
AI_MODEL                      the model (default gpt-4o)
AI_MAX_CONCURRENT_REQUESTS    how many calls of the AI at once; 0, the default, is any number
AI_REQUEST_QUEUE_SIZE         how many more may wait (default 0)
RATE_LIMIT_PER_USER_QPS       how many messages a user may send in a second; 0, the default, is any number

MAX_REQUESTS                  how many requests are worked on at once (default 100); more are turned away
CIRCUIT_BREAKER_ENABLED       true: a service that fails is left alone for a while
CIRCUIT_BREAKER_THRESHOLD     from which percentage of failed calls on (default 50)
FEATURE_AI_ENABLED            false: messages are taken and not answered
FEATURE_ANALYTICS_ENABLED     false: analytics events are taken and dropped
CONVERSATION_CACHE            `unbounded` keeps each conversation in memory for good: the leak of the demo
"""

from collections.abc import Mapping
from dataclasses import dataclass

from playbook_engine.sandbox import tokens
from playbook_engine.sandbox.tokens import PublicKeys

_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


class Misconfigured(Exception):
    """The environment does not say what the API has to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the variables say."""

    port: int
    log_file: str | None
    timeout_seconds: float
    jwks_url: str
    pinned: PublicKeys | None
    cache_seconds: float
    fallback: bool
    fallback_folder: str | None
    supabase_url: str
    supabase_key: str
    pool_size: int
    ai_url: str
    ai_key: str
    ai_model: str
    ai_concurrent: int
    ai_queue: int
    user_rate: int
    most_requests: int
    breaker: bool
    breaker_threshold: int
    feature_ai: bool
    feature_analytics: bool
    hoards: bool

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the environment variables; Misconfigured names the one that is wrong."""
        settings = cls(
            port=_number(environ, "PORT", 8080),
            log_file=environ.get("LOG_FILE") or None,
            timeout_seconds=_number(environ, "HTTP_TIMEOUT_SECONDS", 2),
            jwks_url=environ.get("SUPABASE_JWKS_URL", ""),
            pinned=_pinned(environ.get("SUPABASE_JWK", "")),
            cache_seconds=_number(environ, "JWKS_CACHE_TTL_SECONDS", 300),
            fallback=_truth(environ, "AUTH_FALLBACK_MODE", default=False),
            fallback_folder=environ.get("FALLBACK_FOLDER") or None,
            supabase_url=_project(environ.get("SUPABASE_URL", ""), environ.get("SUPABASE_PROJECT_ID", "")),
            supabase_key=environ.get("SUPABASE_SERVICE_KEY", ""),
            pool_size=_number(environ, "DB_POOL_SIZE", 10),
            ai_url=environ.get("AI_API_URL", ""),
            ai_key=environ.get("AI_API_KEY", ""),
            ai_model=environ.get("AI_MODEL") or "gpt-4o",
            ai_concurrent=_number(environ, "AI_MAX_CONCURRENT_REQUESTS", 0),
            ai_queue=_number(environ, "AI_REQUEST_QUEUE_SIZE", 0),
            user_rate=_number(environ, "RATE_LIMIT_PER_USER_QPS", 0),
            most_requests=_number(environ, "MAX_REQUESTS", 100),
            breaker=_truth(environ, "CIRCUIT_BREAKER_ENABLED", default=False),
            breaker_threshold=_number(environ, "CIRCUIT_BREAKER_THRESHOLD", 50),
            feature_ai=_truth(environ, "FEATURE_AI_ENABLED", default=True),
            feature_analytics=_truth(environ, "FEATURE_ANALYTICS_ENABLED", default=True),
            hoards=environ.get("CONVERSATION_CACHE") == "unbounded",
        )
        if not settings.jwks_url and settings.pinned is None:
            raise Misconfigured("SUPABASE_JWKS_URL is not set, and no key is pinned by SUPABASE_JWK")
        return settings


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isdecimal():
        raise Misconfigured(f"{name} is not a whole number")
    return int(text)


def _truth(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = environ.get(name) or str(default)
    if text.lower() not in _TRUTHS:
        raise Misconfigured(f"{name} is neither true nor false")
    return _TRUTHS[text.lower()]


def _project(url: str, project: str) -> str:
    """Return where the project is: at Supabase it is the first label of the host, here the last part of the path."""
    if not project or not url:
        return url
    return f"{url.rpartition('/')[0]}/{project}"


def _pinned(text: str) -> PublicKeys | None:
    if not text.strip():
        return None
    try:
        return tokens.read_keys(text)
    except ValueError as problem:
        raise Misconfigured(f"SUPABASE_JWK cannot be used: {problem}") from None
