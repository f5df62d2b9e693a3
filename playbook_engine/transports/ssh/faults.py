"""Every exception that can come up on the way to a host, as a Fault.

Most of paramiko's exceptions say little; what can be told apart before they are raised is told where it happens
(`dial`, `login`). This table is the net under that.
"""

import errno
import socket
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import paramiko
from paramiko.buffered_pipe import PipeTimeout
from paramiko.pkey import UnknownKeyType
from paramiko.sftp import SFTPError

from playbook_engine.model.replies import Fault, FaultKind


class Unable(Exception):
    """It cannot be done, for the reason that `fault` tells."""

    def __init__(self, kind: FaultKind, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.fault = Fault(kind=kind, message=message, hint=hint)


class Unavailable(Unable):
    """The host turned us away before it said who it is; another try in a moment may do."""


KINDS: Final[Mapping[type[Exception], tuple[FaultKind, str]]] = {
    paramiko.PasswordRequiredException: (FaultKind.AUTH, "the private key is encrypted"),
    paramiko.BadAuthenticationType: (FaultKind.AUTH, "the host does not accept keys for this user"),
    paramiko.ssh_exception.PartialAuthentication: (FaultKind.AUTH, "the host wants a second proof besides the key"),
    paramiko.ssh_exception.UnableToAuthenticate: (FaultKind.AUTH, "the host accepted none of the keys"),
    paramiko.AuthenticationException: (FaultKind.AUTH, "the host did not accept the key"),
    paramiko.BadHostKeyException: (FaultKind.HOST_KEY, "the host's key is not the one that is known"),
    paramiko.ChannelException: (FaultKind.REFUSED, "the host refused to open a session"),
    paramiko.ssh_exception.IncompatiblePeer: (
        FaultKind.UNREACHABLE,
        "the host and we have no algorithm in common for the handshake",
    ),
    paramiko.ssh_exception.MessageOrderError: (
        FaultKind.UNREACHABLE,
        "the handshake was disturbed: messages came that have no place in it",
    ),
    paramiko.ProxyCommandFailure: (FaultKind.UNREACHABLE, "the command that ProxyCommand names failed"),
    paramiko.ssh_exception.NoValidConnectionsError: (FaultKind.UNREACHABLE, "no address of the host answered"),
    paramiko.ssh_exception.CouldNotCanonicalize: (FaultKind.UNREACHABLE, "the host's name could not be completed"),
    paramiko.ConfigParseError: (FaultKind.ERROR, "the SSH configuration cannot be read"),
    UnknownKeyType: (FaultKind.ERROR, "the private key is of a type that is not supported"),
    PipeTimeout: (FaultKind.UNREACHABLE, "the host did not answer in time"),
    SFTPError: (FaultKind.ERROR, "the file transfer failed"),
    paramiko.SSHException: (FaultKind.UNREACHABLE, "the SSH connection failed"),
    EOFError: (FaultKind.UNREACHABLE, "the host closed the connection"),
    socket.gaierror: (FaultKind.UNREACHABLE, "the host's name cannot be resolved"),
    TimeoutError: (FaultKind.UNREACHABLE, "the host did not answer in time"),
    ConnectionRefusedError: (FaultKind.UNREACHABLE, "nothing listens there (connection refused)"),
    ConnectionResetError: (FaultKind.UNREACHABLE, "the host reset the connection"),
    OSError: (FaultKind.UNREACHABLE, "the connection failed"),
}
"""What each exception means; a class without a line of its own means what its parent means."""

_SPEAKING: Final = frozenset(
    {socket.gaierror, OSError, paramiko.SSHException, paramiko.ssh_exception.IncompatiblePeer}
)
"""Where the exception's own text adds something: a reason from the system, or a detail of the protocol."""


def translate(error: Exception, place: str) -> Fault:
    """Return what an exception means that came up before anything was asked of the host."""
    if isinstance(error, Unable):
        return error.fault
    for parent in type(error).__mro__:
        if parent in KINDS:
            kind, meaning = KINDS[parent]
            return Fault(kind=kind, message=f"{place}: {meaning}{_detail(error, parent)}")
    return Fault(kind=FaultKind.ERROR, message=f"{place}: internal error: {type(error).__name__}")


def lost(fault: Fault) -> Fault:
    """Return the same fault for when it came up after the command had been sent."""
    kind = FaultKind.LOST if fault.kind is FaultKind.UNREACHABLE else fault.kind
    return replace(fault, kind=kind, begun=True, may_live=True)


def _detail(error: Exception, parent: type) -> str:
    if parent not in _SPEAKING:
        return ""
    text = plain(error)
    return f" ({text})" if text else ""


def plain(error: Exception) -> str:
    """Return an exception's own words in one line, bounded: a part of them may come from the host."""
    if isinstance(error, OSError) and error.errno in _NAMES:
        return _NAMES[error.errno]
    return clean(error.strerror if isinstance(error, OSError) and error.strerror else str(error))


def clean(text: str, most: int = 200) -> str:
    """Return a text from elsewhere in one line, bounded, and without what could move a cursor."""
    shown = "".join(char if char.isprintable() else "?" for char in text)
    return shown if len(shown) <= most else f"{shown[:most]}…"


_NAMES: Final = {
    errno.EHOSTUNREACH: "no route to the host",
    errno.ENETUNREACH: "no route to its network",
    errno.ETIMEDOUT: "no answer",
}
