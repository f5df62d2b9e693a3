"""Finds what the shell says of itself (`shell_script`) in the standard error of a command, and takes it out."""

import re
from collections.abc import Iterator
from typing import Final

from playbook_engine.transports.shell_script import GO, NONE

_REST: Final = re.compile(rb":([a-z]{0,4}[0-9]{0,10})\n")
_BEGUN: Final = re.compile(rb"(:[a-z]{0,4}[0-9]{0,10})?")
"""What may become the rest of a word when more has come."""
_LAST: Final = (GO, NONE)


class Words:
    """Takes standard error as it comes, however the packets cut it, and gives back what is not ours.

    After the `last` word everything is the command's, whatever it looks like.
    """

    def __init__(self, word: str, *, last: tuple[str, ...] = _LAST) -> None:
        self._word = word.encode()
        self._last = last
        self._held: bytes | None = b""

    def sift(self, data: bytes) -> Iterator[bytes | str]:
        """Yield what came in its order: bytes that are not ours, and words; a word's beginning may be held back."""
        while self._held is not None:
            data, self._held = self._held + data, b""
            at = data.find(self._word)
            if at < 0:
                at = len(data) - self._start_of_word(data)
            yield data[:at]
            rest = data[at + len(self._word) :]
            found = _REST.match(rest)
            if found is None and _BEGUN.fullmatch(rest):
                self._held = data[at:]
                return
            if found is None:
                yield self._word
                data = rest
                continue
            word, data = found[1].decode(), rest[found.end() :]
            if word in self._last:
                self._held = None
            yield word
        yield data

    def rest(self) -> bytes:
        """Return what is still held back when no more can come."""
        held, self._held = self._held or b"", None
        return held

    def _start_of_word(self, data: bytes) -> int:
        """Return how many bytes at the end may be the beginning of the word."""
        longest = min(len(self._word) - 1, len(data))
        return next((n for n in range(longest, 0, -1) if data.endswith(self._word[:n])), 0)
