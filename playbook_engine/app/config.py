"""Settings that belong to a folder of playbooks, and where state lives."""

import os
import stat
from dataclasses import fields
from pathlib import Path

from playbook_engine.diagnostics import did_you_mean
from playbook_engine.errors import UsageError
from playbook_engine.frozen import dataclass

CONFIG_NAME = "runbook.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What `runbook.toml` can say. Relative paths are relative to the file."""

    playbooks: Path = Path("playbooks")
    """The folder in which playbooks are found by name."""
    inventories: Path = Path("inventories")
    """The folder in which inventories are found by name."""
    state_dir: Path | None = None
    """Where records are kept; `--state-dir` and RUNBOOK_STATE_DIR win over it."""


def load(folder: Path) -> Config:
    """Return the settings of the nearest `runbook.toml` at or above a folder, up to the git root.

    Raises:
        UsageError: the file cannot be read, or says something that is not a setting.
    """
    path = _find(folder)
    if path is None:
        return Config()
    # Where anybody could have written it, anybody decides which playbooks are run (compare CVE-2018-10875).
    for what, open_to in (("its folder", path.parent), ("it", path)):
        if open_to.stat().st_mode & stat.S_IWOTH:
            raise UsageError(f"{path}: not read, because {what} can be written by everybody", f"chmod o-w {open_to}")
    import tomllib  # noqa: PLC0415  most folders have no such file

    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: {error}") from error
    return Config(
        **{name: path.parent / Path(_path(path, name, value)).expanduser() for name, value in values.items()}
    )


def _path(path: Path, name: str, value: object) -> str:
    known = [field.name for field in fields(Config)]
    if name not in known:
        raise UsageError(
            f"{path}: '{name}' is not a setting", did_you_mean(name, known) or f"Known: {', '.join(known)}."
        )
    if not isinstance(value, str):
        raise UsageError(f"{path}: {name}: expected a path in quotes, found {value!r}")
    return value


def _find(folder: Path) -> Path | None:
    for each in (folder, *folder.parents):
        if (each / CONFIG_NAME).is_file():
            return each / CONFIG_NAME
        if (each / ".git").exists():
            return None
    return None


def state_dir(option: str | None, config: Config) -> Path:
    """Return where state lives: `--state-dir`, RUNBOOK_STATE_DIR, `runbook.toml`, else the user's own place."""
    chosen = option or os.environ.get("RUNBOOK_STATE_DIR") or config.state_dir
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_state_path  # noqa: PLC0415  not needed when the place is given

    return user_state_path("runbook", appauthor=False)
