"""Runs a program to its end: how long it took, how much of the processor and of the memory, and what it printed."""

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LIMIT_S: Final = 600.0
_LOOK_S: Final = 1.0
_PR_SET_CHILD_SUBREAPER: Final = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What is run: words, their environment, and the folder that it stands in and leaves its output in."""

    words: Sequence[str]
    folder: Path
    env: Mapping[str, str]
    family: bool = False
    """Whether its children do the work, so that their memory has to be added up while they live."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run; `cpu_s` has the children too, `peak_mib` is the largest process or the whole family."""

    wall_s: float
    cpu_s: float
    peak_mib: float
    output: str = ""
    exit_code: int = 0


def adopt_orphans() -> None:
    """Become the parent of what the programs leave behind, so that it can be ended and counted."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def run(program: Program) -> Run:
    """Run the program; what it leaves running is ended, and its work counts too."""
    printed = program.folder / "printed"
    with printed.open("wb") as out:
        began = time.perf_counter()
        process = subprocess.Popen(
            program.words, cwd=program.folder, env=program.env, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
        late = threading.Timer(LIMIT_S, process.kill)
        late.start()
        watch = _Family(process.pid) if program.family else None
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        late.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    peak = used.ru_maxrss / 1024 if watch is None else max(watch.stop(), used.ru_maxrss / 1024)
    return Run(
        wall_s=wall,
        cpu_s=used.ru_utime + used.ru_stime + _end_orphans(program.folder),
        peak_mib=peak,
        output=printed.read_text(errors="replace"),
        exit_code=process.returncode,
    )


def _end_orphans(folder: Path) -> float:
    """End the processes of a run that nobody waits for (ssh's masters), and return their processor time."""
    used = 0.0
    for pid in _children().get(os.getpid(), ()):
        if str(folder) not in _read(pid, "cmdline") and str(folder) not in _read(pid, "environ"):
            continue
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(pid, signal.SIGTERM)
            _, _, usage = os.wait4(pid, 0)
            used += usage.ru_utime + usage.ru_stime
    return used


class _Family:
    """Adds up the memory of a process and of all that came from it, now and then; shared pages count once."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def stop(self) -> float:
        self._done.set()
        self._thread.join()
        return self._peak

    def _look(self) -> None:
        while not self._done.wait(_LOOK_S):
            children = _children()
            family, new = [], [self._pid]
            while new:
                family += new
                new = [child for pid in new for child in children.get(pid, ())]
            self._peak = max(self._peak, sum(map(_shared_mib, family)))


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (stat := _read(int(entry.name), "stat")):
            found.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry.name))
    return found


def _shared_mib(pid: int) -> float:
    lines = _read(pid, "smaps_rollup").splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    except OSError:
        return ""
