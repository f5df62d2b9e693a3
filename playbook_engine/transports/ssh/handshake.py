"""The handshake with whoever answers: algorithms, and a key that is not yet known to be the host's."""

import threading
from collections.abc import Iterable
from typing import Final

import paramiko

from playbook_engine.model.replies import FaultKind
from playbook_engine.transports.ssh.config_rules import fits
from playbook_engine.transports.ssh.endpoint import Endpoint
from playbook_engine.transports.ssh.faults import Unable, Unavailable, plain, translate
from playbook_engine.transports.ssh.patience import Patience
from playbook_engine.transports.ssh.trust_store import HostKey
from playbook_engine.transports.ssh.wire import Wire

TURNED_AWAY: Final = ("Exceeded MaxStartups", "Not allowed at this time")
BUSY: Final = "It turns people away when many log in at once (MaxStartups in its sshd_config)."


class NothingInCommon(Unable):
    """The host knows none of the algorithms that it was asked for."""


def shake_hands(wire: Wire, endpoint: Endpoint, wanted: Iterable[str], patience: Patience) -> None:
    """Come to terms with the host, asking for some kinds of keys before others; raises Unable."""
    _choose_keys(wire, endpoint, tuple(wanted))
    wire.banner_timeout = wire.handshake_timeout = max(patience.left, 0.1)
    done = threading.Event()
    wire.start_client(event=done)
    if not patience.wait(done.wait):
        raise Unable(FaultKind.UNREACHABLE, f"{endpoint}: the handshake did not end in time")
    if not wire.is_active():
        raise _why_not(wire, endpoint)


def shown_key(wire: Wire) -> HostKey:
    """Return the key that the host has shown, or its certificate."""
    key = wire.get_remote_server_key()
    certificate = key.public_blob
    if certificate is not None:
        return HostKey(certificate.key_type, certificate.key_blob)
    return HostKey(key.get_name(), key.asbytes())


def narrowed(spec: str | None, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return the algorithms that a list of the configuration leaves: `+a` adds, `-a` takes away, `^a` goes first."""
    if spec is None:
        return known
    sign, listed = (spec[0], spec[1:]) if spec[:1] in {"+", "-", "^"} else ("", spec)
    patterns = listed.split(",")
    named = tuple(dict.fromkeys(name for pattern in patterns for name in known if fits(name, pattern)))
    match sign:
        case "+":
            return known
        case "-":
            return tuple(name for name in known if name not in named)
        case "^":
            return (*named, *(name for name in known if name not in named))
        case _:
            return named


def _choose_keys(wire: Wire, endpoint: Endpoint, wanted: tuple[str, ...]) -> None:
    options = wire.get_security_options()
    # Certificates among the wanted come first; paramiko offers them behind all plain keys of its own accord.
    known = (*options.key_types, *(name for name in wanted if name not in options.key_types))
    allowed = narrowed(endpoint.trust.algorithms, known)
    if not allowed:
        message = f"{endpoint}: HostKeyAlgorithms leaves no algorithm that is known here"
        raise Unable(FaultKind.ERROR, message, f"Known are {', '.join(options.key_types)}.")
    first = tuple(name for name in wanted if name in allowed)
    options.key_types = (*first, *(name for name in allowed if name not in first))


def _why_not(wire: Wire, endpoint: Endpoint) -> Unable:
    error = wire.get_exception()
    before = not wire.remote_version
    if before and (error is None or _turned_away(error, endpoint)):
        message = f"{endpoint}: the host closed the connection before it said who it is"
        return Unavailable(FaultKind.UNREACHABLE, message, BUSY)
    if isinstance(error, EOFError | ConnectionResetError) or error is None:
        message = f"{endpoint}: the host closed the connection during the handshake"
        return Unavailable(FaultKind.UNREACHABLE, message, BUSY)
    if before and isinstance(error, paramiko.SSHException):
        return Unable(FaultKind.UNREACHABLE, f"{endpoint}: what listens there does not speak SSH ({plain(error)})")
    fault = translate(error, str(endpoint))
    kind = NothingInCommon if isinstance(error, paramiko.ssh_exception.IncompatiblePeer) else Unable
    return kind(fault.kind, fault.message, fault.hint)


def _turned_away(error: Exception, endpoint: Endpoint) -> bool:
    text = str(error)
    # Through another host, the first bytes cannot be looked at before the handshake takes them.
    unheard = endpoint.jump is not None and text == "Error reading SSH protocol banner"
    return unheard or any(word in text for word in TURNED_AWAY)
