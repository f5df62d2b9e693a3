"""The programs that are measured beside ours, each in an environment of its own, versions pinned."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PYINFRA: Final = "pyinfra==3.10.0"
_INSTALLING_S: Final = 600


@dataclass(frozen=True, slots=True)
class Peer:
    """The folder of its programs, or why there is none."""

    programs: Path
    missing: str | None = None


def pyinfra() -> Peer:
    """Return pyinfra, which is installed first where it is missing."""
    return _environment(ROOT / ".venv-pyinfra", "pyinfra", PYINFRA)


def ansible() -> Peer:
    """Return ansible-core in the environment and the version that the tests compare with."""
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    import ansible_core  # noqa: PLC0415  it imports pytest, which only this needs

    return _environment(ROOT / ".venv-ansible", "ansible-playbook", ansible_core.VERSION)


def _environment(folder: Path, program: str, requirement: str) -> Peer:
    programs = folder / "bin"
    if (programs / program).exists():
        return Peer(programs)
    python = str(programs / "python")
    for words in (
        [sys.executable, "-m", "venv", str(folder)],
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement],
    ):
        done = subprocess.run(words, capture_output=True, text=True, timeout=_INSTALLING_S, check=False)
        if done.returncode != 0:
            last = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
            return Peer(programs, f"{requirement} could not be installed: {last[0]}")
    return Peer(programs)


def version(program: Path, *words: str) -> str:
    """Return the first line of what the program says of itself."""
    try:
        done = subprocess.run([program, *words], capture_output=True, text=True, timeout=60, check=False)
    except OSError:
        return ""
    return ((done.stdout or done.stderr).splitlines() or [""])[0].strip()
