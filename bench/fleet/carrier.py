"""Carries packets between two TUN devices, each one way's delay late: `carrier.py DEVICE DEVICE MILLISECONDS`."""

import fcntl
import os
import select
import struct
import sys
import time
from collections import deque

_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000


def main() -> None:
    """Open both devices, say so, and carry until somebody ends it."""
    first, second, delay_ms = sys.argv[1:]
    ends = [_open(first), _open(second)]
    print("ready", flush=True)
    _carry(ends, float(delay_ms) / 1000)


def _open(name: str) -> int:
    end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(end, _TUNSETIFF, struct.pack("16sH", name.encode(), _IFF_TUN | _IFF_NO_PI))
    return end


def _carry(ends: list[int], delay_s: float) -> None:
    other = {ends[0]: ends[1], ends[1]: ends[0]}
    held: deque[tuple[float, int, bytes]] = deque()
    poll = select.poll()
    for end in ends:
        poll.register(end, select.POLLIN)
    while True:
        pause = max(0.0, held[0][0] - time.monotonic()) * 1000 if held else None
        for end, _ in poll.poll(pause):
            held.extend((time.monotonic() + delay_s, other[end], packet) for packet in _packets(end))
        while held and held[0][0] <= time.monotonic():
            _, end, packet = held.popleft()
            try:
                os.write(end, packet)
            except OSError:
                continue  # a device that is not up yet loses packets, as a network does


def _packets(end: int) -> list[bytes]:
    found: list[bytes] = []
    try:
        while len(found) < 64:
            found.append(os.read(end, 65536))
    except OSError:
        pass
    return found


if __name__ == "__main__":
    main()
