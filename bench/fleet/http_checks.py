"""Many HTTP requests to one server on this machine."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench.fleet.contenders import RUNBOOK, environment, recorded, script
from bench.fleet.results import Scenario
from bench.fleet.rounds import Course, Entry, best_of, scenario, take_turns
from bench.fleet.running import Program, Run

REQUESTS: Final = 500
AT_ONCE: Final = (10, 50)
"""How many connections bare httpx is tried with; it keeps the best."""


def measure(course: Course) -> list[Scenario]:
    """Ask one server many times, many at once: ours, bare httpx, curl."""
    curl = shutil.which("curl")
    skipped = [] if curl else [("curl --parallel", "there is no curl")]
    with _serving() as base:
        entries = [
            Entry(who=RUNBOOK, start=lambda folder: _runbook(base, folder), objection=_missing),
            best_of({number: _httpx(base, number) for number in AT_ONCE}, course, "connections"),
        ]
        if curl:
            words = [curl, "-sS", "--parallel", "--parallel-max", str(max(AT_ONCE)), f"{base}/[0-{REQUESTS - 1}]"]
            entries.append(Entry(who="curl --parallel", start=_plain(words), objection=_missing))
        take_turns(entries, course)
    return [scenario("http", f"{REQUESTS} HTTP checks", entries, skipped)]


def _httpx(base: str, at_once: int) -> Entry:
    words = [*script("httpx_gather.py"), base, str(REQUESTS), str(at_once)]
    return Entry(who="httpx", start=_plain(words), objection=_missing)


def _plain(words: list[str]) -> Callable[[Path], Program]:
    return lambda folder: Program(words=words, folder=folder, env=environment(folder))


def _runbook(base: str, folder: Path) -> Program:
    playbook = folder / "requests.yml"
    items = json.dumps(list(range(REQUESTS)))
    playbook.write_text(
        "runbook: v1\nname: requests\nversion: 1.0.0\ntitle: Requests\nsteps:\n"
        f"  - check: The server answers\n    loop: {items}\n    http: GET {base}/{{{{ item }}}}\n"
        "    timeout: 60s\n    expect: status == 200\n"
    )
    (folder / "hosts.yml").write_text("all: {hosts: {}}\n")
    program = str(Path(sys.executable).with_name("runbook"))
    words = [program, "play", str(playbook), "-i", str(folder / "hosts.yml"), "--state-dir", str(folder / "state")]
    return Program(words=words, folder=folder, env=environment(folder))


def _missing(run: Run, folder: Path) -> str | None:
    text = run.output + recorded(folder)
    missing = sum(f"answer {number} ok" not in text for number in range(REQUESTS))
    return f"{missing} of {REQUESTS} answers are missing (exit {run.exit_code})" if missing else None


@contextmanager
def _serving() -> Iterator[str]:
    server = subprocess.Popen(script("web_server.py"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        line = server.stdout.readline() if server.stdout is not None else ""
        yield f"http://127.0.0.1:{int(line)}"
    finally:
        server.terminate()
        server.wait(10)
        if server.stdout is not None:
            server.stdout.close()
