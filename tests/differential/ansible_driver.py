"""Asks ansible-core what it makes of inventories; run by the Python of the environment that has ansible-core.

Reads jobs as JSON from standard input and writes their answers as JSON to standard output. Ansible is imported once;
each job runs in a fork of its own, because Ansible keeps options and caches for the whole process.

A job is `{"sources": [...], "ask": "list" | "graph" | "host" | "patterns", ...}`; see `_answer`.
"""

import contextlib
import io
import json
import os
import sys
from typing import Any

from ansible.cli.inventory import InventoryCLI
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.utils.display import Display

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
        case other:
            return {"error": f"no such question: {other}"}


def _limit(job: JSON) -> list[str]:
    return ["--limit", job["limit"]] if job.get("limit") else []


def _shown(job: JSON, arguments: list[str]) -> JSON:
    """Run `ansible-inventory` itself."""
    sources = [part for source in job["sources"] for part in ("-i", source)]
    vault = ["--vault-password-file", job["vault"]] if job.get("vault") else []
    said = io.StringIO()
    Display.display = lambda _self, msg, *_args, **_kwargs: said.write(str(msg))  # type: ignore[method-assign]
    command = InventoryCLI(["ansible-inventory", *sources, *vault, *arguments])
    command.parse()
    with contextlib.suppress(SystemExit):
        command.run()
    text = said.getvalue()
    return {"text": text} if job["ask"] == "graph" else {"json": json.loads(text or "{}")}


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


def _forked(job: JSON) -> JSON:
    """Answer one job in a process of its own."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        with os.fdopen(write, "w", encoding="utf-8") as pipe, open(os.devnull, "w") as nowhere:  # noqa: PTH123
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
            try:
                answer = _answer(job)
            except BaseException as error:  # noqa: BLE001  the parent has to hear of everything
                answer = {"error": f"{type(error).__name__}: {error}"}
            json.dump(answer, pipe)
        os._exit(0)
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as pipe:
        answer = json.load(pipe)
    os.waitpid(child, 0)
    return answer


if __name__ == "__main__":
    json.dump([_forked(job) for job in json.load(sys.stdin)], sys.stdout)
