"""`ps`: the host's processes, with `aux`, `-e`, `-A`, `-f`, `-p LIST`, `-C NAME`, `-o COLUMNS`, `--no-headers`."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from playbook_engine.sandbox.host import machine, processes
from playbook_engine.sandbox.host.columns import clock, table
from playbook_engine.sandbox.host.processes import Process

_Column = tuple[str, Callable[[Process, int], str]]
_COLUMNS: Final[Mapping[str, _Column]] = {
    "user": ("USER", lambda one, _: one.user),
    "pid": ("PID", lambda one, _: str(one.pid)),
    "ppid": ("PPID", lambda one, _: str(one.parent)),
    "pcpu": ("%CPU", lambda one, _: f"{one.busy / one.age * 100:.1f}"),
    "pmem": ("%MEM", lambda one, memory: f"{one.resident / memory * 100:.1f}"),
    "vsz": ("VSZ", lambda one, _: str(one.virtual // 1024)),
    "rss": ("RSS", lambda one, _: str(one.resident // 1024)),
    "tty": ("TTY", lambda _, __: "?"),
    "stat": ("STAT", lambda one, _: one.state),
    "start": ("START", lambda one, _: clock(one.age, long=True)),
    "etime": ("ELAPSED", lambda one, _: clock(one.age, long=True)),
    "etimes": ("ELAPSED", lambda one, _: str(int(one.age))),
    "time": ("TIME", lambda one, _: clock(one.busy, long=False)),
    "nlwp": ("NLWP", lambda one, _: str(one.threads)),
    "comm": ("COMMAND", lambda one, _: one.name),
    "args": ("COMMAND", lambda one, _: one.command),
}
_SAME = {
    "%cpu": "pcpu",
    "%mem": "pmem",
    "cmd": "args",
    "command": "args",
    "ucmd": "comm",
    "euser": "user",
    "rssize": "rss",
    "s": "stat",
    "thcount": "nlwp",
    "vsize": "vsz",
}
_AUX = "user,pid,pcpu,pmem,vsz,rss,tty,stat,start,time,args"
_FULL = "user,pid,ppid,pcpu,start,tty,time,args"


@dataclass(slots=True)
class _Wish:
    """What the command line asks for."""

    columns: str = "pid,tty,time,comm"
    all_of_them: bool = False
    pids: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    headings: bool = True


def main(arguments: Sequence[str]) -> int:
    try:
        wish = _read(list(arguments))
        columns = [_column(word) for word in wish.columns.split(",")]
    except ValueError as problem:
        print(f"ps: this stand-in cannot do that: {problem}", file=sys.stderr)  # noqa: T201 a program prints
        return 1
    folder, host = machine.here()
    chosen = [one for one in processes.of_host(folder) if _is_wished(one, wish)]
    rows = [[show(one, host.memory) for _, show in columns] for one in chosen]
    headings = [title for title, _ in columns]
    if wish.headings and any(headings):
        rows.insert(0, headings)
    if rows:
        print(table(rows, left=(0,)))  # noqa: T201 a program prints
    return 0 if chosen else 1


def _read(words: list[str]) -> _Wish:
    wish = _Wish()
    chosen = ""
    while words:
        word = words.pop(0)
        name, _, value = word.partition("=")
        if name in {"--no-headers", "--no-heading"}:
            wish.headings = False
        elif name in {"--pid", "--format"} and value:
            words[:0] = ["-p" if name == "--pid" else "-o", value]
        elif name == "--sort":
            continue  # they come by their numbers
        elif not word.startswith("-"):
            wish.all_of_them, wish.columns = True, _AUX
        else:
            chosen += _cluster(word[1:], words, wish)
    if chosen:
        wish.columns = chosen.lstrip(",")
    return wish


def _cluster(letters: str, words: list[str], wish: _Wish) -> str:
    """Take the options of one word, such as `-eo pid,args`; return the columns that it names."""
    for place, letter in enumerate(letters):
        if letter in "opC":
            value = letters[place + 1 :] or (words.pop(0) if words else "")
            if letter == "o":
                return "," + value
            listed = value.replace(",", " ").split()
            wish.names |= set(listed) if letter == "C" else set()
            wish.pids |= {int(one) for one in listed} if letter == "p" else set()
            return ""
        if letter in "eA":
            wish.all_of_them = True
        elif letter in "fF":
            wish.columns = _FULL
        elif letter not in "wlLT":
            raise ValueError(f"-{letter}")
    return ""


def _column(word: str) -> _Column:
    name, given, title = word.strip().partition("=")
    known = _COLUMNS.get(_SAME.get(name, name))
    if known is None:
        raise ValueError(f"-o {name}")
    return (title, known[1]) if given else known


def _is_wished(one: Process, wish: _Wish) -> bool:
    return wish.all_of_them or one.pid in wish.pids or one.name in wish.names


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
