"""`pgrep [-f] [-x] [-l|-a] [-c] [-o|-n] PATTERN`: the numbers of the host's processes that fit."""

import getopt
import re
import sys
from collections.abc import Sequence

from playbook_engine.sandbox.host import machine, processes
from playbook_engine.sandbox.host.processes import Process


def main(arguments: Sequence[str]) -> int:
    try:
        options, rest = getopt.getopt(list(arguments), "flaxcond:", ["full", "count", "list-full"])
        given = {name for name, _ in options}
        pattern = re.compile(" ".join(rest))
    except (getopt.GetoptError, re.error) as problem:
        print(f"pgrep: this stand-in cannot do that: {problem}", file=sys.stderr)  # noqa: T201 a program prints
        return 2
    between = dict(options).get("-d", "\n")
    folder, _ = machine.here()
    found = _narrowed([one for one in processes.of_host(folder) if _fits(one, pattern, given)], given)
    if {"-c", "--count"} & given:
        print(len(found))  # noqa: T201 a program prints
    elif found:
        print(between.join(_shown(one, given) for one in found))  # noqa: T201 a program prints
    return 0 if found else 1


def _fits(one: Process, pattern: re.Pattern[str], given: set[str]) -> bool:
    text = one.command if {"-f", "--full"} & given else one.name
    return bool(pattern.fullmatch(text) if "-x" in given else pattern.search(text))


def _narrowed(found: list[Process], given: set[str]) -> list[Process]:
    by_age = sorted(found, key=lambda one: one.age)
    if "-n" in given:
        return by_age[:1]
    return by_age[-1:] if "-o" in given else found


def _shown(one: Process, given: set[str]) -> str:
    if {"-a", "--list-full"} & given:
        return f"{one.pid} {one.command}"
    return f"{one.pid} {one.name}" if "-l" in given else str(one.pid)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
