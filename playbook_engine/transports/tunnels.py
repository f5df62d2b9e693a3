"""A way through a host to something that the host can reach: what http needs of ssh."""

from typing import Protocol

from playbook_engine.model.replies import Fault
from playbook_engine.model.targets import Host


class Tunnel(Protocol):
    """Bytes there and back. What breaks on the way is an OSError."""

    @property
    def readable(self) -> bool:
        """Return whether `receive` would answer at once: there are bytes, or the other side has ended."""
        ...

    async def receive(self, most: int) -> bytes:
        """Wait for bytes and return some, at most so many; none when the other side has ended."""
        ...

    async def send(self, data: bytes) -> None: ...

    async def close(self) -> None: ...


class Tunnels(Protocol):
    """Opens ways through hosts, over the connections that commands use too."""

    async def open_tunnel(self, host: Host, address: str, port: int) -> Tunnel | Fault:
        """Return a way to the address as the host understands it, or why there is none."""
        ...
