"""A small process that ends the stack's other processes when the stack itself is gone.

Whoever is killed by SIGKILL cannot clean up. The guard reads from a pipe which process groups exist; the pipe
ends when the stack's process ends, however that happens, and then the guard kills what is left. (The signal that
Linux sends at a parent's death is no help here: it comes when the *thread* that made a process ends, and
commands of SSH sessions are made in threads that come and go.)

This file is also the guard's program. It is run by its path, with the standard library alone, to start quickly.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress


class Guard:
    """Knows the process groups of the stack from `start` to `close`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start the guard's process, away from the terminal's Ctrl-C."""
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            cwd="/",
            text=True,
            start_new_session=True,
        )

    def watch(self, group: int) -> None:
        """Have this process group killed should the stack die."""
        self._say(f"+{group}")

    def forget(self, group: int) -> None:
        """Leave this process group alone: it has ended."""
        self._say(f"-{group}")

    def close(self) -> None:
        """End the guard's process; groups that were not forgotten are killed."""
        process, self._process = self._process, None
        if process is None:
            return
        with self._lock:
            assert process.stdin is not None  # noqa: S101 `start` asked for a pipe
            with suppress(OSError):  # what was not written yet, because somebody killed the guard
                process.stdin.close()
        process.wait()

    def _say(self, line: str) -> None:
        with self._lock:
            if self._process is None or self._process.stdin is None:
                return
            try:
                self._process.stdin.write(line + "\n")
                self._process.stdin.flush()
            except OSError:
                pass  # somebody killed the guard; the stack works without it


def kill_group(group: int, number: signal.Signals) -> None:
    """Send a signal to a process group of ours, if it is still there."""
    with suppress(ProcessLookupError, PermissionError):  # it has ended; some systems say EPERM of a group of zombies
        os.killpg(group, number)


def group_lives(group: int) -> bool:
    """Tell whether any process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody in it may not be signalled, so somebody is there
    return True


def _guard(lines: Iterable[str]) -> None:
    groups: set[int] = set()
    for line in lines:
        group = int(line[1:])
        if line.startswith("+"):
            groups.add(group)
        else:
            groups.discard(group)
    for group in groups:
        kill_group(group, signal.SIGKILL)


if __name__ == "__main__":
    _guard(sys.stdin)
