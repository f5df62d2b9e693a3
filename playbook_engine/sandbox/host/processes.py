"""The processes of a host, read from /proc: those that work in its folder."""

import os
import pwd
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_STAND_INS = __name__.rpartition(".")[0] + "."
_TICK, _PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """What the kernel says of a process; sizes in bytes, times in seconds.

    `own` is what it holds for itself: without the pages of files, which it shares with others.
    """

    pid: int
    parent: int
    user: str
    state: str
    name: str
    arguments: tuple[str, ...]
    virtual: int
    resident: int
    own: int
    threads: int
    busy: float
    age: float

    @property
    def command(self) -> str:
        return " ".join(self.arguments) or f"[{self.name}]"


def of_host(folder: Path) -> list[Process]:
    """Return the host's processes; the stand-ins, which only look at it, are none of them."""
    alive = sorted(_all(folder), key=lambda process: process.pid)
    return [process for process in alive if not any(word.startswith(_STAND_INS) for word in process.arguments)]


def _all(folder: Path) -> Iterator[Process]:
    up = float((_PROC / "uptime").read_text(encoding="ascii").split()[0])
    for entry in _PROC.iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            if (entry / "cwd").readlink().is_relative_to(folder):
                yield _read(entry, up)
        except (OSError, ValueError):
            continue  # it is somebody else's, or has just ended


def _read(entry: Path, up: float) -> Process:
    name, _, rest = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")
    fields = rest.split()
    resident, shared = (int(pages) * _PAGE for pages in (entry / "statm").read_text(encoding="ascii").split()[1:3])
    arguments = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
    return Process(
        pid=int(entry.name),
        parent=int(fields[1]),
        user=_user(entry.stat().st_uid),
        state=fields[0],
        name=name.partition("(")[2],
        arguments=tuple(arguments),
        virtual=int(fields[20]),
        resident=resident,
        own=resident - shared,
        threads=int(fields[17]),
        busy=(int(fields[11]) + int(fields[12])) / _TICK,
        age=max(up - int(fields[19]) / _TICK, 0.01),
    )


def shares(folder: Path, seconds: float) -> dict[int, float]:
    """Return which share of a processor each of the host's processes takes, over this time."""
    before = {process.pid: process.busy for process in of_host(folder)}
    time.sleep(seconds)
    return {
        process.pid: max(process.busy - before[process.pid], 0.0) / seconds
        for process in of_host(folder)
        if process.pid in before
    }


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
