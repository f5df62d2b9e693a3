"""A fleet of OpenSSH servers on loopback, run as the current user: every host has an address of its own.

A daemon serves up to `per_daemon` hosts, which then share a host key: OpenSSH listens on sixteen addresses at most.
Each connection is a process of its own all the same.
"""

import getpass
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

PORT = 2200
MOST_ADDRESSES = 16
_STARTING_S = 30.0
_CONFIG = """\
Port {port}
{addresses}
HostKey {key}
PidFile {pid}
AuthorizedKeysFile {folder}/authorized_keys
StrictModes no
UsePAM no
UseDNS no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
MaxStartups 1000
PerSourceMaxStartups none
LogLevel ERROR
PrintMotd no
PrintLastLog no
SetEnv SHLVL=2
"""
"""MaxStartups is raised for all who are measured. SHLVL keeps bash from reading the developer's own ~/.bashrc."""
_SILENT = """\
import signal, socket, sys
port, *addresses = sys.argv[1:]
listening = [socket.create_server((address, int(port)), backlog=1000) for address in addresses]
print("listening", flush=True)
signal.pause()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the fleet is to be: how many hosts answer, how many refuse, how many take a connection and say nothing."""

    answering: int
    refusing: int = 0
    silent: int = 0
    per_daemon: int = 1
    network: str = field(default_factory=lambda: f"127.{2 + os.getpid() % 250}")
    """The first half of the addresses; two benchmarks at the same time should not meet."""
    inside: tuple[str, ...] = ()
    """What runs a program where the hosts are: `ip netns exec NAME`."""

    @property
    def hosts(self) -> tuple["FleetHost", ...]:
        """Return the names and addresses."""
        total = self.answering + self.refusing + self.silent
        return tuple(FleetHost(f"h{n:04}", f"{self.network}.{n // 250}.{n % 250 + 1}") for n in range(total))


@dataclass(frozen=True, slots=True)
class FleetHost:
    """A host as the inventories have it."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """A running fleet; `hosts` are all of it, `answering` those that do."""

    folder: Path
    hosts: tuple[FleetHost, ...]
    answering: tuple[FleetHost, ...]
    silent: tuple[FleetHost, ...]
    user: str
    port: int = PORT

    @property
    def key(self) -> Path:
        return self.folder / "id_ed25519"

    @property
    def known_hosts(self) -> Path:
        return self.folder / "known_hosts"


def find_sshd() -> str | None:
    """Return the path of sshd, which is not always on the PATH."""
    return shutil.which("sshd") or next((path for path in ("/usr/sbin/sshd",) if Path(path).exists()), None)


def objection() -> str | None:
    """Return why there can be no fleet here."""
    if sys.platform != "linux":
        return "only Linux has all of 127.0.0.0/8 for the hosts"
    return None if find_sshd() else "there is no sshd (openssh-server)"


@contextmanager
def running(folder: Path, wanted: Wanted) -> Iterator[Fleet]:
    """Start a fleet, and end it when the block ends."""
    fleet = _prepare(folder, wanted)
    daemons: list[subprocess.Popen[bytes]] = []
    try:
        daemons += _start_daemons(fleet, wanted)
        if fleet.silent:
            daemons.append(_start_silent(fleet, wanted))
        yield fleet
    finally:
        _end(daemons)


def laid_out(wanted: Wanted) -> tuple[tuple[FleetHost, ...], tuple[FleetHost, ...], tuple[FleetHost, ...]]:
    """Return all hosts, those that answer, and those that are silent, spread evenly among the others."""
    hosts = wanted.hosts
    odd = wanted.refusing + wanted.silent
    places = [(2 * n + 1) * len(hosts) // (2 * odd) for n in range(odd)]
    quiet = {places[n * odd // wanted.silent] for n in range(wanted.silent)}
    silent = tuple(hosts[place] for place in sorted(quiet))
    return hosts, tuple(host for place, host in enumerate(hosts) if place not in places), silent


def _prepare(folder: Path, wanted: Wanted) -> Fleet:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    hosts, answering, silent = laid_out(wanted)
    fleet = Fleet(
        folder=folder,
        hosts=hosts,
        answering=answering,
        silent=silent,
        user=getpass.getuser(),
    )
    make_key(fleet.key)
    (folder / "authorized_keys").write_text(public_key(fleet.key) + "\n")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # sshd wants it when it runs as root
    return fleet


def make_key(path: Path) -> None:
    """Generate a key pair, unless it is there."""
    if not path.exists():
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", path.name, "-f", str(path)]
        subprocess.run(words, check=True, timeout=60)


def public_key(path: Path) -> str:
    """Return type and key, without the comment."""
    return " ".join(Path(f"{path}.pub").read_text().split()[:2])


def _start_daemons(fleet: Fleet, wanted: Wanted) -> list["subprocess.Popen[bytes]"]:
    hosts = fleet.answering
    groups = [hosts[at : at + wanted.per_daemon] for at in range(0, len(hosts), wanted.per_daemon)]
    with ThreadPoolExecutor(4) as pool:
        daemons = list(pool.map(lambda group: _start_daemon(fleet, wanted, group), groups))
    keyed = {host: public_key(_host_key(fleet, group)) for group in groups for host in group}
    stranger = public_key(fleet.key)  # hosts that never show a key are known by one too
    lines = [f"[{host.address}]:{fleet.port} {keyed.get(host, stranger)}\n" for host in fleet.hosts]
    fleet.known_hosts.write_text("".join(lines))
    _await_pids([_pid_file(fleet, group) for group in groups])
    return daemons


def _start_daemon(fleet: Fleet, wanted: Wanted, group: Sequence[FleetHost]) -> "subprocess.Popen[bytes]":
    key, pid = _host_key(fleet, group), _pid_file(fleet, group)
    make_key(key)
    pid.unlink(missing_ok=True)
    config = fleet.folder / f"{group[0].name}.conf"
    addresses = "\n".join(f"ListenAddress {host.address}" for host in group)
    config.write_text(_CONFIG.format(port=fleet.port, addresses=addresses, key=key, pid=pid, folder=fleet.folder))
    log = (fleet.folder / "sshd.log").open("ab")
    words = [*wanted.inside, find_sshd() or "sshd", "-D", "-e", "-f", str(config)]
    with log:
        return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def _host_key(fleet: Fleet, group: Sequence[FleetHost]) -> Path:
    return fleet.folder / f"{group[0].name}.key"


def _pid_file(fleet: Fleet, group: Sequence[FleetHost]) -> Path:
    return fleet.folder / f"{group[0].name}.pid"


def _await_pids(files: Sequence[Path]) -> None:
    """Wait until all daemons listen: the file with its process id is the last thing that one does before."""
    deadline = time.monotonic() + _STARTING_S
    while missing := [path for path in files if not path.exists()]:
        if time.monotonic() > deadline:
            log = (missing[0].parent / "sshd.log").read_text(errors="replace")
            raise RuntimeError(f"{len(missing)} of {len(files)} sshd did not start\n{log[-2000:]}")
        time.sleep(0.02)


def _start_silent(fleet: Fleet, wanted: Wanted) -> "subprocess.Popen[bytes]":
    addresses = [host.address for host in fleet.silent]
    words = [*wanted.inside, sys.executable, "-c", _SILENT, str(fleet.port), *addresses]
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    if process.stdout is None or not process.stdout.readline():
        raise RuntimeError("the silent hosts did not start")
    return process


def _end(daemons: Sequence["subprocess.Popen[bytes]"]) -> None:
    for daemon in daemons:
        with suppress(ProcessLookupError):
            daemon.send_signal(signal.SIGTERM)
    for daemon in daemons:
        daemon.wait(10)
        if daemon.stdout is not None:
            daemon.stdout.close()
