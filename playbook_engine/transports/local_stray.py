"""Processes of a command that left its process group: found again by a variable that they inherited.

A daemon makes a session of its own, so no signal to the group reaches it, and its parents end, so no line of parents
leads to it either. What it keeps is its environment. These processes are reported and not ended: a command that
starts a service starts it to stay.
"""

import itertools
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MARK: Final = "RUNBOOK_COMMAND"
"""The variable that tells a command's processes from all others."""
_PROC: Final = Path("/proc")
_SHOWN: Final = 3
_numbers: Final = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Stray:
    """A process that a command left behind."""

    pid: int
    name: str


def new_mark(environ: Mapping[str, str]) -> str:
    """Return a mark that no other command has; behind that of the command which runs this program, if one does."""
    own = f"{os.getpid()}.{next(_numbers)}"
    outer = environ.get(MARK)
    return f"{outer} {own}" if outer else own


def strays(mark: str) -> tuple[Stray, ...]:
    """Return the processes that carry the mark and run; none where the system does not show environments.

    Not to be seen are those of other users, and those that write their title over their environment.
    """
    return tuple(_marked(f"{MARK}={mark}".encode())) if (_PROC / "self" / "environ").exists() else ()


def remark(found: tuple[Stray, ...]) -> str | None:
    """Return a sentence that names what was left behind; None when nothing was."""
    if not found:
        return None
    shown = ", ".join(f"{stray.name} ({stray.pid})" for stray in found[:_SHOWN])
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return f"It left running, outside its process group: {shown}{more}."


def _marked(mark: bytes) -> Iterator[Stray]:
    for entry in _PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            carries = any(_is(mark, variable) for variable in (entry / "environ").read_bytes().split(b"\0"))
            name = (entry / "comm").read_text(encoding="utf-8", errors="replace") if carries else ""
        except OSError:
            continue  # it has ended, or is another user's
        if carries:
            yield Stray(int(entry.name), "".join(char if char.isprintable() else "?" for char in name.strip()))


def _is(mark: bytes, variable: bytes) -> bool:
    """Return whether a variable is the mark, or that of a command which a marked one has started in turn."""
    return variable == mark or variable.startswith(mark + b" ")
