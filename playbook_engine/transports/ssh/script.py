"""A command as text for the remote shell's standard input, and the line that tells its process group.

The host is asked to run `exec /bin/sh`, which every login shell understands. What follows comes by standard
input: first the marker line is written to standard error, with an unguessable word and the shell's process id,
then the secrets are exported, then the command takes the shell's place, with an empty standard input of its own.
"""

import re
import shlex
from typing import Final

from playbook_engine.values import ShellText

EXEC: Final = "exec /bin/sh"
_PID: Final = re.compile(rb":(\d{1,10})\n")
_LONGEST_PID: Final = len(":4294967295\n")


def script(shell: ShellText, word: str) -> bytes:
    """Return what the remote shell is to read."""
    lines = [f"echo {word}:$$ >&2"]
    lines += [f"export {name}={shlex.quote(secret.reveal())}" for name, secret in shell.secrets]
    lines.append(f"exec /bin/sh -c {shlex.quote(shell.command)} </dev/null\n")
    return "\n".join(lines).encode()


class Marker:
    """Finds the marker line in standard error, however the packets cut it, and takes it out.

    What stands before it is kept: a login shell may have complained about something.
    """

    def __init__(self, word: str) -> None:
        self._word = word.encode()
        self._held: bytes | None = b""
        self.group: int | None = None
        """The process group of the command, once the line has come."""

    def sift(self, data: bytes) -> bytes:
        """Return the bytes that are not part of the marker line; a beginning of it may be held back."""
        if self._held is None:
            return data
        data = self._held + data
        at = data.find(self._word)
        if at < 0:
            keep = self._start_of_word(data)
            self._held = data[len(data) - keep :]
            return data[: len(data) - keep]
        before, rest = data[:at], data[at + len(self._word) :]
        found = _PID.match(rest)
        if found is None and len(rest) < _LONGEST_PID:
            self._held = data[at:]
            return before
        self._held = None
        if found is None:
            return data
        self.group = int(found[1])
        return before + rest[found.end() :]

    def rest(self) -> bytes:
        """Return what is still held back when no more can come."""
        held, self._held = self._held or b"", None
        return held

    def _start_of_word(self, data: bytes) -> int:
        """Return how many bytes at the end may be the beginning of the word."""
        longest = min(len(self._word) - 1, len(data))
        return next((n for n in range(longest, 0, -1) if data.endswith(self._word[:n])), 0)
