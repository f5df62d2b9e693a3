"""Who is measured, and how each is told the same work: the same hosts, the same commands, strict host keys."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bench.fleet import peers
from bench.fleet.running import Program, Run
from bench.fleet.servers import Fleet

RUNBOOK: Final = "runbook"
POOL: Final = "paramiko pool"
PYINFRA: Final = "pyinfra"
RAW: Final = "ansible raw"
SHELL: Final = "ansible shell"
SLOW: Final = (RAW, SHELL)
"""These are run once, after a warm-up on a few hosts: they would take most of the time of the whole."""
AT_ONCE: Final = 50
"""Forks of Ansible, and how many hosts pyinfra works on at once; our own default too."""
SCRIPTS: Final = Path(__file__).parent / "scripts"
_ANSWER: Final = re.compile(r"answer (\d+) (\d+\.\d+\.\d+\.\d+)")
_ANSIBLE_CONFIG: Final = """\
[defaults]
forks = {forks}
host_key_checking = True
[ssh_connection]
pipelining = True
control_path_dir = {folder}/cp
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Commands for every host of a fleet; `dependent` means that each waits for the one before."""

    fleet: Fleet
    commands: int
    inside: tuple[str, ...] = ()
    dependent: bool = False

    def texts(self) -> list[str]:
        """Return the commands: each prints its number, and the address that the host was reached at."""
        return [f'set -- $SSH_CONNECTION; echo "answer {n} $3"' for n in range(self.commands)]

    def answered(self, run: Run) -> str | None:
        """Return what is missing in the output of a run; nobody is fast by leaving something out."""
        wanted = {(str(n), host.address) for n in range(self.commands) for host in self.fleet.answering}
        missing = len(wanted - set(_ANSWER.findall(run.output)))
        return f"{missing} of {len(wanted)} answers are missing (exit {run.exit_code})" if missing else None


Prepare = Callable[[Work, Path], Program]


def environment(folder: Path) -> dict[str, str]:
    """Return an environment in which nothing of the developer's own has a say."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        "ANSIBLE_HOME": str(folder / "ansible"),
    }


def runbook(work: Work, folder: Path) -> Program:
    """A check per command, as one writes it; the answers are read from its record."""
    inventory = folder / "hosts.ini"
    inventory.write_text(_ini(work))
    steps = "".join(
        f"  - check: Command {n}\n    id: c{n}\n    ssh: '{text}'\n"
        + (f"    when: c{n - 1}.passed\n" if work.dependent and n else "")
        for n, text in enumerate(work.texts())
    )
    playbook = folder / "commands.yml"
    playbook.write_text(f"runbook: v1\nname: commands\nversion: 1.0.0\ntitle: Commands\nhosts: all\nsteps:\n{steps}")
    program = str(Path(sys.executable).with_name("runbook"))
    words = [program, "play", str(playbook), "-i", str(inventory), "--state-dir", str(folder / "state")]
    return Program(words=(*work.inside, *words), folder=folder, env=environment(folder))


def paramiko_pool(threads: int) -> Prepare:
    """Return the bare script with so many threads."""

    def prepare(work: Work, folder: Path) -> Program:
        words = [*script("paramiko_pool.py"), str(write_job(work, folder, threads))]
        return Program(words=(*work.inside, *words), folder=folder, env=environment(folder))

    return prepare


def write_job(work: Work, folder: Path, threads: int = 1) -> Path:
    """Write what the scripts are to do."""
    fleet = work.fleet
    job = {
        "addresses": [host.address for host in fleet.answering],
        "port": fleet.port,
        "user": fleet.user,
        "key": str(fleet.key),
        "known_hosts": str(fleet.known_hosts),
        "commands": work.texts(),
        "threads": threads,
    }
    path = folder / "job.json"
    path.write_text(json.dumps(job))
    return path


def pyinfra(programs: Path) -> Prepare:
    """Return pyinfra: an operation per command, in its own order."""

    def prepare(work: Work, folder: Path) -> Program:
        fleet = work.fleet
        data = {
            "ssh_port": fleet.port,
            "ssh_user": fleet.user,
            "ssh_key": str(fleet.key),
            "ssh_known_hosts_file": str(fleet.known_hosts),
            "ssh_strict_host_key_checking": "yes",
        }
        hosts = [(host.address, data) for host in fleet.answering]
        (folder / "inventory.py").write_text(f"fleet = {hosts!r}\n")
        operations = "".join(
            f"server.shell(name='c{n}', commands=[{text!r}])\n" for n, text in enumerate(work.texts())
        )
        (folder / "deploy.py").write_text(f"from pyinfra.operations import server\n{operations}")
        words = [str(programs / "pyinfra"), "-y", "-vvv", "--parallel", str(AT_ONCE), "inventory.py", "deploy.py"]
        return Program(words=(*work.inside, *words), folder=folder, env=environment(folder))

    return prepare


def ansible(programs: Path, module: str, few: int | None = None) -> Prepare:
    """Return ansible-playbook: a task per command; -v makes it print what they answered."""

    def prepare(work: Work, folder: Path) -> Program:
        if few is not None:
            work = replace(work, fleet=replace(work.fleet, hosts=work.fleet.answering[:few]))
        (folder / "hosts.ini").write_text(_ini(work))
        (folder / "ansible.cfg").write_text(_ANSIBLE_CONFIG.format(forks=AT_ONCE, folder=folder))
        tasks = [{"name": f"c{n}", module: text} for n, text in enumerate(work.texts())]
        (folder / "play.yml").write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
        words = [str(programs / "ansible-playbook"), "-v", "-i", "hosts.ini", "play.yml"]
        return Program(words=(*work.inside, *words), folder=folder, env=environment(folder), family=True)

    return prepare


def _ini(work: Work) -> str:
    """Return the inventory that `runbook` and Ansible both read."""
    fleet = work.fleet
    options = f"-o UserKnownHostsFile={fleet.known_hosts} -o StrictHostKeyChecking=yes -o IdentitiesOnly=yes"
    return "".join(f"{line}\n" for line in (
        *(f"{host.name} ansible_host={host.address}" for host in fleet.hosts),
        "[all:vars]",
        f"ansible_port={fleet.port}",
        f"ansible_user={fleet.user}",
        f"ansible_ssh_private_key_file={fleet.key}",
        f"ansible_ssh_common_args={options}",
        "ansible_python_interpreter=/usr/bin/python3",
    ))  # fmt: skip


def script(name: str) -> list[str]:
    """Return the words that run one of our scripts with this interpreter."""
    return [sys.executable, str(SCRIPTS / name)]


def waited_ms(folder: Path) -> int:
    """Return how long all attempts of the runs in this folder took, as they have it on record."""
    events = (json.loads(line) for line in recorded(folder).splitlines())
    return sum(event["duration_ms"] for event in events if event["type"] == "attempt.finished")


def recorded(folder: Path) -> str:
    """Return what the runs in this folder have on record."""
    return "".join(path.read_text() for path in sorted((folder / "state" / "runs").glob("*.jsonl")))


def everyone(only: Sequence[str]) -> Iterator[tuple[str, peers.Peer]]:
    """Return the peers that are wanted, and where their programs are."""
    here = peers.Peer(Path(sys.executable).parent)
    for name, find in (
        (RUNBOOK, None),
        (POOL, None),
        (PYINFRA, peers.pyinfra),
        (RAW, peers.ansible),
        (SHELL, peers.ansible),
    ):
        if name in only:
            yield name, here if find is None else find()
