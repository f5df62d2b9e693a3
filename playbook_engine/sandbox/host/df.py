"""`df`: the host's disks, each as full as the files on it make it."""

import getopt
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from playbook_engine.sandbox.host import machine
from playbook_engine.sandbox.host.columns import table
from playbook_engine.sandbox.host.machine import Mount

_UNITS = {"-k": 1024, "-m": 2**20}
_KNOWN = "hHPkmTlx:t:"
_LONG = ["output=", "local", "portability", "human-readable", "print-type"]
_TITLES: Final[Mapping[str, str]] = {
    "source": "Filesystem",
    "fstype": "Type",
    "size": "1K-blocks",
    "used": "Used",
    "avail": "Available",
    "pcent": "Use%",
    "target": "Mounted on",
}
_USUAL = ("source", "size", "used", "avail", "pcent", "target")


def main(arguments: Sequence[str]) -> int:
    try:
        options, paths = getopt.gnu_getopt(list(arguments), _KNOWN, _LONG)
    except getopt.GetoptError as problem:
        print(f"df: this stand-in cannot do that: {problem}", file=sys.stderr)  # noqa: T201 a program prints
        return 1
    given = dict(options)
    folder, host = machine.here()
    mounts = [machine.mount_of(folder, Path(path), host.mounts) for path in paths] or list(host.mounts)
    missing = [path for path in paths if not _exists(folder, path)]
    for path in missing:
        print(f"df: {path}: No such file or directory", file=sys.stderr)  # noqa: T201 a program prints
    columns = _columns(given)
    show = _sizes(given)
    rows = [[_title(column, given) for column in columns]]
    for mount in dict.fromkeys(mounts):
        cells = _cells(mount, machine.used(folder, mount, host.mounts), show)
        rows.append([cells[column] for column in columns])
    print(table(rows, left=(0,)))  # noqa: T201 a program prints
    return 1 if missing else 0


def _columns(given: Mapping[str, str]) -> Sequence[str]:
    if "--output" in given:
        return [column for column in given["--output"].split(",") if column in _TITLES] or list(_TITLES)
    return ("source", "fstype", *_USUAL[1:]) if {"-T", "--print-type"} & set(given) else _USUAL


def _title(column: str, given: Mapping[str, str]) -> str:
    if column == "size" and {"-h", "-H", "--human-readable"} & set(given):
        return "Size"
    if column == "size" and "-m" in given:
        return "1M-blocks"
    if column == "size" and {"-P", "--portability"} & set(given):
        return "1024-blocks"
    if column == "pcent" and {"-P", "--portability"} & set(given):
        return "Capacity"
    return _TITLES[column]


def _sizes(given: Mapping[str, str]) -> Callable[[int], str]:
    if {"-h", "-H", "--human-readable"} & set(given):
        return lambda size: f"{size / 2**20:.0f}M"
    unit = next((_UNITS[name] for name in given if name in _UNITS), 1024)
    return lambda size: str(-(-size // unit))


def _cells(mount: Mount, used: int, show: Callable[[int], str]) -> Mapping[str, str]:
    taken = min(used, mount.size)
    return {
        "source": mount.device,
        "fstype": "ext4",
        "size": show(mount.size),
        "used": show(taken),
        "avail": show(mount.size - taken),
        "pcent": f"{-(-taken * 100 // mount.size)}%",
        "target": mount.place,
    }


def _exists(folder: Path, path: str) -> bool:
    """Tell whether a path is there: as the machine's, or as the host's own."""
    return Path(path).exists() or (folder / path.lstrip("/")).exists()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
