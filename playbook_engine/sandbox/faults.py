"""What can be broken in the demo stack, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from playbook_engine.sandbox.identity import Trouble

BAD_JWKS_URL = "http://a-name-that-is-one-letter-too-long-for-any-name-service-in-the-world.invalid/auth/v1/.well-known/jwks.json"
"""A URL whose host has no address: a label of more than 63 letters is refused before anybody is asked (RFC 1035)."""


class World(Protocol):
    """The parts of the stack that a fault can get at."""

    def trouble_identity(self, trouble: Trouble) -> None:
        """Give the JWKS endpoint this trouble."""
        ...

    def set_jwks_url(self, url: str) -> None:
        """Have deployment and inventory name another JWKS URL."""
        ...

    def pin_retired_key(self) -> None:
        """Replace the signing key that is kept for emergencies by one that signs nothing any more."""
        ...

    def set_replicas(self, count: int) -> None:
        """Have so many processes of the API."""
        ...

    def let_it_show(self) -> None:
        """Wait until the API answers as one whose tokens cannot be verified."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A way to break the stack; `DemoStack.mend` takes any of them back."""

    name: str
    title: str
    cause: Callable[[World], None]


def _jwks(trouble: Trouble) -> Callable[[World], None]:
    def cause(world: World) -> None:
        world.trouble_identity(trouble)
        world.let_it_show()

    return cause


def _stale_pin(world: World) -> None:
    world.pin_retired_key()
    _jwks(Trouble.UNAVAILABLE)(world)


def _nothing(_: World) -> None:
    """Break nothing."""


FAULTS = {
    fault.name: fault
    for fault in (
        Fault(name="none", title="Nothing is broken", cause=_nothing),
        Fault(
            name="jwks",
            title="The JWKS endpoint answers 503, and no cached key is left",
            cause=_jwks(Trouble.UNAVAILABLE),
        ),
        Fault(name="jwks-slow", title="The JWKS endpoint answers too late", cause=_jwks(Trouble.SLOW)),
        Fault(
            name="jwks-garbled",
            title="The JWKS endpoint answers with a web page instead of keys",
            cause=_jwks(Trouble.GARBLED),
        ),
        Fault(name="jwks-refused", title="Nobody listens at the JWKS endpoint", cause=_jwks(Trouble.REFUSING)),
        Fault(
            name="stale-pin",
            title="The JWKS endpoint answers 503, and the key kept for emergencies is an old one",
            cause=_stale_pin,
        ),
        Fault(
            name="dns",
            title="The JWKS URL names a host without an address",
            cause=lambda world: world.set_jwks_url(BAD_JWKS_URL),
        ),
        Fault(
            name="api-down",
            title="No process of the API is running",
            cause=lambda world: world.set_replicas(0),
        ),
    )
}
"""Every fault, in the order in which they are shown."""
