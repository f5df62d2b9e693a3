"""`top -b [-n COUNT] [-p LIST] [-H]`: how busy the host's processors are, its memory, and its processes."""

import sys
from collections.abc import Sequence
from itertools import pairwise

from playbook_engine.sandbox.host import machine, processes
from playbook_engine.sandbox.host.columns import clock, table

_LOOK_SECONDS = 0.2


def main(arguments: Sequence[str]) -> int:
    words = [part for word in arguments for part in _parted(word)]
    wanted = {int(one) for one in _values(words, "-p").split(",") if one.isdecimal()}
    for _ in range(int(_values(words, "-n") or 1)):
        print(_screen(wanted))  # noqa: T201 a program prints
    return 0


def _screen(wanted: set[int]) -> str:
    folder, host = machine.here()
    shares = processes.shares(folder, _LOOK_SECONDS)
    alive = processes.of_host(folder)
    busy = min(sum(shares.values()) / host.cores * 100, 100.0)
    used = host.system_memory + sum(one.own for one in alive)
    mib = machine.MIB
    rows = [["PID", "USER", "S", "%CPU", "%MEM", "RES", "TIME+", "COMMAND"]]
    for one in sorted(alive, key=lambda one: -shares.get(one.pid, 0.0)):
        if not wanted or one.pid in wanted:
            share, memory = shares.get(one.pid, 0.0) * 100, one.resident / host.memory * 100
            sizes = [f"{share:.1f}", f"{memory:.1f}", str(one.resident // 1024)]
            rows.append([str(one.pid), one.user, one.state, *sizes, clock(one.busy, long=False), one.name])
    return (
        f"top - load average: {busy / 100:.2f}, {busy / 100:.2f}, {busy / 100:.2f}\n"
        f"Tasks: {len(alive):>3} total\n"
        f"%Cpu(s): {busy:>4.1f} us,  0.0 sy,  0.0 ni, {100 - busy:>4.1f} id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st\n"
        f"MiB Mem : {host.memory / mib:>8.1f} total, {(host.memory - used) / mib:>8.1f} free,"
        f" {used / mib:>8.1f} used,      0.0 buff/cache\n\n" + table(rows) + "\n"
    )


def _parted(word: str) -> list[str]:
    """Return `-bn1` as `-b -n 1`."""
    head, letter, rest = word.partition("n")
    if word.startswith("-") and letter and rest.isdecimal():
        return [head, "-n", rest]
    return ["-n"] if word == "-bn" else [word]


def _values(words: Sequence[str], option: str) -> str:
    """Return what stands behind an option, for each time that it is there."""
    return ",".join(value for word, value in pairwise([*words, ""]) if word == option)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
