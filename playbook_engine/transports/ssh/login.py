"""From a socket to a connection that commands can be sent on: handshake, host key, authentication."""

import socket
import threading
from contextlib import closing, suppress

import paramiko

from playbook_engine.model.replies import FaultKind
from playbook_engine.transports.ssh.endpoint import Endpoint
from playbook_engine.transports.ssh.faults import Unable, Unavailable, plain, translate
from playbook_engine.transports.ssh.identities import Identities, KeyRing
from playbook_engine.transports.ssh.known_hosts import KnownHosts, Verdict, fingerprint, lookup_name
from playbook_engine.transports.ssh.patience import Patience
from playbook_engine.transports.ssh.wire import Wire

_KEEPALIVE_S = 15


def login(
    connection: socket.socket, endpoint: Endpoint, known: KnownHosts, ring: KeyRing, patience: Patience
) -> Wire:
    """Return an authenticated connection; raises Unable, and then leaves nothing open."""
    wire = Wire(connection)
    try:
        _shake_hands(wire, endpoint, known, patience)
        _check_host_key(wire, endpoint, known)
        _authenticate(wire, endpoint, Identities(endpoint, ring), patience)
    except BaseException:
        hang_up(wire)
        raise
    wire.set_keepalive(_KEEPALIVE_S)
    return wire


def hang_up(wire: Wire) -> None:
    """Close a connection at once and wait for its thread, which sleeps on the socket."""
    wire.packetizer.complete_handshake()  # its timer would live on for a while
    with suppress(OSError):
        wire.sock.shutdown(socket.SHUT_RDWR)
    wire.close()
    if wire.is_alive():
        wire.join(1.0)
    wire.sock.close()


def _shake_hands(wire: Wire, endpoint: Endpoint, known: KnownHosts, patience: Patience) -> None:
    _prefer_known(wire, endpoint, known)
    wire.banner_timeout = wire.handshake_timeout = max(patience.left, 0.1)
    done = threading.Event()
    wire.start_client(event=done)
    if not patience.wait(done.wait):
        raise Unable(FaultKind.UNREACHABLE, f"{endpoint}: the handshake did not end in time")
    if wire.is_active():
        return
    error = wire.get_exception()
    if isinstance(error, EOFError | ConnectionResetError) or error is None:
        raise Unavailable(FaultKind.UNREACHABLE, f"{endpoint}: the host closed the connection during the handshake")
    if not wire.remote_version and isinstance(error, paramiko.SSHException):
        raise Unable(FaultKind.UNREACHABLE, f"{endpoint}: what listens there does not speak SSH ({plain(error)})")
    raise _unable(error, endpoint)


def _prefer_known(wire: Wire, endpoint: Endpoint, known: KnownHosts) -> None:
    options = wire.get_security_options()
    wanted = known.algorithms(lookup_name(endpoint.known_as, endpoint.port))
    first = tuple(name for name in wanted if name in options.key_types)
    options.key_types = (*first, *(name for name in options.key_types if name not in first))


def _check_host_key(wire: Wire, endpoint: Endpoint, known: KnownHosts) -> None:
    key = wire.get_remote_server_key()
    name = lookup_name(endpoint.known_as, endpoint.port)
    blob = key.asbytes()
    judgement = known.judge(name, key.get_name(), blob)
    shown = f"{key.get_name()} {fingerprint(blob)}"
    match judgement.verdict:
        case Verdict.KNOWN:
            return
        case Verdict.UNKNOWN:
            raise Unable(
                FaultKind.HOST_KEY, f"{endpoint}: unknown host key {shown}", _how_to_add(endpoint, key.get_name())
            )
        case Verdict.CHANGED:
            message = f"{endpoint}: the host key changed: it shows {shown}, {judgement.place} has another one"
            hint = f"Find out why first. If the change is right: ssh-keygen -R '{name}', then add the new key."
            raise Unable(FaultKind.HOST_KEY, message, hint)
        case Verdict.REVOKED:
            message = f"{endpoint}: the host shows a key that was revoked: {shown} ({judgement.place})"
            raise Unable(FaultKind.HOST_KEY, message, "Do not connect: whoever answers there may not be the host.")


def _how_to_add(endpoint: Endpoint, kind: str) -> str:
    file = endpoint.known_hosts[0] if endpoint.known_hosts else "~/.ssh/known_hosts"
    scan = f"ssh-keyscan -p {endpoint.port} -t {kind.removeprefix('ssh-')} {endpoint.address}"
    return f"Compare the fingerprint with the host's own, then add it: {scan} >> {file}"


def _authenticate(wire: Wire, endpoint: Endpoint, identities: Identities, patience: Patience) -> None:
    tried: list[str] = []
    with closing(identities.each(patience.left)) as candidates:
        for identity in candidates:
            tried.append(identity.label)
            if _try(wire, endpoint, identity.key, patience, first=len(tried) == 1):
                return
    hint = "; ".join(identities.complaints) or None
    if not tried:
        raise Unable(FaultKind.AUTH, f"{endpoint}: there is no key to log in with as {endpoint.user}", hint)
    shown = ", ".join(tried)
    raise Unable(FaultKind.AUTH, f"{endpoint}: the host accepts no key for {endpoint.user} (tried {shown})", hint)


def _try(wire: Wire, endpoint: Endpoint, key: paramiko.PKey, patience: Patience, *, first: bool) -> bool:
    """Show one key; return whether the host took it, False means that another may be tried."""
    done = threading.Event()
    wire.auth_publickey(endpoint.user, key, done)
    if not patience.wait(done.wait):
        raise Unable(FaultKind.UNREACHABLE, f"{endpoint}: the host did not answer the login in time")
    if wire.is_authenticated():
        return True
    error = wire.get_exception()
    if not wire.is_active():
        raise _shown_out(endpoint, first=first)
    match error:
        case paramiko.ssh_exception.PartialAuthentication():
            more = ", ".join(error.allowed_types)
            raise Unable(FaultKind.AUTH, f"{endpoint}: besides the key the host wants {more}, which is not supported")
        case paramiko.BadAuthenticationType():
            allowed = ", ".join(error.allowed_types)
            raise Unable(FaultKind.AUTH, f"{endpoint}: the host takes no keys for {endpoint.user}, only {allowed}")
        case paramiko.AuthenticationException() | None:
            return False
        case _:
            raise _unable(error, endpoint)


def _shown_out(endpoint: Endpoint, *, first: bool) -> Unable:
    """Say why the connection ended during the login: after a refused key that is the host's answer to us."""
    if first:
        return Unable(FaultKind.UNREACHABLE, f"{endpoint}: the host closed the connection during the login")
    message = f"{endpoint}: the host ended the login as {endpoint.user} after too many keys"
    return Unable(FaultKind.AUTH, message, "Name the right key: ansible_ssh_private_key_file, or IdentitiesOnly yes.")


def _unable(error: Exception, endpoint: Endpoint) -> Unable:
    fault = translate(error, str(endpoint))
    return Unable(fault.kind, fault.message, fault.hint)
