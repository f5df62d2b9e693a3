"""The two machines of the demo: folders with an app, a log and a small world, reached over SSH."""

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from paramiko import PKey

from playbook_engine.sandbox.guard import Guard
from playbook_engine.sandbox.host import database, install
from playbook_engine.sandbox.host.machine import MIB, Machine
from playbook_engine.sandbox.kube.pods import Node
from playbook_engine.sandbox.ssh_server import SshServer

HOSTS = ("api-1", "api-2")
API_LOG = "var/log/gymbro-api.log"
APP = "srv/gymbro-api"
_RUN = f"{APP}/run.py"
_OLD_LOG = f"{API_LOG}.1"
_OLD_LOG_SIZE = 59 * MIB
_LAST = 200
_PROGRAM = """\
\"\"\"GymBro's API on this host.\"\"\"

import os
import sys
from pathlib import Path

from playbook_engine.sandbox.api.launch import launch

sys.exit(launch(Path(__file__).parent, os.environ))
"""


@dataclass(frozen=True, slots=True)
class Host:
    """One machine and its SSH server."""

    name: str
    server: SshServer

    @property
    def folder(self) -> Path:
        return self.server.folder

    @property
    def log(self) -> Path:
        return self.folder / API_LOG

    @property
    def env_file(self) -> Path:
        return self.folder / APP / ".env"

    def node(self) -> Node:
        """Return the host as the cluster sees it."""
        return Node(name=self.name, folder=self.folder, program=(sys.executable, _RUN))

    def last_lines(self) -> list[str]:
        """Return the end of the API's log."""
        if not self.log.exists():
            return []
        return self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST:]


class Machines:
    """Both hosts, from `start` to `close`."""

    def __init__(self, folder: Path, client_key: PKey, guard: Guard) -> None:
        self.hosts = tuple(Host(name, _server(folder / name, client_key, guard)) for name in HOSTS)

    def __iter__(self) -> Iterator[Host]:
        return iter(self.hosts)

    def start(self) -> None:
        for host in self.hosts:
            host.server.start()

    def close(self) -> None:
        for host in self.hosts:
            host.server.close()

    def set_up(self, variables: Mapping[str, str], ports: Sequence[int]) -> None:
        """Have the app's files as they are to be, an empty log, and nothing in the way."""
        text = "".join(f"{name}={value}\n" for name, value in variables.items())
        for host in self.hosts:
            Machine(ports=ports).write(host.folder)
            (host.folder / database.DATA).write_text(json.dumps(database.START), encoding="utf-8")
            for file in (host.env_file, host.env_file.with_name(".env.example")):
                _write_private(file, f"# What GymBro's API has to know to start.\n{text}")
            for name in (_OLD_LOG, f"{_OLD_LOG}.gz"):
                (host.folder / name).unlink(missing_ok=True)
            if host.log.exists():
                os.truncate(host.log, 0)  # whoever has it open goes on at its new end

    def forget_settings(self) -> None:
        """Lose `.env` on every host."""
        for host in self.hosts:
            host.env_file.unlink(missing_ok=True)

    def fill_disk(self) -> None:
        """Leave the log of yesterday on the first host: so large that its /var is nearly full."""
        line = b'2026-11-22 14:30:15 INFO HTTP GET /api/v1/conversations {"duration_ms":21,"user":"user_7"} 200\n'
        with (self.hosts[0].folder / _OLD_LOG).open("wb") as file:
            for _ in range(_OLD_LOG_SIZE // MIB):
                file.write(line * (MIB // len(line)))

    def logged(self, pattern: str) -> int:
        """Return how many of the last lines of the log fit, on the host where they are fewest."""
        wanted = re.compile(pattern)
        return min(sum(bool(wanted.search(line)) for line in host.last_lines()) for host in self.hosts)


def _server(folder: Path, client_key: PKey, guard: Guard) -> SshServer:
    folder.mkdir(parents=True, exist_ok=True)
    for name in (API_LOG, _RUN, database.DATA):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / _RUN).write_text(_PROGRAM, encoding="utf-8")
    return SshServer(folder, client_key, guard, install.install(folder))


def _write_private(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")
