"""What an SSH agent holds: keys, and certificates that it signs for."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import paramiko
from paramiko.agent import AgentKey, AgentSSH
from paramiko.pkey import PublicBlob

from playbook_engine.transports.ssh import host_certificate

_CERTIFICATE = "-cert-v01@openssh.com"


@dataclass(frozen=True, slots=True)
class Held:
    """A key in the agent, or a certificate of one; `plain` is the key itself."""

    key: AgentKey
    plain: bytes
    certified: bool

    @property
    def label(self) -> str:
        comment = "".join(char if char.isprintable() else "?" for char in str(self.key.comment))
        return f"{comment or self.key.get_name()} (agent{', certificate' if self.certified else ''})"

    def with_certificate(self, blob: PublicBlob) -> AgentKey:
        """Return the same key, shown with a certificate from elsewhere."""
        shown = AgentKey(agent=self.key.agent, blob=self.key.blob, comment=self.key.comment)
        shown.public_blob = blob  # type: ignore[assignment]  # it may be one
        return shown


@contextmanager
def held_keys(path: str | None, seconds: float, complaints: list[str]) -> Iterator[tuple[Held, ...]]:
    """Ask the agent behind a socket, which gets some seconds to answer; it is there until the block ends."""
    if path is None:
        yield ()
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        found: tuple[Held, ...] = ()
        try:
            connection.settimeout(max(seconds, 0.1))
            connection.connect(path)
            found = tuple(_held(key) for key in _Agent(connection).get_keys())
        except (OSError, paramiko.SSHException, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "no answer"
            complaints.append(f"the agent at {path} cannot be asked: {reason}")
        yield found


def _held(key: AgentKey) -> Held:
    if not key.get_name().endswith(_CERTIFICATE):
        return Held(key, key.asbytes(), certified=False)
    try:
        plain = host_certificate.read(key.get_name(), key.blob).key
    except host_certificate.Unreadable:
        plain = key.blob
    return Held(_AgentCertificate(key), plain, certified=True)


class _Agent(AgentSSH):
    """An agent behind a socket of ours, which has a timeout: paramiko's own waits for ever."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__()
        self._connect(connection)  # type: ignore[attr-defined]  # the typeshed leaves it out


class _AgentCertificate(AgentKey):
    """A certificate in the agent: paramiko would show the plain key in its place, and ask to sign with that."""

    def __init__(self, key: AgentKey) -> None:
        super().__init__(agent=key.agent, blob=key.blob, comment=key.comment)
        self.public_blob = PublicBlob(key.get_name(), key.blob)  # type: ignore[assignment]  # it may be one

    def asbytes(self) -> bytes:
        return self.blob
