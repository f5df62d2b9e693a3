r"""Output of any length in bounded memory: the beginning, the end, and how many bytes there were.

Bytes are decoded when all have come, so a character that arrives in two pieces stays whole. Where the middle was
left out, a character that the cut went through is left out too. Whatever is not UTF-8 is shown as `\xNN`.
"""

import codecs
from dataclasses import dataclass
from typing import Final

from playbook_engine.model.replies import Output

KIB: Final = 1024
_LONGEST = 4
"""The most bytes that one UTF-8 character takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How many bytes of a stream are kept of its beginning and of its end."""

    head: int = 256 * KIB
    tail: int = 256 * KIB


class Bounded:
    """One stream's output as it arrives."""

    __slots__ = ("_bounds", "_head", "_size", "_tail")

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._head = bytearray()
        self._tail = bytearray()
        self._size = 0

    @property
    def size(self) -> int:
        """Return how many bytes there were by now, kept or not."""
        return self._size

    def feed(self, data: bytes) -> None:
        """Take the next bytes; what fits neither the beginning nor the end is only counted."""
        self._size += len(data)
        room = self._bounds.head - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        if data:
            self._keep_end(data)

    def output(self) -> Output:
        """Return what was kept, as text."""
        tail = self._tail[max(len(self._tail) - self._bounds.tail, 0) :]
        if len(self._head) + len(tail) == self._size:
            return Output(head=_text(self._head + tail), size=self._size)
        return Output(head=_before_cut(self._head), tail=_after_cut(tail), size=self._size, truncated=True)

    def _keep_end(self, data: bytes) -> None:
        self._tail += data
        # Trimmed only now and then, so that each byte is moved once on average.
        if len(self._tail) > 2 * self._bounds.tail:
            del self._tail[: len(self._tail) - self._bounds.tail]


def _text(data: bytes | bytearray) -> str:
    return data.decode("utf-8", "backslashreplace")


def _before_cut(data: bytearray) -> str:
    """Decode a beginning; the first bytes of a character whose rest is gone are held back, and so left out."""
    return codecs.getincrementaldecoder("utf-8")("backslashreplace").decode(bytes(data), final=False)


def _after_cut(data: bytearray) -> str:
    """Decode an end without the last bytes of a character whose beginning is gone."""
    start = 0
    while start < min(_LONGEST - 1, len(data)) and data[start] & 0b1100_0000 == 0b1000_0000:
        start += 1
    return _text(data[start:])
