"""`free [-b|-k|-m|-g|-h]`: the host's memory. What is in use is the system's share and that of its processes."""

import sys
from collections.abc import Sequence

from playbook_engine.sandbox.host import machine, processes
from playbook_engine.sandbox.host.columns import table

_UNITS = {
    "-b": 1,
    "--bytes": 1,
    "-k": 1024,
    "--kibi": 1024,
    "-m": 2**20,
    "--mebi": 2**20,
    "-g": 2**30,
    "--gibi": 2**30,
}


def main(arguments: Sequence[str]) -> int:
    human = bool({"-h", "--human"} & set(arguments))
    unknown = [word for word in arguments if word not in _UNITS and word not in {"-h", "--human", "-w", "-t"}]
    if unknown:
        print(f"free: this stand-in knows no '{unknown[0]}'", file=sys.stderr)  # noqa: T201 a program prints
        return 1
    unit = next((_UNITS[word] for word in arguments if word in _UNITS), 1024)
    folder, host = machine.here()
    used = min(host.system_memory + sum(one.own for one in processes.of_host(folder)), host.memory)
    left = host.memory - used
    cells = [_size(size, unit, human=human) for size in (host.memory, used, left, 0, 0, left)]
    swap = [_size(0, unit, human=human)] * 3
    rows = [
        ["", "total", "used", "free", "shared", "buff/cache", "available"],
        ["Mem:", *cells],
        ["Swap:", *swap, "", "", ""],
    ]
    print(table(rows, left=(0,)))  # noqa: T201 a program prints
    return 0


def _size(size: int, unit: int, *, human: bool) -> str:
    return f"{size / 2**20:.0f}Mi" if human else str(size // unit)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
