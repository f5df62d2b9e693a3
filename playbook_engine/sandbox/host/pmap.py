"""`pmap [-x] PID...`: how much memory some of the host's processes have, in one line each."""

import sys
from collections.abc import Sequence

from playbook_engine.sandbox.host import machine, processes


def main(arguments: Sequence[str]) -> int:
    wanted = {int(word) for word in arguments if word.isdecimal()}
    folder, _ = machine.here()
    found = [one for one in processes.of_host(folder) if one.pid in wanted]
    for one in found:
        print(f"{one.pid}:   {one.command}")  # noqa: T201 a program prints
        print(f"total kB {one.virtual // 1024:>15} {one.resident // 1024:>7}")  # noqa: T201 a program prints
    return 0 if len(found) == len(wanted) else 42


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
