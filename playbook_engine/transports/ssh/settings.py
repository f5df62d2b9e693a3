"""The SSH transport's limits, and where the files of the user are."""

import getpass
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playbook_engine.transports.bounded import Bounds
from playbook_engine.values import Duration

_SYSTEM: Final = Path("/etc/ssh")
_KEY_TYPES: Final = ("ed25519", "ecdsa", "rsa")

LAST_WORDS_S: Final = 0.1
"""How long is waited for what a command says last, once it has been ended or its time is up."""
GREETING_S: Final = 1.0
"""How long a shell may take to say that it is there, when its command is to be ended already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of everything, and for how long."""

    connect: Duration = Duration(10_000)
    """From the name to the end of the authentication, where `~/.ssh/config` says nothing."""
    alive: Duration = Duration(15_000)
    """How long nothing may come from a host until it is asked whether it is there (ServerAliveInterval)."""
    alive_count: int = 3
    """How many such questions may stay without an answer, until the connection counts as lost."""
    handshakes: int = 20
    """At once: key exchange is work for the processor."""
    channels: int = 8
    """Per connection at once; OpenSSH allows 10, and two are kept for ending what is overdue."""
    threads: int = 128
    grace: Duration = Duration(2_000)
    """Between SIGTERM and SIGKILL."""
    linger: Duration = Duration(1_000)
    """How long nothing may come after the command itself has ended, until its output counts as complete."""
    output: Bounds = Bounds()  # noqa: RUF009  a frozen value
    warm: bool = True
    """Whether shells stay on a host for several commands; where they cannot, each command gets a session anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFiles:
    """Where this user's SSH files are, as OpenSSH knows them; a file that does not exist says nothing."""

    home: Path
    user: str
    config: tuple[Path, ...]
    known_hosts: tuple[Path, ...]
    identities: tuple[Path, ...]
    agent_socket: str | None
    global_known_hosts: tuple[Path, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    """For `${NAME}` in the configuration, and for a ProxyCommand."""

    @classmethod
    def standard(cls, home: Path, user: str, environ: Mapping[str, str]) -> "UserFiles":
        """Return the places that OpenSSH looks at when nobody tells it otherwise."""
        own = home / ".ssh"
        return cls(
            home=home,
            user=user,
            config=(own / "config", _SYSTEM / "ssh_config"),
            known_hosts=(own / "known_hosts", own / "known_hosts2"),
            global_known_hosts=(_SYSTEM / "ssh_known_hosts", _SYSTEM / "ssh_known_hosts2"),
            environ=environ,
            identities=tuple(own / f"id_{kind}" for kind in _KEY_TYPES),
            agent_socket=environ.get("SSH_AUTH_SOCK") or None,
        )


def current_user() -> str:
    """Return the name of the account that runs this program, as far as it has one."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""  # a container's user id without a name: the inventory has to say who logs in


def wall_clock() -> float:
    """Return the time of day, by which certificates are valid or not."""
    return time.time()  # noqa: TID251  a host's certificate is judged at the moment it is shown
