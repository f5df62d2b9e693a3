"""Which keys we can show: files, and what an agent holds.

Named files come first, through the agent where it holds them: then an encrypted key needs no passphrase here. The
agent's other keys follow, unless IdentitiesOnly forbids, and the default files come last.
"""

import base64
import binascii
import socket
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from paramiko.agent import AgentKey, AgentSSH
from paramiko.pkey import UnknownKeyType

from playbook_engine.transports.ssh.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class Identity:
    """A key to try, and how people know it."""

    label: str
    key: paramiko.PKey


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why a key file could not be used."""

    reason: str


@dataclass(slots=True)
class KeyRing:
    """Key files, each read once for all hosts: checking an RSA key takes as long as a handshake."""

    _read: dict[Path, "paramiko.PKey | Unusable | None"] = field(default_factory=dict)

    def load(self, path: Path) -> "paramiko.PKey | Unusable | None":
        """Return the key, why it cannot be used, or None when there is no such file."""
        if path not in self._read:
            self._read[path] = _load(path)
        return self._read[path]


@dataclass(slots=True)
class Identities:
    """The keys for one endpoint, one after the other; `complaints` fills up on the way."""

    endpoint: Endpoint
    ring: KeyRing
    complaints: list[str] = field(default_factory=list)

    def each(self, seconds: float) -> Generator[Identity, None, None]:
        """Return the keys in the order in which they are to be tried; the agent gets some seconds to answer."""
        with _agent_keys(self.endpoint.agent_socket, seconds, self.complaints) as held:
            named = self.endpoint.identities_named
            if named:
                yield from self._files(held)
            if not self.endpoint.identities_only:
                used = {_public(path) for path in self.endpoint.identities}
                yield from (_held(key) for key in held if key.asbytes() not in used)
            if not named:
                yield from self._files(held)

    def _files(self, held: tuple[AgentKey, ...]) -> Iterator[Identity]:
        for path in self.endpoint.identities:
            public = _public(path)
            in_agent = next((key for key in held if key.asbytes() == public), None)
            if in_agent is not None:
                yield Identity(f"{path} (agent)", in_agent)
                continue
            match self.ring.load(path):
                case Unusable(reason):
                    self.complaints.append(reason)
                case None if self.endpoint.identities_named:
                    self.complaints.append(f"{path} does not exist")
                case paramiko.PKey() as key:
                    yield Identity(str(path), key)
                case _:
                    continue


class _Agent(AgentSSH):
    """An agent behind a socket of ours, which has a timeout: paramiko's own waits for ever."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__()
        self._connect(connection)  # type: ignore[attr-defined]  # the typeshed leaves it out


@contextmanager
def _agent_keys(path: str | None, seconds: float, complaints: list[str]) -> Iterator[tuple[AgentKey, ...]]:
    if path is None:
        yield ()
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        keys: tuple[AgentKey, ...] = ()
        try:
            connection.settimeout(max(seconds, 0.1))
            connection.connect(path)
            keys = _Agent(connection).get_keys()
        except (OSError, paramiko.SSHException, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "no answer"
            complaints.append(f"the agent at {path} cannot be asked: {reason}")
        yield keys


def _held(key: AgentKey) -> Identity:
    comment = "".join(char if char.isprintable() else "?" for char in str(key.comment))
    return Identity(f"{comment or key.get_name()} (agent)", key)


def _public(path: Path) -> bytes | None:
    """Return the public part of a key file, when it lies beside it."""
    try:
        fields = Path(f"{path}.pub").read_text(encoding="utf-8", errors="replace").split()
        return base64.b64decode(fields[1], validate=True)
    except (OSError, IndexError, binascii.Error):
        return None


def _load(path: Path) -> "paramiko.PKey | Unusable | None":
    try:
        return paramiko.PKey.from_path(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        return Unusable(f"{path} cannot be read: {error.strerror}")
    except (TypeError, paramiko.PasswordRequiredException):
        return Unusable(f"{path} is encrypted, and no agent holds it (ssh-add {path})")
    except (ValueError, paramiko.SSHException, UnknownKeyType, UnsupportedAlgorithm, IndexError):
        return Unusable(f"{path} is not a private key that can be used")
