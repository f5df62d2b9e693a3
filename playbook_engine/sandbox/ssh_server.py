"""An SSH server on loopback: one user, one key, a shell in one folder, and ways to its loopback interface."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from socketserver import BaseRequestHandler

from paramiko import Channel, ECDSAKey, Message, PKey, ServerInterface, SSHException, Transport
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)

from playbook_engine.sandbox import ssh_tunnel
from playbook_engine.sandbox.guard import Guard
from playbook_engine.sandbox.server import LOOPBACK, Server
from playbook_engine.sandbox.ssh_command import ShellCommand

USER = "deploy"
_SHELL = "/bin/sh"
_LOG_NAME = "playbook_engine.sandbox.ssh"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_MOST_SESSIONS = 10  # what OpenSSH allows on one connection


class SshServer(Server):
    """Serves from `start` to `close`; commands that still run at `close` are killed."""

    def __init__(self, folder: Path, client_key: PKey, guard: Guard, programs: Path | None = None) -> None:
        super().__init__(_Connection)
        self.folder = folder
        self.path = f"{programs}:{_PATH}" if programs else _PATH
        self.client_key = client_key
        self.guard = guard
        self.host_key = ECDSAKey.generate()

    def known_hosts_line(self) -> str:
        """Return the line by which a client knows this server."""
        return f"[{LOOPBACK}]:{self.port} {self.host_key.get_name()} {self.host_key.get_base64()}\n"


class _Connection(BaseRequestHandler):
    """One connection, with as many sessions as its client opens."""

    def handle(self) -> None:
        server = self.server
        assert isinstance(server, SshServer)  # noqa: S101 only that server makes these
        transport = _quiet_transport(self.request)
        sessions = _Sessions(server, transport)
        try:
            transport.add_server_key(server.host_key)
            transport.start_server(server=sessions)
            transport.join()  # until the client goes, or the server hangs up
        except (SSHException, EOFError):
            pass  # not an SSH client, or gone before it was one
        finally:
            transport.close()
            transport.join()
            sessions.join()


class _Sessions(ServerInterface):
    """What a client may do: come with the right key as the right user, run commands, and go on to loopback."""

    def __init__(self, server: SshServer, transport: "_Transport") -> None:
        self._server = server
        self._transport = transport
        self._languages: dict[int, dict[str, str]] = {}
        self._running: list[threading.Thread] = []
        self._ways: dict[int, socket.socket] = {}
        transport.opened = self._go_through

    def join(self) -> None:
        for thread in self._running:
            thread.join()

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002 the base class's signature
        return "publickey"

    def check_auth_publickey(self, username: str, key: PKey) -> int:
        good = username == USER and key.asbytes() == self._server.client_key.asbytes()
        return AUTH_SUCCESSFUL if good else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        self._running = [thread for thread in self._running if thread.is_alive()]
        if kind != "session" or len(self._running) >= _MOST_SESSIONS:
            return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        self._languages[chanid] = {}
        return OPEN_SUCCEEDED

    def check_channel_direct_tcpip_request(
        self,
        chanid: int,
        origin: tuple[str, int],  # noqa: ARG002 the base class's signature
        destination: tuple[str, int],
    ) -> int:
        way = ssh_tunnel.connect(destination)
        if isinstance(way, int):
            return way
        self._ways[chanid] = way
        return OPEN_SUCCEEDED

    def _go_through(self, channel: Channel) -> None:
        """Carry what a channel is for when it was opened for a way through; a session waits for its command."""
        way = self._ways.pop(channel.chanid, None)
        if way is not None:
            thread = threading.Thread(target=ssh_tunnel.carry, args=(channel, way), daemon=True)
            self._running = [one for one in self._running if one.is_alive()] + [thread]
            thread.start()

    def check_channel_env_request(self, channel: Channel, name: bytes, value: bytes) -> bool:
        """Take the language and nothing else, as Debian's sshd does."""
        accepted = name == b"LANG" or name.startswith(b"LC_")
        if accepted:
            self._languages[channel.chanid][os.fsdecode(name)] = os.fsdecode(value)
        return accepted

    def check_channel_exec_request(self, channel: Channel, command: bytes) -> bool:
        return self._run(channel, [_SHELL, "-c", command])

    def check_channel_shell_request(self, channel: Channel) -> bool:
        return self._run(channel, [_SHELL])

    def _run(self, channel: Channel, arguments: list[str | bytes]) -> bool:
        try:
            command = ShellCommand(arguments, self._server.folder, self._environment(channel))
        except (OSError, ValueError):
            return False  # a command that no shell can be given: too long, or with a NUL byte
        accepted = threading.Event()
        self._transport.unanswered.append(accepted)
        thread = threading.Thread(target=command.serve, args=(channel, self._server.guard, accepted), daemon=True)
        self._running.append(thread)
        thread.start()
        return True

    def _environment(self, channel: Channel) -> dict[str, str]:
        home = str(self._server.folder)
        own = {"HOME": home, "USER": USER, "LOGNAME": USER, "SHELL": _SHELL, "PATH": self._server.path, "TZ": "UTC"}
        return own | self._languages.pop(channel.chanid, {})


class _Transport(Transport):
    """A transport that tells when a channel has been opened, and when the answer to a session's request has left.

    paramiko answers after the handler of the request has returned, in the same thread, and has no hook for it.
    """

    opened: Callable[[Channel], None]

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection)
        self.unanswered: list[threading.Event] = []

    def _send_user_message(self, data: Message) -> None:
        super()._send_user_message(data)  # type: ignore[misc]  # the stubs leave private methods out
        if threading.current_thread() is self:
            while self.unanswered:
                self.unanswered.pop().set()

    def _queue_incoming_channel(self, channel: Channel) -> None:
        super()._queue_incoming_channel(channel)  # type: ignore[misc]  # it is kept there; nothing else holds it
        self.opened(channel)


def write_client_files(folder: Path, client_key: ECDSAKey, servers: tuple[SshServer, ...]) -> tuple[Path, Path]:
    """Write what a client needs, the private key and the known hosts, and return both paths."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key_file, known_hosts = folder / "id_ecdsa", folder / "known_hosts"
    client_key.write_private_key_file(str(key_file))
    known_hosts.write_text("".join(server.known_hosts_line() for server in servers), encoding="ascii")
    return key_file, known_hosts


def _quiet_transport(connection: socket.socket) -> _Transport:
    """Make a transport whose log goes nowhere: a client that hangs up is no news."""
    log = logging.getLogger(_LOG_NAME)
    log.propagate = False
    if not log.handlers:
        log.addHandler(logging.NullHandler())
    transport = _Transport(connection)
    transport.set_log_channel(_LOG_NAME)
    return transport
