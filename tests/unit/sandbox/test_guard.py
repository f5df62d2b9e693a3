"""What the stack has started does not outlive it, whatever ends it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from playbook_engine.sandbox.guard import Guard, kill_group

_PROGRAM = """
import subprocess, sys, time
from playbook_engine.sandbox.guard import Guard
guard = Guard()
guard.start()
child = subprocess.Popen(["sleep", "60"], start_new_session=True, stdout=subprocess.DEVNULL)
guard.watch(child.pid)
print(child.pid, flush=True)
time.sleep(60)
"""


def wait_until_gone(pid: int) -> None:
    """Return when the process has ended; fails through the test's own time limit."""
    pidfd = os.pidfd_open(pid) if _runs(pid) else None
    if pidfd is not None:
        import select

        ended, _, _ = select.select([pidfd], [], [], 10)
        os.close(pidfd)
        assert ended, f"process {pid} is still there"


def _runs(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs pidfd_open, which Linux has")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_children_end_when_their_parent_is_killed(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", _PROGRAM], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.send_signal(number)
        parent.wait(5)
        wait_until_gone(child)


def test_close_kills_what_was_watched_and_spares_what_was_forgotten() -> None:
    guard = Guard()
    guard.start()
    watched, forgotten = (subprocess.Popen(["sleep", "60"], start_new_session=True) for _ in range(2))
    guard.watch(watched.pid)
    guard.watch(forgotten.pid)
    guard.forget(forgotten.pid)
    guard.close()
    assert watched.wait(5) == -signal.SIGKILL
    assert forgotten.poll() is None
    kill_group(forgotten.pid, signal.SIGKILL)
    assert forgotten.wait(5) == -signal.SIGKILL


def test_a_guard_that_was_killed_does_no_harm() -> None:
    guard = Guard()
    guard.start()
    process = guard._process
    assert process is not None
    process.kill()
    process.wait()
    guard.watch(2**22 + 1)
    guard.close()


def test_a_guard_that_does_not_run_is_silent() -> None:
    guard = Guard()
    guard.watch(1)
    guard.close()


def test_a_group_that_has_ended_is_no_error() -> None:
    with subprocess.Popen(["true"], start_new_session=True) as process:
        process.wait()
    kill_group(process.pid, signal.SIGKILL)
