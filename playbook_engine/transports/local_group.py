"""A process group on this machine: whether it lives, and how it is ended."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Final

from playbook_engine.values import Duration

_PROC: Final = Path("/proc")
_POLL_S: Final = 0.02
_LAST_WAIT_S: Final = 0.5
"""How long a killed process may take to disappear before it counts as not ended."""


async def end(group: int, grace: Duration) -> bool:
    """Ask the group to end, make it end after `grace`, and return whether it is gone.

    It may not be: a process of another user (`sudo`) cannot be signalled, one that waits for a disk cannot end.
    """
    _signal(group, signal.SIGTERM)
    if await _gone(group, grace.seconds):
        return True
    _signal(group, signal.SIGKILL)
    return await _gone(group, _LAST_WAIT_S)


def alive(group: int) -> bool:
    """Return whether the group has a process that still runs; one that only waits to be reaped does not."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return any(_runs_in(entry, group) for entry in _PROC.iterdir()) if (_PROC / "self").exists() else True


def _signal(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return  # `alive` tells which of the two it was


async def _gone(group: int, seconds: float) -> bool:
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while alive(group):
        if loop.time() >= until:
            return False
        # The group has no file descriptor that one could wait for: it outlives its first process.
        await asyncio.sleep(_POLL_S)
    return True


def _runs_in(entry: Path, group: int) -> bool:
    if not entry.name.isdigit():
        return False
    try:
        text = (entry / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    # pid (name) state ppid pgrp …; the name may hold spaces and parentheses.
    state, _, pgrp = text.rpartition(")")[2].split()[:3]
    return int(pgrp) == group and state not in {"Z", "X"}
