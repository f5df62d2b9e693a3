"""`netstat -t [-u] [-l] [-a] [-n] [-p]`: what `ss` shows, in the older words."""

import sys
from collections.abc import Sequence

from playbook_engine.sandbox.host.columns import table
from playbook_engine.sandbox.host.ss import wished

_STATES = {"ESTAB": "ESTABLISHED", "SYN-SENT": "SYN_SENT", "TIME-WAIT": "TIME_WAIT", "CLOSE-WAIT": "CLOSE_WAIT"}


def main(arguments: Sequence[str]) -> int:
    letters = {letter for word in arguments if word.startswith("-") for letter in word[1:]}
    rows = [["Proto", "Recv-Q", "Send-Q", "Local Address", "Foreign Address", "State", "PID/Program name"]]
    for one in wished(letters):
        name, _, pid = one.owner.strip("()").partition(",pid=")
        owner = f"{pid}/{name.strip(chr(34))}" if one.owner and "p" in letters else "-"
        rows.append(["tcp", "0", "0", one.local, one.peer, _STATES.get(one.state, one.state), owner])
    print("Active Internet connections")  # noqa: T201 a program prints
    print(table(rows, left=(0,)))  # noqa: T201 a program prints
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
