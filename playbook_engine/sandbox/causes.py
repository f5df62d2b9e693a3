"""How each fault comes about: a part of the stack is made ill, and it is waited until that can be seen."""

from collections.abc import Callable, Mapping
from typing import Protocol

from playbook_engine.sandbox.ai import MODEL
from playbook_engine.sandbox.identity import Trouble
from playbook_engine.sandbox.machines import Machines
from playbook_engine.sandbox.outside import Outside
from playbook_engine.sandbox.supabase import Condition
from playbook_engine.sandbox.traffic import Pace, Traffic

BAD_JWKS_URL = "http://a-name-that-is-one-letter-too-long-for-any-name-service-in-the-world.invalid/auth/v1/.well-known/jwks.json"
"""A URL whose host has no address: a label of more than 63 letters is refused before anybody is asked (RFC 1035)."""


class World(Protocol):
    """The parts of the stack that a fault can get at."""

    outside: Outside
    machines: Machines
    traffic: Traffic

    def set_jwks_url(self, url: str) -> None:
        """Have deployment and inventory name another JWKS URL."""
        ...

    def pin_retired_key(self) -> None:
        """Replace the signing key that is kept for emergencies by one that signs nothing any more."""
        ...

    def deploy(
        self,
        *,
        replicas: int | None = None,
        memory: str | None = None,
        variables: Mapping[str, str] | None = None,
        settles: bool = True,
    ) -> None:
        """Have the API run so, and not as it does at the start; one that `settles` is waited for."""
        ...

    def deafen(self) -> None:
        """Let every process of the API close its port, and live on."""
        ...

    def let_it_refuse(self) -> None:
        """Wait until the API answers as one whose tokens cannot be verified."""
        ...

    def let_it_show(self, pattern: str, lines: int) -> None:
        """Wait until so many of the last lines of every log fit."""
        ...

    def let_it_be_killed(self) -> None:
        """Wait until every pod's process was killed for its memory."""
        ...

    def let_it_fail(self) -> None:
        """Wait until no process of the API serves any more."""
        ...


def jwks(trouble: Trouble) -> Callable[[World], None]:
    def cause(world: World) -> None:
        world.outside.identity.suffer(trouble)
        world.let_it_refuse()

    return cause


def stale_pin(world: World) -> None:
    world.pin_retired_key()
    jwks(Trouble.UNAVAILABLE)(world)


def nothing(_: World) -> None:
    """Break nothing."""


def deaf(world: World) -> None:
    world.deafen()
    world.let_it_fail()


def out_of_memory(world: World) -> None:
    world.deploy(replicas=0)
    world.deploy(memory="8Mi", settles=False)
    world.let_it_be_killed()


def supabase_down(world: World) -> None:
    world.outside.supabase.suffer(main=Condition(status=503))
    world.traffic.have(Pace(users=6, pause=0.3, asks=("conversations", "me")))
    world.let_it_show("Database connection failed", 10)


def ai_limited(world: World) -> None:
    world.outside.ai.limit({MODEL: 10}, answer_seconds=0.5)
    world.traffic.have(Pace(users=20, pause=0.6, asks=("messages",)))
    world.let_it_show("AI API request failed: 429", 10)


def ai_quota(world: World) -> None:
    world.outside.ai.limit({MODEL: 0})
    world.traffic.have(Pace(users=4, pause=0.3, asks=("messages", "me")))
    world.let_it_show("AI API request failed: 429", 10)


def overload(world: World) -> None:
    world.outside.supabase.suffer(main=Condition(delay=0.4))
    world.deploy(variables={"MAX_REQUESTS": "3"})
    world.traffic.have(Pace(users=12, pause=0.6, asks=("conversations",)))
    world.let_it_show("Overloaded", 15)


def leak(world: World) -> None:
    world.deploy(variables={"CONVERSATION_CACHE": "unbounded"})
    world.traffic.rush("conversations", 440)
    world.traffic.have(Pace(users=4, pause=0.5, asks=("conversations",)))


def lost_settings(world: World) -> None:
    world.deploy(replicas=0)
    world.machines.forget_settings()
    world.deploy(settles=False)
    world.let_it_show("missing required settings", 1)


def full_disk(world: World) -> None:
    world.machines.fill_disk()


def no_such_name(world: World) -> None:
    world.set_jwks_url(BAD_JWKS_URL)
