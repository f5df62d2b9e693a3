"""A real OpenSSH server on loopback, with keys and a configuration of its own, run as the current user."""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playbook_engine.model.targets import Host
from playbook_engine.transports.ssh.settings import UserFiles
from playbook_engine.values import TargetName

LOOPBACK = "127.0.0.1"
_CONFIG = """\
{first}
ListenAddress {address}
Port {port}
PidFile {folder}/sshd.pid
{host_keys}
AuthorizedKeysFile {folder}/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PrintMotd no
MaxStartups 500
SetEnv SHLVL=2
LogLevel ERROR
{extra}
"""
"""SHLVL keeps bash from reading the developer's own ~/.bashrc, whatever that does and however long it takes."""


def find_sshd() -> str | None:
    """Return the path of sshd, which is not always on the PATH."""
    return shutil.which("sshd") or next((path for path in ("/usr/sbin/sshd",) if Path(path).exists()), None)


def make_key(path: Path, kind: str = "ed25519", passphrase: str = "") -> Path:
    """Generate a key pair; return the private key's path."""
    subprocess.run(
        ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", path.name, "-f", str(path)], check=True, timeout=60
    )
    return path


def public_key(path: Path) -> str:
    """Return type and key, without the comment."""
    return " ".join(Path(f"{path}.pub").read_text().split()[:2])


def hash_names(known_hosts: Path) -> None:
    """Replace the names in a known_hosts file by hashes."""
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(known_hosts)], check=True, capture_output=True, timeout=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSsh:
    """A running server."""

    folder: Path
    port: int
    pid: int
    key: Path
    host_keys: tuple[Path, ...]

    def host(self, name: str = "api-1", **settings: Any) -> Host:
        """Return the server as the inventory would have it."""
        return Host(name=TargetName(name), address=LOOPBACK, port=self.port, **settings)

    def files(self, **changes: object) -> UserFiles:
        """Return the files of a user who knows the server and has its key."""
        standard: dict[str, object] = {
            "home": self.folder,
            "user": getpass.getuser(),
            "config": (self.folder / "config",),
            "known_hosts": (self.folder / "known_hosts",),
            "identities": (self.key,),
            "agent_socket": None,
        }
        return UserFiles(**(standard | changes))  # type: ignore[arg-type]  # the fields of UserFiles

    def known_line(self, key: Path | None = None) -> str:
        return f"[{LOOPBACK}]:{self.port} {public_key(key or self.host_keys[0])}\n"

    def connections(self) -> list[int]:
        """Return the processes that serve one connection each."""
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=", "-o", "ppid="], capture_output=True, text=True, check=True, timeout=10
        )
        pairs = [line.split() for line in listed.stdout.splitlines()]
        return [int(pid) for pid, parent in pairs if int(parent) == self.pid]

    def drop_connections(self) -> None:
        """Kill the processes that serve connections: what a crash of the host looks like from here."""
        for pid in self.connections():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@contextmanager
def serve(
    folder: Path, *, extra: str = "", first: str = "", host_key_kinds: tuple[str, ...] = ("ed25519",)
) -> Iterator[OpenSsh]:
    """Run a server until the block ends; what stands `first` in its configuration counts more than our own lines."""
    folder.mkdir(parents=True, exist_ok=True)
    host_keys = tuple(make_key(folder / f"host_{kind}", kind) for kind in host_key_kinds)
    key = make_key(folder / "id_ed25519")
    (folder / "authorized_keys").write_text(public_key(key) + "\n")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # sshd wants it when it runs as root
    process, port = _start(folder, host_keys, extra, first)
    server = OpenSsh(folder=folder, port=port, pid=process.pid, key=key, host_keys=host_keys)
    (folder / "known_hosts").write_text(server.known_line())
    while server.connections():
        time.sleep(0.02)  # the one that found out whether it listens
    try:
        yield server
    finally:
        server.drop_connections()
        process.terminate()
        process.wait(10)


def _start(
    folder: Path, host_keys: tuple[Path, ...], extra: str, first: str
) -> tuple["subprocess.Popen[bytes]", int]:
    sshd = find_sshd()
    assert sshd is not None
    for _ in range(5):  # another process may take the port between the choice and its use
        port = free_port()
        config = folder / "sshd_config"
        lines = "\n".join(f"HostKey {path}" for path in host_keys)
        config.write_text(
            _CONFIG.format(address=LOOPBACK, port=port, folder=folder, host_keys=lines, extra=extra, first=first),
            encoding="utf-8",
        )
        with (folder / "sshd.log").open("wb") as log:
            process = subprocess.Popen(
                [sshd, "-D", "-e", "-f", str(config)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        if _answers(port, process):
            return process, port
        process.kill()
        process.wait(10)
    raise RuntimeError((folder / "sshd.log").read_text())


def _answers(port: int, process: "subprocess.Popen[bytes]") -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1) as probe:
            probe.settimeout(5)
            return probe.recv(4) == b"SSH-"
        time.sleep(0.02)  # sshd has no way to say that it listens
    return False


def free_port() -> int:
    """Return a port on which nothing listens at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
