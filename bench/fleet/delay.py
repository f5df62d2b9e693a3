"""A network with a long round trip: two namespaces, and a process between them that holds each packet for a while.

Kernels do not always have netem. A pair of TUN devices is everywhere, and the packets are few.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

NETWORK = "10.88"
_CLIENT = f"{NETWORK}.255.1"
_CARRIER = Path(__file__).with_name("carrier.py")


@dataclass(frozen=True, slots=True)
class Namespaces:
    """The words that run a program on either side."""

    client: tuple[str, ...]
    hosts: tuple[str, ...]


def objection() -> str | None:
    """Return why there can be no such network here."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if shutil.which("ip") is None:
        return "there is no ip command (iproute2)"
    return None if Path("/dev/net/tun").exists() else "there is no /dev/net/tun"


@contextmanager
def delayed(addresses: Sequence[str], rtt_ms: float) -> Iterator[Namespaces]:
    """Make both sides, the hosts with these addresses, and take them away again."""
    label = f"rbb{os.getpid()}"
    names = (f"{label}c", f"{label}h")
    carrier = subprocess.Popen(
        [sys.executable, str(_CARRIER), *names, str(rtt_ms / 2)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )
    try:
        if carrier.stdout is None or not carrier.stdout.readline():
            raise RuntimeError("the delay between the namespaces did not start")
        for name in names:
            _ip("netns", "add", name)
        _join(names[0], [_CLIENT], f"{NETWORK}.0.0/16")
        _join(names[1], addresses, _CLIENT)
        sides = [("ip", "netns", "exec", name) for name in names]
        yield Namespaces(client=sides[0], hosts=sides[1])
    finally:
        carrier.terminate()
        carrier.wait(10)
        if carrier.stdout is not None:
            carrier.stdout.close()
        for name in names:
            with suppress(subprocess.CalledProcessError):
                _ip("netns", "delete", name)


def _join(name: str, addresses: Sequence[str], route: str) -> None:
    """Put the device of the same name into a namespace, with its addresses and the way to the other side."""
    _ip("link", "set", name, "netns", name)
    _ip("-n", name, "link", "set", "lo", "up")
    _ip("-n", name, "link", "set", name, "up", "txqueuelen", "10000")
    for address in addresses:
        _ip("-n", name, "addr", "add", f"{address}/32", "dev", name)
    _ip("-n", name, "route", "add", route, "dev", name)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=20)
