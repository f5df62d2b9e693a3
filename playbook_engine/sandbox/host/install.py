"""The folder of stand-ins, first on the PATH of whoever logs in to a demo host."""

import shlex
import sys
from pathlib import Path

from playbook_engine.sandbox.host.machine import FOLDER

BIN = "usr/local/demo/bin"
_EVERYWHERE = ("df", "psql")
_OF_PROCESSES = ("free", "ps", "pgrep", "top", "ss", "netstat", "pmap")
_PACKAGES = Path(__file__).resolve().parents[3]
_SCRIPT = """\
#!/bin/sh
# A stand-in of the demo: this host shows its own small world, not that of the machine it runs on.
{folder}={home} PYTHONPATH={packages} exec {python} -S -m playbook_engine.sandbox.host.{module} "$@"
"""


def install(home: Path) -> Path:
    """Write the stand-ins that work on this system into the host's folder; return where they are."""
    names = dict.fromkeys(_EVERYWHERE, "")
    if Path("/proc/self/stat").exists():
        names |= dict.fromkeys(_OF_PROCESSES, "")
    folder = home / BIN
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        file = folder / name
        file.write_text(_script(home, name), encoding="utf-8")
        file.chmod(0o755)
    return folder


def _script(home: Path, module: str) -> str:
    home_word, packages, python = (shlex.quote(str(word)) for word in (home, _PACKAGES, sys.executable))
    return _SCRIPT.format(folder=FOLDER, home=home_word, packages=packages, python=python, module=module)
