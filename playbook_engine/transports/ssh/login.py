"""From a stream to a connection that commands can be sent on: handshake, host key, authentication."""

import socket
from contextlib import suppress
from dataclasses import dataclass, field

import paramiko

from playbook_engine.transports.ssh import host_key
from playbook_engine.transports.ssh.authentication import authenticate
from playbook_engine.transports.ssh.endpoint import Endpoint
from playbook_engine.transports.ssh.handshake import shake_hands, shown_key
from playbook_engine.transports.ssh.key_files import KeyRing
from playbook_engine.transports.ssh.patience import Patience
from playbook_engine.transports.ssh.pulse import Pulse
from playbook_engine.transports.ssh.settings import wall_clock
from playbook_engine.transports.ssh.streams import Stream
from playbook_engine.transports.ssh.trust_store import TrustStore, names_of
from playbook_engine.transports.ssh.wire import Wire


@dataclass(frozen=True, slots=True)
class Papers:
    """What a run knows of hosts, and what it can show of itself."""

    store: TrustStore = field(default_factory=TrustStore)
    ring: KeyRing = field(default_factory=KeyRing)


def login(stream: Stream, endpoint: Endpoint, papers: Papers, patience: Patience) -> Wire:
    """Return an authenticated connection; raises Unable, and then leaves nothing open."""
    wire = Wire(stream)  # type: ignore[arg-type]  # a channel is as good as a socket
    try:
        wanted = papers.store.known(endpoint).algorithms(names_of(endpoint))
        shake_hands(wire, endpoint, wanted, patience)
        host_key.check(endpoint, shown_key(wire), papers.store, wall_clock())
        authenticate(wire, endpoint, papers.ring, patience)
    except BaseException:
        hang_up(wire)
        raise
    Pulse(wire, endpoint.pace).begin()
    return wire


def hang_up(wire: Wire) -> None:
    """Close a connection at once and wait for its thread, which sleeps on the stream."""
    with suppress(OSError, EOFError, paramiko.SSHException):
        wire.sock.shutdown(socket.SHUT_RDWR)
    wire.close()
    if wire.is_alive():
        wire.join(1.0)
    wire.sock.close()
