"""Every exception of paramiko means something to people."""

import errno
import importlib
import inspect
import pkgutil
import socket
from collections.abc import Iterator

import paramiko
import pytest

from playbook_engine.model.replies import FaultKind
from playbook_engine.transports.ssh.faults import KINDS, Unable, lost, plain, translate

_INTERNAL = {
    "NeedRekeyException": "caught where it is raised",
    "InvalidHostKey": "of paramiko's own known_hosts reader, which is not used",
    "BERException": "turned into SSHException by the keys that raise it",
    "WindowsError": "exists on Windows only",
}


def _paramiko_exceptions() -> Iterator[type[Exception]]:
    for module in pkgutil.iter_modules(paramiko.__path__):
        if module.name.startswith(("_winapi", "win_")):
            continue
        loaded = importlib.import_module(f"paramiko.{module.name}")
        for _, found in inspect.getmembers(loaded, inspect.isclass):
            if issubclass(found, Exception) and found.__module__ == loaded.__name__:
                yield found


@pytest.mark.parametrize("found", sorted(set(_paramiko_exceptions()), key=repr))
def test_every_exception_class_of_paramiko_has_a_meaning(found: type[Exception]) -> None:
    if found.__name__ in _INTERNAL:
        return
    assert any(parent in KINDS for parent in found.__mro__), f"{found.__name__} would be an internal error"


def test_there_are_exceptions_to_look_at() -> None:
    names = {found.__name__ for found in _paramiko_exceptions()}
    assert {"SSHException", "AuthenticationException", "ChannelException", "IncompatiblePeer"} <= names


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (paramiko.PasswordRequiredException("x"), FaultKind.AUTH),
        (paramiko.BadAuthenticationType("x", ["password"]), FaultKind.AUTH),
        (paramiko.AuthenticationException("x"), FaultKind.AUTH),
        (paramiko.ChannelException(1, "no"), FaultKind.REFUSED),
        (paramiko.ssh_exception.IncompatiblePeer("no kex"), FaultKind.UNREACHABLE),
        (paramiko.ssh_exception.MessageOrderError("x"), FaultKind.UNREACHABLE),
        (paramiko.ssh_exception.NoValidConnectionsError({("h", 22): OSError()}), FaultKind.UNREACHABLE),
        (paramiko.ConfigParseError("x"), FaultKind.ERROR),
        (paramiko.SSHException("x"), FaultKind.UNREACHABLE),
        (EOFError(), FaultKind.UNREACHABLE),
        (socket.gaierror(socket.EAI_NONAME, "unknown"), FaultKind.UNREACHABLE),
        (TimeoutError(), FaultKind.UNREACHABLE),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), FaultKind.UNREACHABLE),
        (ConnectionResetError(errno.ECONNRESET, "reset"), FaultKind.UNREACHABLE),
        (OSError(errno.EHOSTUNREACH, "x"), FaultKind.UNREACHABLE),
        (Unable(FaultKind.HOST_KEY, "as it is"), FaultKind.HOST_KEY),
        (ZeroDivisionError("a secret"), FaultKind.ERROR),
    ],
)
def test_what_it_means_before_anything_was_asked(error: Exception, kind: FaultKind) -> None:
    found = translate(error, "api-1")
    assert (found.kind, found.begun, found.may_live) == (kind, False, False)
    assert "a secret" not in found.message


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (EOFError(), FaultKind.LOST),
        (OSError(errno.EPIPE, "x"), FaultKind.LOST),
        (paramiko.SSHException("x"), FaultKind.LOST),
    ],
)
def test_what_it_means_after_the_command_was_sent(error: Exception, kind: FaultKind) -> None:
    found = lost(translate(error, "api-1"))
    assert (found.kind, found.begun, found.may_live) == (kind, True, True)


def test_words_of_a_host_are_made_harmless() -> None:
    shown = plain(paramiko.SSHException("\x1b[31mred\n" + "x" * 1000))
    assert shown.startswith("?[31mred?")
    assert len(shown) <= 201
