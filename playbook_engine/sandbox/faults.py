"""What can be broken in the demo stack, by name, and which playbook heals it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from playbook_engine.sandbox import causes
from playbook_engine.sandbox.causes import World
from playbook_engine.sandbox.identity import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A way to break the stack; `DemoStack.mend` takes any of them back."""

    name: str
    title: str
    cause: Callable[[World], None]
    playbook: str = "jwks-outage"
    alert: str = ""
    ends: str = "resolved"
    inputs: Mapping[str, str] = field(default_factory=dict)


FAULTS = {
    fault.name: fault
    for fault in (
        Fault(name="none", title="Nothing is broken", cause=causes.nothing, ends="healthy"),
        Fault(
            name="jwks",
            title="The JWKS endpoint answers 503, and no cached key is left",
            cause=causes.jwks(Trouble.UNAVAILABLE),
            alert="JWKSFetchFailed",
        ),
        Fault(
            name="jwks-slow",
            title="The JWKS endpoint answers too late",
            cause=causes.jwks(Trouble.SLOW),
            alert="JWKSFetchFailed",
        ),
        Fault(
            name="jwks-garbled",
            title="The JWKS endpoint answers with a web page instead of keys",
            cause=causes.jwks(Trouble.GARBLED),
            alert="JWKSFetchFailed",
        ),
        Fault(
            name="jwks-refused",
            title="Nobody listens at the JWKS endpoint",
            cause=causes.jwks(Trouble.REFUSING),
            alert="JWKSFetchFailed",
        ),
        Fault(
            name="stale-pin",
            title="JWKS answers 503, and the key kept for that is old",
            cause=causes.stale_pin,
            alert="JWKSFetchFailed",
            ends="unresolved",
        ),
        Fault(
            name="dns",
            title="The JWKS URL names a host without an address",
            cause=causes.no_such_name,
            alert="JWKSFetchFailed",
            ends="unresolved",
        ),
        Fault(
            name="api-down",
            title="The API's processes run, and none of them listens",
            cause=causes.deaf,
            playbook="api-service-down",
            alert="APIServiceDown",
        ),
        Fault(
            name="out-of-memory",
            title="Containers of the API are killed for their memory",
            cause=causes.out_of_memory,
            playbook="api-service-down",
            alert="APIServiceDown",
        ),
        Fault(
            name="missing-env",
            title="The API's .env is gone, and it does not start without",
            cause=causes.lost_settings,
            playbook="service-start-failure",
            alert="APIStartFailure",
        ),
        Fault(
            name="supabase",
            title="Supabase answers 503",
            cause=causes.supabase_down,
            playbook="supabase-outage",
            alert="SupabaseConnectionFailed",
        ),
        Fault(
            name="ai-limit",
            title="The AI API answers 429: too many requests at once",
            cause=causes.ai_limited,
            playbook="ai-rate-limit",
            alert="AIRateLimited",
        ),
        Fault(
            name="ai-quota",
            title="The AI API answers 429: the quota is used up",
            cause=causes.ai_quota,
            playbook="ai-rate-limit",
            alert="AIRateLimited",
            ends="unresolved",
        ),
        Fault(
            name="errors",
            title="Two instances cannot answer all requests: 503 for many",
            cause=causes.overload,
            playbook="high-error-rate",
            alert="HighErrorRate",
            inputs={"recent": "0s", "window": "60"},
        ),
        Fault(
            name="memory",
            title="The API's memory has grown, and its hosts have little left",
            cause=causes.leak,
            playbook="high-memory",
            alert="HighMemoryUsage",
            inputs={"sample_every": "1", "process_mib": "64"},
        ),
        Fault(
            name="disk",
            title="The /var of a host is nearly full with old logs",
            cause=causes.full_disk,
            playbook="triage",
            alert="DiskNearlyFull",
        ),
    )
}
"""Every fault, in the order in which they are shown."""
