"""The hosts on the way to a host, as ProxyJump names them: `user@bastion:2222,next`."""

import re
from dataclasses import dataclass
from typing import Final

from playbook_engine.model.replies import FaultKind
from playbook_engine.transports.ssh.faults import Unable

_HOP: Final = re.compile(
    r"(?:ssh://)?(?:(?P<user>[^\s,]+)@)?(?:\[(?P<six>[0-9A-Fa-f:.%\w]+)\]|(?P<host>[^\s,:@/\[\]]+))(?::(?P<port>\d{1,5}))?/?"
)


@dataclass(frozen=True, slots=True)
class Hop:
    """One host on the way; what it leaves open is for its own configuration to say."""

    host: str
    user: str | None = None
    port: int | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{f'{self.user}@' if self.user else ''}{host}{f':{self.port}' if self.port else ''}"


def hops(text: str) -> tuple[Hop, ...]:
    """Return the hosts in the order in which they are passed; raises Unable."""
    return tuple(_hop(part.strip(), text) for part in text.split(","))


def _hop(part: str, text: str) -> Hop:
    match = _HOP.fullmatch(part)
    port = int(match["port"]) if match and match["port"] else None
    name = (match["six"] or match["host"]) if match else ""
    if match is None or name.startswith("-") or (port is not None and not 0 < port < 65536):
        message = f"ProxyJump: '{part or text}' is not a host such as user@bastion:2222"
        raise Unable(FaultKind.ERROR, message)
    return Hop(name, match["user"], port)
