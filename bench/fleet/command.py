"""`python -m bench fleet`: the options, the order of the scenarios, and where the results go."""

import argparse
import os
import platform
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from bench.fleet import commands_on_hosts, contenders, http_checks, many_targets, peers, report, running, servers
from bench.fleet.contenders import POOL, PYINFRA, RAW, RUNBOOK, SHELL
from bench.fleet.report import Circumstances
from bench.fleet.results import Scenario
from bench.fleet.rounds import Course

SCENARIOS: Final = ("hosts", "delay", "http", "many")
_NUMBER: Final = re.compile(r"\d+\.\d+[\w.]*")
EVERYONE: Final = (RUNBOOK, POOL, PYINFRA, RAW, SHELL)


def main(words: Sequence[str]) -> None:
    """Measure what the options say, print the tables, and write them where they are wanted."""
    options = _parser().parse_args(words)
    running.adopt_orphans()
    load = os.getloadavg()[0]
    folder = Path(tempfile.mkdtemp(prefix="rb-bench-"))
    try:
        folder.chmod(0o755)
        scenarios = _measure(options, Course(folder=folder, rounds=options.rounds))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    around = _circumstances(words, load)
    page = report.page(scenarios, around)
    sys.stdout.write(page)
    if options.write:
        options.write.write_text(page)
    if options.json:
        options.json.write_text(report.as_json(scenarios, around) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench fleet", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--hosts", type=_numbers, default=(100, 200), help="how many hosts, one after the other")
    parser.add_argument("--commands", type=_numbers, default=(5, 20), help="how many commands on each")
    parser.add_argument("--far", type=int, default=20, help="how many hosts at a distance")
    parser.add_argument("--many", type=_numbers, default=(900, 50, 50), help="hosts that answer, refuse, say nothing")
    parser.add_argument("--rounds", type=int, default=4, help="counted runs of each, after the warm-up")
    parser.add_argument("--only", type=_names(SCENARIOS), default=SCENARIOS, help=f"of {', '.join(SCENARIOS)}")
    parser.add_argument("--peers", type=_names(EVERYONE), default=EVERYONE, help=f"of {', '.join(EVERYONE)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything for machines")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page")
    return parser


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in text.split(","))


def _names(known: Sequence[str]) -> Callable[[str], tuple[str, ...]]:
    def read(text: str) -> tuple[str, ...]:
        found = tuple(word.strip() for word in text.split(","))
        unknown = [word for word in found if word not in known]
        if unknown:
            raise argparse.ArgumentTypeError(f"'{unknown[0]}' is not one of {', '.join(known)}")
        return found

    return read


def sizes(hosts: Sequence[int], commands: Sequence[int]) -> list[tuple[int, int]]:
    """Return the pairs to be measured: every number of hosts with the first number of commands, then the others."""
    return [*((many, commands[0]) for many in hosts), *((hosts[0], more) for more in commands[1:])]


def _measure(options: argparse.Namespace, course: Course) -> list[Scenario]:
    found: list[Scenario] = []
    wanted = list(contenders.everyone(options.peers))
    if "http" in options.only:
        found += http_checks.measure(course)
    why = servers.objection()
    if why is not None:
        reasons = tuple((who, why) for who, _ in wanted)
        return [*found, Scenario(key="hosts", title="Commands on hosts", skipped=reasons)]
    if "hosts" in options.only:
        found += commands_on_hosts.on_fleet(sizes(options.hosts, options.commands), wanted, course)
    if "delay" in options.only:
        found += commands_on_hosts.at_a_distance(options.far, wanted, course)
    if "many" in options.only:
        answering, refusing, silent = options.many
        found += many_targets.measure(answering, refusing, silent, course)
    return found


def _circumstances(words: Sequence[str], load: float) -> Circumstances:
    here = Path(sys.executable).parent
    programs = {
        "OpenSSH": (Path(servers.find_sshd() or "sshd"), "-V"),
        "pyinfra": (peers.ROOT / ".venv-pyinfra" / "bin" / "pyinfra", "--version"),
        "ansible-core": (peers.ROOT / ".venv-ansible" / "bin" / "ansible-playbook", "--version"),
        "curl": (Path(shutil.which("curl") or "curl"), "--version"),
        "runbook": (here / "runbook", "--version"),
    }
    said = {name: peers.version(program, *flags) for name, (program, *flags) in programs.items()}
    libraries = [(name, version(name)) for name in ("paramiko", "httpx", "cryptography")]
    numbers = [(name, found[0]) for name, text in said.items() if (found := _NUMBER.findall(text))]
    return Circumstances(
        date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),  # noqa: TID251  the page says when it was written
        command=shlex.join(["python", "-m", "bench", "fleet", *words]),
        machine=f"{platform.system()} {platform.release()}, {os.cpu_count()} processors ({_processor()})",
        versions=(("Python", platform.python_version()), *numbers, *libraries),
        load=load,
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
