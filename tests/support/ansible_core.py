"""ansible-core in a virtual environment of its own, and a way to ask it.

The environment is `.venv-ansible` in the repository, or where RUNBOOK_TEST_ANSIBLE_VENV says. It is made when it is
missing; parallel workers wait for the one that makes it. RUNBOOK_TEST_OFFLINE=1 says that it cannot be made here.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

ROOT = Path(__file__).parents[2]
VERSION = "ansible-core>=2.19,<2.20"
DRIVER = ROOT / "tests" / "differential" / "ansible_driver.py"
DEADLINE_S = 600
Ask = Callable[[Sequence[Mapping[str, Any]], Path], list[dict[str, Any]]]
"""Lets Ansible answer jobs, in a folder that is its home and its current directory."""
_ASK_VERSION = "import ansible.release; print(ansible.release.__version__)"


def asking() -> Ask:
    """Return a way to ask ansible-core, which is installed first where it is missing."""
    return partial(ask, environment())


def environment() -> Path:
    """Return the Python that has ansible-core, installing it first where it is missing."""
    folder = Path(os.environ.get("RUNBOOK_TEST_ANSIBLE_VENV", ROOT / ".venv-ansible"))
    python = folder / "bin" / "python"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock", timeout=DEADLINE_S):
        if not _has_ansible(python):
            _install(folder, python)
    return python


def _has_ansible(python: Path) -> bool:
    if not python.exists():
        return False
    done = subprocess.run([python, "-c", _ASK_VERSION], capture_output=True, text=True, check=False)
    return done.stdout.startswith("2.19.")


def _install(folder: Path, python: Path) -> None:
    if os.environ.get("RUNBOOK_TEST_OFFLINE"):
        pytest.skip("ansible-core is not installed, and RUNBOOK_TEST_OFFLINE says that it cannot be")
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", VERSION],
    ):
        done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
        if done.returncode != 0:
            pytest.fail(f"{' '.join(command)} failed; RUNBOOK_TEST_OFFLINE=1 skips these tests\n{done.stderr}")


def ask(python: Path, jobs: Sequence[Mapping[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """Let Ansible answer jobs, all in one process; `folder` is where it has its home and its current directory."""
    config = folder / "ansible.cfg"  # none of this machine's
    config.write_text("")
    done = subprocess.run(
        [python, DRIVER],
        input=json.dumps(jobs),
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_CONFIG": str(config),
            "ANSIBLE_HOME": str(folder / "ansible"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
        },
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers
