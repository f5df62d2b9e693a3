"""One host as it is to be reached: where, as whom, by which way, and how we know that it is the one."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playbook_engine.values import Secret

PORT: Final = 22
METHODS: Final = ("publickey", "keyboard-interactive", "password")
"""The ways to prove who we are, in OpenSSH's order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Where the keys of hosts are kept, and what happens to one that nobody knows."""

    user_files: tuple[Path, ...]
    global_files: tuple[Path, ...] = ()
    accept_new: bool = False
    """Whether an unknown key is taken and kept (`StrictHostKeyChecking accept-new`)."""
    hashed: bool = False
    """Whether names are kept as hashes (`HashKnownHosts`)."""
    algorithms: str | None = None
    """The list that HostKeyAlgorithms names."""

    @property
    def files(self) -> tuple[Path, ...]:
        return self.user_files + self.global_files


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What there is to log in with."""

    identities: tuple[Path, ...]
    identities_named: bool = False
    """Whether someone named these files, so that a missing one is worth mentioning."""
    identities_only: bool = False
    certificates: tuple[Path, ...] = ()
    agent_socket: str | None = None
    algorithms: str | None = None
    """The list that PubkeyAcceptedAlgorithms names."""
    methods: tuple[str, ...] = METHODS
    password: Secret | None = None
    passphrase: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long is waited for the host; it is asked every `alive_s` whether it is there (0: never)."""

    connect_s: float
    alive_s: float = 15.0
    alive_count: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Everything that is needed to reach one host and to know that it is the one.

    The way to it is direct, or leads through the host `jump`, or is what the program `proxy` makes of it.
    """

    name: str
    address: str
    port: int
    user: str
    known_as: str
    """The name to look for in known_hosts, with its port unless that is 22."""
    known_too: str | None = None
    """The name without the port, which OpenSSH looks for when it does not find the other."""
    trust: Trust
    proof: Proof
    pace: Pace
    family: str = "any"
    """`inet` or `inet6` when only such addresses may be used."""
    jump: "Endpoint | None" = None
    proxy: str | None = None

    def __str__(self) -> str:
        place = f"{self.address}:{self.port}" if ":" not in self.address else f"[{self.address}]:{self.port}"
        return place if self.name == self.address else f"{self.name} ({place})"

    @property
    def whole_s(self) -> float:
        """Return how long it may take to reach the host, the hosts on the way included."""
        return self.pace.connect_s + (self.jump.whole_s if self.jump else 0.0)
