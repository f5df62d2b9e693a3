"""`ss -t [-u] [-l] [-a] [-n] [-p]`: the host's TCP ports and connections.

What counts as the host's are the sockets of its processes, and the ports under which they are reached.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from playbook_engine.sandbox.host import machine, processes
from playbook_engine.sandbox.host.columns import table

_STATES = {"01": "ESTAB", "02": "SYN-SENT", "03": "SYN-RECV", "06": "TIME-WAIT", "08": "CLOSE-WAIT", "0A": "LISTEN"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Socket:
    """A socket of the host; `owner` is empty for a port that leads to its processes from outside."""

    state: str
    local: str
    port: int
    peer: str
    inode: str
    owner: str = ""


def main(arguments: Sequence[str]) -> int:
    letters = {letter for word in arguments if word.startswith("-") for letter in word[1:]}
    kinds = (["Netid"], ["tcp"]) if "u" in letters else ([], [])  # of one kind alone, it is not said
    rows = [[*kinds[0], "State", "Recv-Q", "Send-Q", "Local Address:Port", "Peer Address:Port", "Process"]]
    for one in wished(letters):
        owner = f"users:({one.owner})" if one.owner and "p" in letters else ""
        rows.append([*kinds[1], one.state, "0", "0", one.local, one.peer, owner])
    print(table(rows, left=(0,)))  # noqa: T201 a program prints
    return 0


def wished(letters: set[str]) -> Iterator[Socket]:
    """Find the host's sockets: those that listen with `l`, all with `a`, connections without both."""
    folder, host = machine.here()
    owners = _owners(folder)
    for one in _sockets():
        listens = one.state == "LISTEN"
        if (one.inode in owners or one.port in host.ports) and ("a" in letters or listens == ("l" in letters)):
            yield replace(one, owner=owners.get(one.inode, ""))


def _sockets() -> Iterator[Socket]:
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        local, port = _address(fields[1])
        peer, peer_port = _address(fields[2])
        shown = f"{peer}:{peer_port or '*'}"
        yield Socket(
            state=_STATES.get(fields[3], "OTHER"), local=f"{local}:{port}", port=port, peer=shown, inode=fields[9]
        )


def _address(text: str) -> tuple[str, int]:
    number, _, port = text.partition(":")
    return ".".join(str(part) for part in reversed(bytes.fromhex(number))), int(port, 16)


def _owners(folder: Path) -> dict[str, str]:
    """Return who has each socket, by the socket's inode."""
    found = {}
    for one in processes.of_host(folder):
        for entry in _open_files(one.pid):
            if entry.startswith("socket:["):
                found[entry[8:-1]] = f'("{one.name}",pid={one.pid})'
    return found


def _open_files(pid: int) -> Iterator[str]:
    try:
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            yield str(entry.readlink())
    except OSError:
        return  # it has just ended, or closed that file


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
