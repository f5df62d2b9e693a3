"""What a command imports is what it needs: the modules are read, not the clock."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from playbook_engine.resources import data_path

SLOW = {"kubernetes", "paramiko", "httpx", "cryptography"}
HELP = SLOW | {"jinja2", "yaml", "jsonschema", "rich", "asyncio", "importlib.metadata"}
LINT = SLOW | {"rich", "jsonschema", "asyncio", "filelock"}
PLAYBOOK = str(data_path("playbooks") / "jwks-outage.yml")
REHEARSAL = str(Path(__file__).parents[1] / "unit" / "rehearsal" / "playbooks" / "rehearsals" / "keys.yml")
INVENTORY = str(data_path("inventories") / "demo")


def imported(folder: Path, *arguments: str) -> set[str]:
    """Return the modules that a command imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "playbook_engine", *arguments],
        cwd=folder,
        env=os.environ | {"RUNBOOK_STATE_DIR": str(folder / "state")},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in lines}


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (("--help",), HELP),
        (("--version",), HELP),
        (("lint", PLAYBOOK), LINT),
        (("lint", PLAYBOOK, "-i", INVENTORY), SLOW | {"asyncio", "subprocess", "concurrent.futures"}),
        (("play", PLAYBOOK, "-i", INVENTORY, "--plan"), SLOW),
        (("test", REHEARSAL, "--coverage"), SLOW | {"rich", "jsonschema", "filelock", "ulid"}),
        (("show", PLAYBOOK), LINT),
        (("show", PLAYBOOK, "--format", "svg"), LINT),
        (("show", PLAYBOOK, "-i", INVENTORY), LINT - {"jsonschema"}),
        (("schema",), HELP - {"importlib.metadata"}),
        (("inventory", "list", "-i", INVENTORY), SLOW | {"asyncio", "subprocess", "rich", "jinja2"}),
        (("audit", "list"), SLOW | {"jinja2", "yaml", "jsonschema"}),
    ],
    ids=[
        "help",
        "version",
        "lint",
        "lint with an inventory",
        "plan",
        "test",
        "show",
        "svg",
        "show with an inventory",
        "schema",
        "inventory",
        "audit",
    ],
)
def test_no_command_imports_what_it_does_not_need(
    arguments: tuple[str, ...], unwanted: set[str], tmp_path: Path
) -> None:
    modules = imported(tmp_path, *arguments)

    assert "playbook_engine.cli" in modules
    assert modules & unwanted == set()
    if "lint" not in arguments and "--plan" not in arguments:
        assert not {name for name in modules if name.startswith("playbook_engine.transports")}
