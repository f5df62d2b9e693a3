"""The files that a plan's actions name, such as certificates: can they be read?"""

import os
from collections.abc import Iterable
from pathlib import Path

from playbook_engine.diagnostics import Problems
from playbook_engine.model.actions import Action, NamedFile, ReadsFiles


def check(actions: Iterable[Action], problems: Problems) -> None:
    """Report each file that cannot be read, where the playbook names it."""
    for action in actions:
        for file in action.files if isinstance(action, ReadsFiles) else ():
            _check_file(file, problems)


def _check_file(file: NamedFile, problems: Problems) -> None:
    reason = unreadable(Path(file.path))
    if reason is not None:
        hint = "Relative paths count from the playbook's folder."
        problems.error("unreadable-file", f"{file.path} cannot be read: {reason}", file.span, hint)


def unreadable(path: Path) -> str | None:
    """Return why a file cannot be read, or None."""
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    except OSError as error:
        return error.strerror
    return "it is a folder" if path.is_dir() else None
