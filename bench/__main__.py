"""Runs every measurement and prints a table; `fleet` measures whole runs on real servers, beside other programs."""

import json
import platform
import sys

from bench import engine, record, startup
from bench.figures import Figure
from bench.fleet import command as fleet


def main() -> None:
    """Measure, print, and with `--json` print for machines."""
    if sys.argv[1:2] == ["fleet"]:
        fleet.main(sys.argv[2:])
        return
    figures: list[Figure] = [*startup.measure(), *engine.measure(), *record.measure()]
    if "--json" in sys.argv:
        print(json.dumps([figure.as_json() for figure in figures], indent=2))
        return
    print(f"Python {platform.python_version()}, {platform.machine()}\n")
    print(f"{'what':<52}{'median':>12}{'least':>12}{'budget':>12}  ")
    for figure in figures:
        print(figure.row())


if __name__ == "__main__":
    main()
