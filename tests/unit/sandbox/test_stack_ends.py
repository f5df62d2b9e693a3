"""The stack leaves nothing behind, however it ends."""

import os
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from playbook_engine.sandbox.stack import DemoStack

needs_linux = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")


def _open_files() -> set[str]:
    """Return what this process has open."""
    found = set[str]()
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the one that this listing needed
            found.add(f"{entry.name} {entry.readlink()}")
    return found


def _children() -> set[str]:
    return set(" ".join(file.read_text() for file in Path("/proc/self/task").glob("*/children")).split())


def _left(
    threads: set[threading.Thread], files: set[str], children: set[str]
) -> tuple[set[threading.Thread], set[str], set[str]]:
    """Return what is here now and was not before; what went away in the meantime is somebody else's."""
    return set(threading.enumerate()) - threads, _open_files() - files, _children() - children


@needs_linux
def test_start_and_close_are_quick_and_leave_nothing(tmp_path: Path, template: Path) -> None:
    threads, files, children = set(threading.enumerate()), _open_files(), _children()
    began = time.monotonic()
    stack = DemoStack.start(tmp_path / "d", template)
    started = time.monotonic()
    assert _children() - children
    stack.close()
    closed = time.monotonic()
    stack.close()
    assert started - began < 10, "the promise is 3 s on a machine that does nothing else"
    assert closed - started < 5, "the promise is 2 s on a machine that does nothing else"
    assert _left(threads, files, children) == (set(), set(), set())


@needs_linux
def test_a_start_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    threads, files, children = set(threading.enumerate()), _open_files(), _children()
    with pytest.raises(FileNotFoundError):
        DemoStack.start(tmp_path / "d", tmp_path / "no-such-template")
    assert _left(threads, files, children) == (set(), set(), set())


_PROGRAM = """
import sys, time
from pathlib import Path
from playbook_engine.sandbox.stack import DemoStack
stack = DemoStack.start(Path(sys.argv[1]), Path(sys.argv[2]))
print(*(pod.pid for pod in stack._kube._controller._pods), stack._guard._process.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs pidfd_open, which Linux has")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_outlives_a_stack_that_was_killed(tmp_path: Path, template: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-c", _PROGRAM, str(tmp_path), str(template)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        handles = [os.pidfd_open(int(pid)) for pid in parent.stdout.readline().split()]
        assert len(handles) == 3
        parent.send_signal(number)
    for handle in handles:
        assert select.select([handle], [], [], 10)[0], "a process is still there"
        os.close(handle)
