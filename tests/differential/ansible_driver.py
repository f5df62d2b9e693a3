"""Asks ansible-core what it makes of inventories; run by the Python of the environment that has ansible-core.

Reads jobs as JSON from standard input and writes their answers as JSON to standard output. Ansible is imported once;
each job runs in a fork of its own, because Ansible keeps options and caches for the whole process.

A job is `{"sources": [...], "ask": "list" | "graph" | "host" | "patterns", ...}`; see `_answer`.
"""

import contextlib
import io
import itertools
import json
import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from ansible.cli.inventory import InventoryCLI
from ansible.inventory.group import Group
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.utils.display import Display
from ansible.vars.manager import VariableManager

JSON = dict[str, Any]


def _answer(job: JSON) -> JSON:
    match job["ask"]:
        case "list":
            return _shown(job, ["--list", *_limit(job)])
        case "graph":
            return _shown(job, ["--graph", *job.get("arguments", ())])
        case "host":
            return _shown(job, ["--host", job["host"]])
        case "patterns":
            return _selected(job)
        case "scattered":
            _scatter(job["reverse"])
            return _selected(job)
        case other:
            return {"error": f"no such question: {other}"}


def _limit(job: JSON) -> list[str]:
    return ["--limit", job["limit"]] if job.get("limit") else []


def _shown(job: JSON, arguments: list[str]) -> JSON:
    """Run `ansible-inventory` itself."""
    sources = [part for source in job["sources"] for part in ("-i", source)]
    vault = ["--vault-password-file", job["vault"]] if job.get("vault") else []
    said = io.StringIO()
    Display.display = _only_answers(said)
    command = InventoryCLI(["ansible-inventory", *sources, *vault, *arguments])
    command.parse()
    with contextlib.suppress(SystemExit):
        command.run()
    text = said.getvalue()
    return {"text": text} if job["ask"] == "graph" else {"json": json.loads(text or "{}")}


def _only_answers(said: io.StringIO) -> Callable[..., None]:
    """Return a stand-in for Ansible's printing that keeps what goes to standard output."""

    def display(
        _self: Display, msg: str, color: object = None, stderr: bool = False, *_args: object, **_kwargs: object
    ) -> None:
        if not stderr:
            said.write(str(msg))

    return display


def _selected(job: JSON) -> JSON:
    """Return for every pattern the names of its hosts, in order, or the error."""
    manager = InventoryManager(loader=DataLoader(), sources=job["sources"])
    if job.get("limit"):
        manager.subset(job["limit"])
    return {"hosts": {pattern: _hosts(manager, pattern) for pattern in job["patterns"]}}


def _hosts(manager: InventoryManager, pattern: str) -> list[str] | str:
    try:
        return [host.name for host in manager.get_hosts(pattern)]
    except Exception as error:  # noqa: BLE001  whatever Ansible says is the answer
        return f"{type(error).__name__}: {error}"


def _scatter(reverse: bool) -> None:
    """Let groups lie in memory one after the other, or the other way round: what decides on their order in a set."""
    numbers = itertools.count(1)
    known: dict[int, int] = {}

    def number(group: Group) -> int:
        found = known.setdefault(id(group), next(numbers))
        return 10_000 - found if reverse else found

    Group.__hash__ = number


class _Fork:
    """Work done in a process of its own; `result` waits for it."""

    def __init__(self, work: Callable[[], Any]) -> None:
        read, write = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            os.close(read)
            with os.fdopen(write, "w", encoding="utf-8") as pipe:
                json.dump(work(), pipe)
            os._exit(0)
        os.close(write)
        self._read = read

    def result(self) -> Any:
        with os.fdopen(self._read, encoding="utf-8") as pipe:
            text = pipe.read()
        os.waitpid(self._child, 0)
        return json.loads(text)


def _quietly(job: JSON) -> JSON:
    """Answer one job; nothing but the answer leaves this process."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    try:
        return _answer(job)
    except BaseException as error:  # noqa: BLE001  the parent has to hear of everything
        return {"error": f"{type(error).__name__}: {error}"}


def _in_turn(jobs: list[JSON]) -> list[JSON]:
    return [_Fork(partial(_quietly, job)).result() for job in jobs]


def _warm_up() -> None:
    """Load what every job needs, so that its fork finds it in memory."""
    loader = DataLoader()
    manager = InventoryManager(loader=loader, sources=["a,"])
    VariableManager(loader=loader, inventory=manager).get_vars(host=manager.get_hosts("a")[0], stage="all")


def main() -> None:
    """Answer all jobs, on all processors."""
    jobs = json.load(sys.stdin)
    _warm_up()
    count = os.cpu_count() or 1
    shares = [_Fork(partial(_in_turn, jobs[first::count])) for first in range(count)]
    answers: list[JSON] = [{}] * len(jobs)
    for first, share in enumerate(shares):
        answers[first::count] = share.result()
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
