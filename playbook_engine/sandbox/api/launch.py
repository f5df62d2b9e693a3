"""The API as a host starts it: `run.py` beside a `.env` that has to be there and to be complete."""

from collections.abc import Mapping
from pathlib import Path

from playbook_engine.sandbox.api import program
from playbook_engine.sandbox.api.settings import Misconfigured

REQUIRED = ("SUPABASE_URL", "SUPABASE_SERVICE_KEY", "AI_API_KEY")


def launch(folder: Path, environ: Mapping[str, str]) -> int:
    """Serve with the variables of `.env` and, before them, of the process; return the exit status."""
    try:
        complete = {**read_env(folder / ".env"), **environ}
    except Misconfigured as problem:
        program.fail(str(problem), environ)
        return 1
    missing = [name for name in REQUIRED if not complete.get(name)]
    if missing:
        program.fail(f"missing required settings: {', '.join(missing)}", environ)
        return 1
    return program.main(complete)


def read_env(file: Path) -> dict[str, str]:
    """Read `NAME=value` lines; empty lines and comments say nothing."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as problem:
        raise Misconfigured(f"{file.name} cannot be read: {problem}") from None
    pairs = (line.partition("=") for line in lines if line.strip() and not line.lstrip().startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}
